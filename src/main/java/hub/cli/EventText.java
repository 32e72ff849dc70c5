package hub.cli;

import com.fasterxml.jackson.databind.JsonNode;
import hub.util.Json;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Formats all details of an event for people.
 *
 * @param event as the operator API answers it
 */
record EventText(JsonNode event) {
  private static final String FIELD = "%-13s %s";

  /** So that a payload of megabytes does not run through the terminal. */
  private static final int MAX_PAYLOAD_CHARS = 65_536;

  List<String> lines() {
    List<String> lines = new ArrayList<>();
    field(lines, "id", "id");
    field(lines, "source", "source");
    field(lines, "type", "type");
    lines.add(FIELD.formatted("status", Colours.state(Terminal.plain(event, "status"))));
    field(lines, "received", "receivedAt");
    field(lines, "processed", "processedAt");
    field(lines, "next attempt", "nextAttemptAt");
    field(lines, "provider's id", "providerEventId");
    field(lines, "ordering key", "orderingKey");
    field(lines, "last error", "lastError");
    handlers(lines);
    headers(lines);
    payload(lines);
    return lines;
  }

  private void field(List<String> lines, String title, String name) {
    if (event.hasNonNull(name)) {
      lines.add(FIELD.formatted(title, Terminal.plain(event, name)));
    }
  }

  private void handlers(List<String> lines) {
    lines.add("");
    if (event.path("handlers").isEmpty()) {
      lines.add("no handler took it");
      return;
    }
    lines.add("handlers");
    for (JsonNode handler : event.path("handlers")) {
      lines.add(
          "  "
              + Terminal.plain(handler, "route")
              + "  "
              + Colours.state(Terminal.plain(handler, "status")));
      handler.path("attempts").forEach(attempt -> lines.add("    " + attempt(attempt)));
    }
  }

  private static String attempt(JsonNode attempt) {
    StringBuilder line = new StringBuilder();
    line.append(Terminal.plain(attempt, "at"))
        .append("  ")
        .append(attempt.path("durationMs").asLong())
        .append(" ms  ")
        .append(Terminal.plain(attempt, "outcome"));
    if (attempt.path("times").asInt(1) > 1) {
      line.append(" ").append(attempt.path("times").asInt()).append(" times");
    }
    line.append(", by ").append(Terminal.plain(attempt, "by"));
    for (String detail : List.of("error", "note")) {
      if (attempt.hasNonNull(detail)) {
        line.append(": ").append(Terminal.plain(attempt, detail));
      }
    }
    return line.toString();
  }

  private void headers(List<String> lines) {
    if (event.path("headers").isEmpty()) {
      return;
    }
    lines.add("");
    lines.add("headers");
    event
        .path("headers")
        .properties()
        .forEach(
            header -> {
              Iterable<JsonNode> values =
                  header.getValue().isArray() ? header.getValue() : List.of(header.getValue());
              values.forEach(
                  value ->
                      lines.add(
                          "  "
                              + Terminal.plain(header.getKey())
                              + ": "
                              + Terminal.plain(value.asText())));
            });
  }

  private void payload(List<String> lines) {
    lines.add("");
    if (event.hasNonNull("payloadBase64")) {
      lines.add("payload: no text; --json has it in base64");
      return;
    }
    lines.add("payload");
    String text = event.path("payload").asText();
    String shown = text.length() > MAX_PAYLOAD_CHARS ? text : pretty(text);
    shown
        .substring(0, Math.min(shown.length(), MAX_PAYLOAD_CHARS))
        .lines()
        .forEach(line -> lines.add("  " + Terminal.plain(line)));
    if (shown.length() > MAX_PAYLOAD_CHARS) {
      lines.add("  … the rest is in --json");
    }
  }

  private static String pretty(String text) {
    Optional<JsonNode> json = Json.parse(text.getBytes(StandardCharsets.UTF_8));
    return json.filter(JsonNode::isContainerNode).map(JsonNode::toPrettyString).orElse(text);
  }
}
