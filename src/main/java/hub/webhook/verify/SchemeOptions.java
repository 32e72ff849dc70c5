package hub.webhook.verify;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The parameters of a webhook source for its verification, as text from the route, so that all
 * faults can be reported together. Blank means the default. Never null.
 *
 * @param scheme one of {@link Schemes#names}; required
 * @param toleranceSeconds how far the signed time may lie before or after now, at most; whole
 *     seconds above 0; 300 by default; for schemes with a timestamp
 * @param signatureHeader the header with the signature or the token; {@code hmac} and {@code token}
 *     only, one of this and {@code signatureQuery} is required there
 * @param signatureQuery the query parameter with it, instead of a header
 * @param signaturePrefix the text before the signature or the token; {@code hmac} and {@code token}
 *     only; nothing by default
 * @param algorithm {@code sha256} (default), {@code sha1} or {@code sha512}; {@code hmac} only
 * @param encoding of the signature, {@code hex} (default) or {@code base64}; {@code hmac} only
 * @param timestampHeader the header with the signed time; {@code hmac} only; none by default
 * @param timestampUnit how the time is written, {@code seconds} since 1970 (default), {@code
 *     millis} or {@code iso8601}; {@code hmac} only
 * @param signedContent template of the signed content, made of <code>{id}</code>, <code>{timestamp}
 *     </code> and <code>{body}</code>; {@code hmac} only; <code>{body}</code> by default
 * @param eventId where the event's id is, {@code header:NAME} or a JSONPath; the scheme's by
 *     default, required for a scheme that has none
 * @param eventType where the event's type is, likewise
 * @param orderingKey where the key is whose events are handled in order, likewise
 * @param each where the events within one body are, a JSONPath of names, numbers and {@code [*]};
 *     the scheme's by default, the whole body is one event where it has none
 * @param unsafe {@code true} permits scheme {@code none}; {@code false} by default
 */
public record SchemeOptions(
    String scheme,
    String toleranceSeconds,
    String signatureHeader,
    String signatureQuery,
    String signaturePrefix,
    String algorithm,
    String encoding,
    String timestampHeader,
    String timestampUnit,
    String signedContent,
    String eventId,
    String eventType,
    String orderingKey,
    String each,
    String unsafe) {

  /** The names of the parameters, in the order of the reference. */
  public static final List<String> NAMES =
      List.of(
          "scheme",
          "toleranceSeconds",
          "signatureHeader",
          "signatureQuery",
          "signaturePrefix",
          "algorithm",
          "encoding",
          "timestampHeader",
          "timestampUnit",
          "signedContent",
          "eventId",
          "eventType",
          "orderingKey",
          "each",
          "unsafe");

  public SchemeOptions {
    scheme = stripped(scheme);
    toleranceSeconds = stripped(toleranceSeconds);
    signatureHeader = stripped(signatureHeader);
    signatureQuery = stripped(signatureQuery);
    // White space inside a prefix or a template is part of it.
    signaturePrefix = blankToEmpty(signaturePrefix);
    algorithm = stripped(algorithm);
    encoding = stripped(encoding);
    timestampHeader = stripped(timestampHeader);
    timestampUnit = stripped(timestampUnit);
    signedContent = blankToEmpty(signedContent);
    eventId = stripped(eventId);
    eventType = stripped(eventType);
    orderingKey = stripped(orderingKey);
    each = stripped(each);
    unsafe = stripped(unsafe);
  }

  /** A scheme with all defaults; null counts as missing, which {@link Schemes#faultsOf} reports. */
  public static SchemeOptions of(String scheme) {
    return from(Map.of()).with("scheme", scheme);
  }

  /** Takes the parameters of these names from a map; ignores other names. */
  public static SchemeOptions from(Map<String, ?> parameters) {
    return new SchemeOptions(
        text(parameters, "scheme"),
        text(parameters, "toleranceSeconds"),
        text(parameters, "signatureHeader"),
        text(parameters, "signatureQuery"),
        text(parameters, "signaturePrefix"),
        text(parameters, "algorithm"),
        text(parameters, "encoding"),
        text(parameters, "timestampHeader"),
        text(parameters, "timestampUnit"),
        text(parameters, "signedContent"),
        text(parameters, "eventId"),
        text(parameters, "eventType"),
        text(parameters, "orderingKey"),
        text(parameters, "each"),
        text(parameters, "unsafe"));
  }

  /**
   * A copy with one parameter set.
   *
   * @throws IllegalArgumentException when there is no parameter of that name
   */
  public SchemeOptions with(String name, Object value) {
    if (!NAMES.contains(name)) {
      throw new IllegalArgumentException(
          "unknown parameter '" + name + "'" + SimilarName.suggestion(name, NAMES));
    }
    Map<String, Object> changed = new HashMap<>(asMap());
    changed.put(name, value);
    return from(changed);
  }

  /** Every parameter by its name. */
  public Map<String, String> asMap() {
    return Map.ofEntries(
        Map.entry("scheme", scheme),
        Map.entry("timestampUnit", timestampUnit),
        Map.entry("signatureQuery", signatureQuery),
        Map.entry("toleranceSeconds", toleranceSeconds),
        Map.entry("signatureHeader", signatureHeader),
        Map.entry("signaturePrefix", signaturePrefix),
        Map.entry("algorithm", algorithm),
        Map.entry("encoding", encoding),
        Map.entry("timestampHeader", timestampHeader),
        Map.entry("signedContent", signedContent),
        Map.entry("eventId", eventId),
        Map.entry("eventType", eventType),
        Map.entry("orderingKey", orderingKey),
        Map.entry("each", each),
        Map.entry("unsafe", unsafe));
  }

  private static String text(Map<String, ?> parameters, String name) {
    Object value = parameters.get(name);
    return value == null ? "" : value.toString();
  }

  private static String stripped(String text) {
    return text == null ? "" : text.strip();
  }

  private static String blankToEmpty(String text) {
    return text == null || text.isBlank() ? "" : text;
  }
}
