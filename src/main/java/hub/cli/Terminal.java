package hub.cli;

import com.fasterxml.jackson.databind.JsonNode;

/** Formats events for the terminal. */
final class Terminal {
  private static final String ROW = "%-24s  %-36s  %-12s  %-32s  %-10s  %8s  %s";

  private Terminal() {}

  static String heading() {
    return ROW.formatted("RECEIVED", "ID", "SOURCE", "TYPE", "STATUS", "ATTEMPTS", "ERROR")
        .stripTrailing();
  }

  /** Control characters, line separators and characters that change the direction of text. */
  private static final String UNSAFE = "[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]";

  static String row(JsonNode event) {
    return ROW.formatted(
            plain(event, "receivedAt"),
            plain(event, "id"),
            plain(event, "source"),
            plain(event, "type"),
            plain(event, "status"),
            plain(event, "attempts"),
            plain(event, "lastError"))
        .stripTrailing();
  }

  /**
   * Replaces control characters: types and errors come from outside and could contain escape
   * sequences.
   */
  private static String plain(JsonNode event, String name) {
    return event.path(name).isNull() ? "" : event.path(name).asText().replaceAll(UNSAFE, "?");
  }
}
