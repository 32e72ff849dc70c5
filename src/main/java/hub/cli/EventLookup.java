package hub.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Finds events by ids that may be shortened to their first eight characters or more. */
final class EventLookup {
  private static final Pattern WHOLE =
      Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");

  private static final Pattern BEGINNING = Pattern.compile("[0-9a-fA-F][0-9a-fA-F-]{7,35}");

  /** Events that are named where a beginning fits several. */
  private static final int MAX_CANDIDATES = 10;

  private final AdminApi api;

  EventLookup(AdminApi api) {
    this.api = api;
  }

  /**
   * The whole id.
   *
   * @throws CommandFailedException when no event, or more than one, has an id that begins so
   */
  String id(String given) {
    if (WHOLE.matcher(given).matches()) {
      return given;
    }
    if (!BEGINNING.matcher(given).matches()) {
      throw CommandFailedException.wrongUsage(
          "'"
              + Terminal.plain(given)
              + "' is no id: write the hub's id of an event, or its first eight characters or more;"
              + " events lists them.");
    }
    List<JsonNode> found = new ArrayList<>();
    api.events(Map.of("id", given, "limit", Integer.toString(MAX_CANDIDATES + 1)))
        .path("events")
        .forEach(found::add);
    if (found.isEmpty()) {
      throw CommandFailedException.failed(
          "No event has an id that begins with "
              + given
              + "; it may have been deleted for its age.");
    }
    if (found.size() > 1) {
      throw CommandFailedException.wrongUsage(candidates(given, found));
    }
    return found.get(0).path("id").asText();
  }

  private static String candidates(String given, List<JsonNode> found) {
    StringBuilder text =
        new StringBuilder(given + " is the beginning of several ids; write more of one:");
    found.stream()
        .limit(MAX_CANDIDATES)
        .forEach(event -> text.append("\n").append(Terminal.row(event)));
    if (found.size() > MAX_CANDIDATES) {
      text.append("\n…");
    }
    return text.toString();
  }
}
