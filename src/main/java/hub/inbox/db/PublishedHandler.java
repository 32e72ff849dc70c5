package hub.inbox.db;

import java.util.Arrays;
import java.util.List;

/**
 * A handler as its node tells it to the others.
 *
 * @param types as {@link TypePattern} reads them; empty: every type
 * @param when the condition under which it takes an event; empty: none
 * @param formerly ids that the route had before
 * @param live whether its node has given a sign of life in time
 */
public record PublishedHandler(
    String route,
    String source,
    String types,
    String when,
    boolean ordered,
    List<String> formerly,
    boolean live) {
  /** The ids in a list with commas. */
  public static List<String> ids(String written) {
    return Arrays.stream(written.split(","))
        .map(String::strip)
        .filter(id -> !id.isEmpty())
        .toList();
  }
}
