package hub.trial;

import com.fasterxml.jackson.databind.JsonNode;
import hub.inbox.ProofHeaders;
import hub.util.Json;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Makes a test of a stored event. What tells of a person, and every secret, is replaced by
 * something of the same kind; names, numbers and the form of the payload stay.
 */
public final class AsTest {
  /** Texts that YAML would read as something else. */
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z][\\w./@ -]*[\\w./]|[A-Za-z]");

  private static final Set<String> WORDS =
      Set.of("true", "false", "null", "yes", "no", "on", "off", "y", "n");

  private AsTest() {}

  /**
   * The test as YAML, to be saved beside the route as {@code <route>.test.yaml}.
   *
   * @param event as {@code GET /api/admin/events/{id}} answers
   */
  public static String of(JsonNode event) {
    StringBuilder yaml = new StringBuilder();
    String type = event.path("type").asText();
    yaml.append("- name: ").append(text("handles " + type + " as it came")).append('\n');
    yaml.append("  given:\n    event:\n");
    yaml.append("      source: ").append(text(event.path("source").asText())).append('\n');
    yaml.append("      type: ").append(text(type)).append('\n');
    String key = event.path("orderingKey").asText("");
    if (!key.isEmpty() && !event.path("orderingKey").isNull()) {
      yaml.append("      orderingKey: ").append(text(Masking.text(key))).append('\n');
    }
    headers(event.path("headers"), yaml);
    yaml.append("      payload:");
    payload(event, yaml);
    yaml.append("  then: {state: ").append(state(event)).append("}\n");
    return yaml.toString();
  }

  private static String state(JsonNode event) {
    String status = event.path("status").asText();
    return List.of("dead", "ignored").contains(status) ? status : "done";
  }

  private static void headers(JsonNode headers, StringBuilder yaml) {
    StringBuilder kept = new StringBuilder();
    headers
        .properties()
        .forEach(
            header -> {
              if (!ProofHeaders.isIn(header.getKey()) && header.getValue().isValueNode()) {
                kept.append("        ")
                    .append(text(header.getKey()))
                    .append(": ")
                    .append(quoted(Masking.header(header.getKey(), header.getValue().asText())))
                    .append('\n');
              }
            });
    if (kept.length() > 0) {
      yaml.append("      headers:\n").append(kept);
    }
  }

  private static void payload(JsonNode event, StringBuilder yaml) {
    String text =
        event.path("payload").isTextual()
            ? event.path("payload").asText()
            : new String(
                Base64.getDecoder().decode(event.path("payloadBase64").asText("")),
                StandardCharsets.UTF_8);
    Optional<JsonNode> json =
        Json.parse(text.getBytes(StandardCharsets.UTF_8)).filter(JsonNode::isContainerNode);
    if (json.isPresent()) {
      append(Masking.json(json.get()), 8, yaml);
    } else {
      // Of a text of another form, nobody knows where a person is in it.
      String safe = isForm(event.path("headers")) ? Masking.form(text) : Masking.text(text);
      yaml.append(' ').append(quoted(safe)).append('\n');
    }
  }

  private static boolean isForm(JsonNode headers) {
    return headers.properties().stream()
        .filter(header -> header.getKey().equalsIgnoreCase("Content-Type"))
        .anyMatch(
            header ->
                header
                    .getValue()
                    .asText()
                    .toLowerCase(Locale.ROOT)
                    .startsWith("application/x-www-form-urlencoded"));
  }

  /** Appends a value behind its key or dash, with the line break. */
  private static void append(JsonNode node, int indent, StringBuilder yaml) {
    if (node.isObject() && !node.isEmpty()) {
      yaml.append('\n');
      for (Map.Entry<String, JsonNode> member : node.properties()) {
        yaml.append(" ".repeat(indent)).append(text(member.getKey())).append(':');
        append(member.getValue(), indent + 2, yaml);
      }
    } else if (node.isArray() && !node.isEmpty()) {
      yaml.append('\n');
      for (JsonNode element : node) {
        yaml.append(" ".repeat(indent)).append('-');
        append(element, indent + 2, yaml);
      }
    } else {
      yaml.append(' ').append(scalar(node)).append('\n');
    }
  }

  private static String scalar(JsonNode node) {
    if (node.isObject() || node.isArray()) {
      return node.isObject() ? "{}" : "[]";
    }
    return node.isTextual() ? text(node.asText()) : node.toString();
  }

  private static String text(String value) {
    boolean plain =
        PLAIN.matcher(value).matches() && !WORDS.contains(value.toLowerCase(Locale.ROOT));
    return plain ? value : quoted(value);
  }

  /** As JSON, which YAML reads too. */
  private static String quoted(String value) {
    return Json.text(value);
  }
}
