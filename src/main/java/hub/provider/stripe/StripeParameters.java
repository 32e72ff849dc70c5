package hub.provider.stripe;

import com.fasterxml.jackson.databind.JsonNode;
import hub.http.problem.Problem;
import hub.http.problem.ProblemException;
import hub.util.Json;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.camel.Message;

/** Converts a message's body to the parameters of a request to Stripe. */
final class StripeParameters {
  private static final String EXPAND = "expand";

  private StripeParameters() {}

  /**
   * Reads a map, or a JSON object as text, bytes or stream; an empty body has no parameters. Leaves
   * out null values; for Stripe an empty text unsets a field.
   *
   * @param expand fields to expand, in addition to those in the body
   * @throws ProblemException 400 payload-invalid when the body is not a JSON object
   */
  static Map<String, Object> of(Message message, List<String> expand) throws Exception {
    Map<String, Object> parameters = read(message);
    Set<Object> all = new LinkedHashSet<>();
    if (parameters.get(EXPAND) instanceof Collection<?> asked) {
      all.addAll(asked);
    }
    all.addAll(expand);
    if (!all.isEmpty()) {
      parameters.put(EXPAND, List.copyOf(all));
    }
    return parameters;
  }

  private static Map<String, Object> read(Message message) throws Exception {
    Object body = message.getBody();
    if (body == null) {
      return new LinkedHashMap<>();
    }
    if (body instanceof Map<?, ?> map) {
      return plain(map);
    }
    byte[] bytes =
        body instanceof String text
            ? text.getBytes(StandardCharsets.UTF_8)
            : message.getMandatoryBody(byte[].class);
    // Another attempt needs the body too, and a stream can be read only once.
    message.setBody(bytes);
    if (isBlank(bytes)) {
      return new LinkedHashMap<>();
    }
    Object read = Json.parse(bytes).filter(JsonNode::isObject).map(Json::plain).orElse(null);
    if (read instanceof Map<?, ?> map) {
      return plain(map);
    }
    throw new ProblemException(
        Problem.of(400, "payload-invalid", "The body for Stripe is not one valid JSON object."));
  }

  private static boolean isBlank(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8).isBlank();
  }

  private static Map<String, Object> plain(Map<?, ?> map) {
    Map<String, Object> plain = new LinkedHashMap<>();
    map.forEach(
        (name, value) -> {
          if (value != null) {
            plain.put(String.valueOf(name), plain(value));
          }
        });
    return plain;
  }

  private static Object plain(Object value) {
    if (value instanceof Map<?, ?> map) {
      return plain(map);
    }
    if (value instanceof Collection<?> items) {
      List<Object> plain = new ArrayList<>();
      items.forEach(item -> plain.add(plain(item)));
      return plain;
    }
    // Stripe does not accept 1E+3.
    return value instanceof BigDecimal number ? number.toPlainString() : value;
  }
}
