package hub.util;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The fields of an {@code application/x-www-form-urlencoded} body, decoded, in order of their first
 * appearance.
 *
 * @param fields every value of a name
 */
public record Form(Map<String, List<String>> fields) {
  private static final String TYPE = "application/x-www-form-urlencoded";

  /** The field in which GitHub and Slack send a whole JSON document. */
  private static final String PAYLOAD = "payload";

  /** Parses a body; empty when it is not such a form. */
  public static Optional<Form> of(String contentType, byte[] body) {
    if (!isForm(contentType)) {
      return Optional.empty();
    }
    Map<String, List<String>> fields = new LinkedHashMap<>();
    try {
      for (String pair : new String(body, StandardCharsets.UTF_8).split("&", -1)) {
        String[] parts = pair.split("=", 2);
        if (!pair.isEmpty()) {
          fields
              .computeIfAbsent(decoded(parts[0]), name -> new ArrayList<>(1))
              .add(parts.length == 2 ? decoded(parts[1]) : "");
        }
      }
    } catch (IllegalArgumentException e) {
      // A % without two hexadecimal digits.
      return Optional.empty();
    }
    return Optional.of(new Form(fields));
  }

  public static boolean isForm(String contentType) {
    return contentType != null && contentType.strip().toLowerCase(Locale.ROOT).startsWith(TYPE);
  }

  /** The JSON document in the form's field {@code payload}, as UTF-8. */
  public static Optional<byte[]> payload(String contentType, byte[] body) {
    return of(contentType, body)
        .flatMap(form -> form.field(PAYLOAD))
        .map(text -> text.getBytes(StandardCharsets.UTF_8))
        .filter(json -> Json.parseLastWins(json).filter(JsonNode::isContainerNode).isPresent());
  }

  /** The value of a field that is given once; empty when it is absent, blank or repeated. */
  public Optional<String> field(String name) {
    List<String> values = fields.getOrDefault(name, List.of());
    return values.size() == 1 && !values.get(0).isBlank()
        ? Optional.of(values.get(0))
        : Optional.empty();
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }
}
