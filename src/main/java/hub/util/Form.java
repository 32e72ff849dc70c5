package hub.util;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.AbstractMap.SimpleImmutableEntry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Map.Entry;
import java.util.Optional;

/**
 * The fields of an {@code application/x-www-form-urlencoded} body or the parameters of a query
 * string, decoded, in order of their first appearance. As in the WHATWG URL standard only {@code &}
 * separates them, and one without {@code =} has an empty value.
 *
 * @param fields every value of a name
 */
public record Form(Map<String, List<String>> fields) {
  private static final String TYPE = "application/x-www-form-urlencoded";

  /** The field in which GitHub and Slack send a whole JSON document. */
  private static final String PAYLOAD = "payload";

  /**
   * Parses a query string or the text of a form.
   *
   * @param text null or empty: no fields
   * @throws IllegalArgumentException for a % without two hexadecimal digits; the request line has
   *     none, see {@code hub.http.RequestHeadRules}
   */
  public static Form parse(String text) {
    Map<String, List<String>> fields = new LinkedHashMap<>();
    for (Entry<String, String> pair : pairs(text)) {
      fields
          .computeIfAbsent(decoded(pair.getKey()), name -> new ArrayList<>(1))
          .add(decoded(pair.getValue()));
    }
    return new Form(fields);
  }

  /**
   * Names and values as they were sent, still percent-encoded.
   *
   * @param text as for {@link #parse}
   */
  public static List<Entry<String, String>> pairs(String text) {
    return Arrays.stream((text == null ? "" : text).split("&", -1))
        .filter(pair -> !pair.isEmpty())
        .map(pair -> pair.split("=", 2))
        .<Entry<String, String>>map(
            parts -> new SimpleImmutableEntry<>(parts[0], parts.length == 2 ? parts[1] : ""))
        .toList();
  }

  /** Parses a body; empty when it is not such a form. */
  public static Optional<Form> of(String contentType, byte[] body) {
    if (!isForm(contentType)) {
      return Optional.empty();
    }
    try {
      return Optional.of(parse(new String(body, StandardCharsets.UTF_8)));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /**
   * The text of a form. A list gives its name several times, null is left out.
   *
   * @throws IllegalArgumentException for a map, which a form has no place for
   */
  public static String encoded(Map<?, ?> fields) {
    List<String> pairs = new ArrayList<>();
    fields.forEach(
        (name, value) -> {
          for (Object one :
              value instanceof Collection<?> all ? all : Collections.singleton(value)) {
            if (one instanceof Map || one instanceof Collection) {
              throw new IllegalArgumentException(
                  "the form's field '"
                      + name
                      + "' is no text or number but a map or list within one;"
                      + " write its members as fields of the form");
            }
            if (one != null) {
              pairs.add(encoded(name) + "=" + encoded(one));
            }
          }
        });
    return String.join("&", pairs);
  }

  private static String encoded(Object text) {
    return URLEncoder.encode(text.toString(), StandardCharsets.UTF_8);
  }

  public static boolean isForm(String contentType) {
    return contentType != null && contentType.strip().toLowerCase(Locale.ROOT).startsWith(TYPE);
  }

  /** The JSON document in the form's field {@code payload}, as UTF-8. */
  public Optional<byte[]> payload() {
    return field(PAYLOAD)
        .map(text -> text.getBytes(StandardCharsets.UTF_8))
        .filter(json -> Json.parseLastWins(json).filter(JsonNode::isContainerNode).isPresent());
  }

  /** The value of a field that is given once; empty when it is absent, blank or repeated. */
  public Optional<String> field(String name) {
    return Optional.of(all(name))
        .filter(values -> values.size() == 1 && !values.get(0).isBlank())
        .map(values -> values.get(0));
  }

  /** Every value of a field; none when it is absent. */
  public List<String> all(String name) {
    return fields.getOrDefault(name, List.of());
  }

  /** Names and values, those of one name one after another. */
  public List<Entry<String, String>> entries() {
    List<Entry<String, String>> entries = new ArrayList<>();
    fields.forEach(
        (name, values) ->
            values.forEach(value -> entries.add(new SimpleImmutableEntry<>(name, value))));
    return entries;
  }

  /** The first value of each field. */
  public Map<String, String> firstValues() {
    Map<String, String> values = new LinkedHashMap<>();
    fields.forEach((name, all) -> values.put(name, all.get(0)));
    return values;
  }

  /** Whether a field is given more than once. */
  public boolean hasRepeated() {
    return fields.values().stream().anyMatch(values -> values.size() > 1);
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }
}
