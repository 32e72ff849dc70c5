package hub.inbox.db;

import com.fasterxml.jackson.databind.JsonNode;
import hub.util.Json;
import java.util.Optional;

/**
 * The last row of an event's attempt log while it says that the event waits for a provider. The
 * next such row takes its place and counts on, so that days of waiting are one row, and what failed
 * before stays in the log.
 *
 * @param line as it is stored, with its line feed
 */
record WaitingEntry(String line) {
  static final String OUTCOME = "postponed";

  /**
   * How much of a log's end is read to find it, in characters. A row is shorter: of an error a
   * thousand are kept, which JSON may make six thousand of.
   */
  static final int END_OF_LOG = 8_000;

  /**
   * Reads the last row.
   *
   * @param end of the log, which may begin within a row
   * @return empty when the log does not end with an event that waits
   */
  static Optional<WaitingEntry> at(String end) {
    if (!end.endsWith("}\n")) {
      return Optional.empty();
    }
    String line = end.substring(end.lastIndexOf('\n', end.length() - 2) + 1);
    boolean isWhole = line.startsWith("{") && line.length() < END_OF_LOG;
    return isWhole && Json.own(line).path("outcome").asText().equals(OUTCOME)
        ? Optional.of(new WaitingEntry(line))
        : Optional.empty();
  }

  /** When it began to wait, as it is written. */
  String since() {
    return row().path("at").asText();
  }

  /** How often it has been put off. */
  int times() {
    return row().path("times").asInt(1);
  }

  long durationMs() {
    return row().path("durationMs").asLong();
  }

  /** Who had it run when the waiting began. */
  String by() {
    return row().path("by").asText(Delivery.SCHEDULE);
  }

  private JsonNode row() {
    return Json.own(line);
  }
}
