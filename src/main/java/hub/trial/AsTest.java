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
import java.util.stream.Stream;

/**
 * Makes a test of a stored event. What tells of a person, and every secret, is replaced by
 * something of the same kind; names, numbers and the form of the payload stay.
 */
public final class AsTest {
  private static final String MASKED = "masked";

  private static final Pattern EMAIL = Pattern.compile("[^@\\s]+@[^@\\s]+\\.[^@\\s]+");

  /** Words in the name of a member whose value is a person's, or a secret. */
  private static final Set<String> PERSONAL =
      Set.of(
          "name",
          "firstname",
          "lastname",
          "surname",
          "username",
          "nickname",
          "login",
          "email",
          "mail",
          "phone",
          "mobile",
          "fax",
          "street",
          "address",
          "line1",
          "line2",
          "city",
          "zip",
          "postcode",
          "birthday",
          "birthdate",
          "dob",
          "iban",
          "bic",
          "card",
          "last4",
          "ssn",
          "passport",
          "ip",
          "secret",
          "token",
          "password",
          "signature",
          "authorization",
          "cookie",
          "apikey");

  private static final Set<String> HARMLESS =
      Set.of("event_name", "eventName", "type_name", "typeName", "__typename", "file_name");

  private static final String BETWEEN_WORDS = "(?<=[a-z0-9])(?=[A-Z])|[_\\-. ]+";

  /** Texts that YAML would read as something else. */
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z][\\w./ -]*[\\w./]|[A-Za-z]");

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
      yaml.append("      orderingKey: ").append(text(maskedText(key))).append('\n');
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
                    .append(quoted(maskedText(header.getValue().asText())))
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
      append(json.get(), false, 8, yaml);
    } else {
      // Of a text of another form, nobody knows where a person is in it.
      yaml.append(' ').append(quoted(maskedText(text))).append('\n');
    }
  }

  /** Appends a value behind its key or dash, with the line break. */
  private static void append(JsonNode node, boolean masked, int indent, StringBuilder yaml) {
    if (node.isObject() && !node.isEmpty()) {
      yaml.append('\n');
      for (Map.Entry<String, JsonNode> member : node.properties()) {
        yaml.append(" ".repeat(indent)).append(text(member.getKey())).append(':');
        append(member.getValue(), masked || isPersonal(member.getKey()), indent + 2, yaml);
      }
    } else if (node.isArray() && !node.isEmpty()) {
      yaml.append('\n');
      for (JsonNode element : node) {
        yaml.append(" ".repeat(indent)).append('-');
        append(element, masked, indent + 2, yaml);
      }
    } else {
      yaml.append(' ').append(scalar(node, masked)).append('\n');
    }
  }

  private static String scalar(JsonNode node, boolean masked) {
    if (node.isObject() || node.isArray()) {
      return node.isObject() ? "{}" : "[]";
    }
    if (!node.isTextual()) {
      return masked && node.isNumber() ? "0" : node.toString();
    }
    String value = node.asText();
    if (value.isEmpty()) {
      return "\"\"";
    }
    if (EMAIL.matcher(value).matches()) {
      return "somebody@example.com";
    }
    return text(masked ? MASKED : maskedText(value));
  }

  private static boolean isPersonal(String member) {
    String joined = member.toLowerCase(Locale.ROOT).replaceAll("[_\\-. ]", "");
    return !HARMLESS.contains(member)
        && (PERSONAL.contains(joined)
            || joined.endsWith("apikey")
            || joined.endsWith("privatekey")
            || Stream.of(member.split(BETWEEN_WORDS))
                .map(word -> word.toLowerCase(Locale.ROOT))
                .anyMatch(PERSONAL::contains));
  }

  /** Without the e-mail addresses in it. */
  private static String maskedText(String value) {
    return EMAIL.matcher(value).replaceAll("somebody@example.com");
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
