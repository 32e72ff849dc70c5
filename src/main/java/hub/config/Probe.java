package hub.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A request by which {@code doctor --online} sees whether a secret is right. It must change nothing
 * at the provider. <code>{{NAME}}</code> in the address and the body stands for a variable.
 *
 * @param name of the provider, for people
 * @param body sent by POST as JSON; empty: it is a GET without one
 * @param header that carries the secret; empty: {@code Authorization}, as a bearer token; {@code
 *     none}: none does
 * @param right the statuses other than 2xx that a right secret gets, too
 * @param rightText what an answer contains that a right secret gets, too; empty: nothing
 * @param when the values that other variables must have, or it is not asked
 */
public record Probe(
    String name,
    String address,
    String body,
    String header,
    List<Integer> right,
    String rightText,
    Map<String, String> when) {
  /** Its keys in the file. */
  private static final List<String> FIELDS =
      List.of("name", "address", "body", "header", "right", "right-text", "when");

  /**
   * Reads one.
   *
   * @param written as YAML holds it
   * @throws IllegalArgumentException that says what is wrong and, after a semicolon, what to do
   */
  static Probe read(Object written) {
    if (!(written instanceof Map<?, ?> fields)) {
      throw new IllegalArgumentException("is no map; write 'name' and 'address' below it");
    }
    for (Object field : fields.keySet()) {
      if (!FIELDS.contains(String.valueOf(field))) {
        throw new IllegalArgumentException(
            "has an unknown key '" + field + "'; the keys are " + String.join(", ", FIELDS));
      }
    }
    if (text(fields, "name").isEmpty() || text(fields, "address").isEmpty()) {
      throw new IllegalArgumentException("lacks name or address; write both");
    }
    return new Probe(
        text(fields, "name"),
        text(fields, "address"),
        text(fields, "body"),
        text(fields, "header"),
        statuses(fields.get("right")),
        text(fields, "right-text"),
        conditions(fields.get("when")));
  }

  private static String text(Map<?, ?> fields, String field) {
    Object value = fields.get(field);
    return value == null ? "" : value.toString();
  }

  private static List<Integer> statuses(Object written) {
    List<Integer> statuses = new ArrayList<>();
    if (written instanceof List<?> list) {
      for (Object status : list) {
        if (!(status instanceof Integer number)) {
          throw new IllegalArgumentException("has a status that is no number; write right: [403]");
        }
        statuses.add(number);
      }
    } else if (written != null) {
      throw new IllegalArgumentException("has statuses that are no list; write right: [403]");
    }
    return List.copyOf(statuses);
  }

  private static Map<String, String> conditions(Object written) {
    Map<String, String> conditions = new LinkedHashMap<>();
    if (written instanceof Map<?, ?> map) {
      map.forEach((name, value) -> conditions.put(name.toString(), String.valueOf(value)));
    } else if (written != null) {
      throw new IllegalArgumentException("has a 'when' that is no map; write when: {NAME: value}");
    }
    return Map.copyOf(conditions);
  }
}
