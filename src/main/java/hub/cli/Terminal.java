package hub.cli;

import com.fasterxml.jackson.databind.JsonNode;

/** Formats events for the terminal. */
final class Terminal {
  private static final String ROW = "%-24s  %-36s  %-12s  %-32s  %s  %8s  %s";
  private static final String STATUS = "%-10s";

  /** Control characters, line separators and characters that change the direction of text. */
  private static final String UNSAFE = "[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]";

  private Terminal() {}

  static String heading() {
    return ROW.formatted(
            "RECEIVED", "ID", "SOURCE", "TYPE", STATUS.formatted("STATUS"), "ATTEMPTS", "ERROR")
        .stripTrailing();
  }

  static String row(JsonNode event) {
    return ROW.formatted(
            plain(event, "receivedAt"),
            plain(event, "id"),
            plain(event, "source"),
            plain(event, "type"),
            Colours.state(STATUS.formatted(plain(event, "status"))),
            plain(event, "attempts"),
            plain(event, "lastError"))
        .stripTrailing();
  }

  /** A field without control characters; empty when it is missing. */
  static String plain(JsonNode node, String name) {
    return node.path(name).isNull() ? "" : plain(node.path(name).asText());
  }

  /**
   * Replaces control characters: types and errors come from outside and could contain escape
   * sequences.
   */
  static String plain(String text) {
    return text.replaceAll(UNSAFE, "?");
  }
}
