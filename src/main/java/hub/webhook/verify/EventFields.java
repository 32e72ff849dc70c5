package hub.webhook.verify;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Where the event's id, type and ordering key are in a verified request. Each is a list of
 * expressions, of which the first with a value counts: {@code header:NAME}; {@code form:NAME}, a
 * field of a form; {@code form:NAME='literal'}, the literal when the form has that field; a
 * JSONPath of the body, beginning with {@code $}; {@code hash}, the SHA-256 of body and timestamp;
 * or a literal between single quotes.
 *
 * @param eventId not empty in a valid source; when none has a value the request is rejected as
 *     {@link RejectionReason#EVENT_ID_MISSING}
 * @param eventType never empty
 * @param orderingKey empty: events are handled in any order
 */
public record EventFields(List<String> eventId, List<String> eventType, List<String> orderingKey) {

  static final String HEADER = "header:";

  /** A token as in RFC 9110, section 5.6.2. */
  private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");

  private static final Pattern FORM_FIELD = Pattern.compile("form:[^='\\s]+");

  public EventFields {
    eventId = List.copyOf(eventId);
    eventType = List.copyOf(eventType);
    orderingKey = List.copyOf(orderingKey);
  }

  /** These fields, each replaced by the route's parameter when that is set. */
  EventFields overriddenBy(SchemeOptions options) {
    return new EventFields(
        orElse(options.eventId(), eventId),
        orElse(options.eventType(), eventType),
        orElse(options.orderingKey(), orderingKey));
  }

  /**
   * The faults of the three parameters.
   *
   * @param scheme empty when it is unknown
   */
  static List<String> faultsOf(SchemeOptions options, Optional<WebhookScheme> scheme) {
    List<String> faults = new ArrayList<>();
    syntaxFault("eventId", options.eventId()).ifPresent(faults::add);
    if (!isConstant(options.eventType())) {
      syntaxFault("eventType", options.eventType()).ifPresent(faults::add);
    }
    syntaxFault("orderingKey", options.orderingKey()).ifPresent(faults::add);
    if (scheme.isPresent() && scheme.get().event().overriddenBy(options).eventId().isEmpty()) {
      faults.add(
          "eventId: required for scheme "
              + scheme.get().name()
              + "; say where the event's id is, header:NAME or a JSONPath such as $.id");
    }
    return faults;
  }

  /** The header that an expression reads; empty when it reads something else. */
  static Optional<String> headerOf(String expression) {
    if (!expression.startsWith(HEADER)) {
      return Optional.empty();
    }
    return Optional.of(expression.substring(HEADER.length())).filter(EventFields::isHeaderName);
  }

  static boolean isHeaderName(String name) {
    return TOKEN.matcher(name).matches();
  }

  /** Whether an expression is a literal, the type of all events of the source. */
  private static boolean isConstant(String expression) {
    return expression.length() > 2
        && expression.startsWith("'")
        && expression.indexOf('\'', 1) == expression.length() - 1;
  }

  private static Optional<String> syntaxFault(String parameter, String expression) {
    if (expression.isEmpty()
        || expression.startsWith("$")
        || headerOf(expression).isPresent()
        || FORM_FIELD.matcher(expression).matches()) {
      return Optional.empty();
    }
    return Optional.of(
        parameter
            + ": '"
            + expression
            + "' is neither header:NAME nor form:NAME nor a JSONPath; write one such as header:X-Id or"
            + " $.id");
  }

  private static List<String> orElse(String expression, List<String> defaults) {
    return expression.isEmpty() ? defaults : List.of(expression);
  }
}
