package hub.inbox.db;

import com.fasterxml.jackson.databind.JsonNode;
import hub.util.Json;
import java.util.Optional;

/**
 * The last entry of an event's log of attempts, when it says that the event waits for a provider.
 * The next such entry replaces it and counts one more. So days of waiting are one entry, and
 * earlier failures stay in the log.
 *
 * @param line as it is stored, with its line feed
 */
record WaitingEntry(String line) {
  static final String OUTCOME = "postponed";

  /**
   * How many characters at the end of a log are read to find the entry. An entry is shorter: an
   * error has at most 1,000 characters, which JSON may escape to 6,000.
   */
  static final int END_OF_LOG = 8_000;

  /**
   * Reads the last entry.
   *
   * @param end the end of the log, which may begin within an entry
   * @return empty when the last entry is of another kind
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

  /** Since when it waits, as ISO 8601. */
  String since() {
    return row().path("at").asText();
  }

  /** How often it has been postponed. */
  int times() {
    return row().path("times").asInt(1);
  }

  long durationMs() {
    return row().path("durationMs").asLong();
  }

  /** What caused the first attempt of the wait. */
  String by() {
    return row().path("by").asText(Delivery.SCHEDULE);
  }

  private JsonNode row() {
    return Json.own(line);
  }
}
