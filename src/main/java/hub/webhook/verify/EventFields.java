package hub.webhook.verify;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where the event's id, type and ordering key are in a verified request. Each is a list of
 * expressions, of which the first with a value counts: {@code header:NAME}; {@code form:NAME}, a
 * field of a form; a JSONPath of the body, beginning with {@code $}; any of these with {@code
 * ='literal'} behind it, the literal when there is something at that place; {@code hash}, the
 * SHA-256 of body and timestamp; {@code random}, a new id each time; a {@link Template} such as
 * <code>{$.account}:{$.id}</code>; or a literal between single quotes.
 *
 * @param eventId not empty in a valid source; when none has a value the request is rejected as
 *     {@link RejectionReason#EVENT_ID_MISSING}
 * @param eventType never empty
 * @param orderingKey empty: events are handled in any order
 */
public record EventFields(List<String> eventId, List<String> eventType, List<String> orderingKey) {

  /** A token as in RFC 9110, section 5.6.2. */
  private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");

  private static final Pattern FORM_FIELD = Pattern.compile("form:[^='\\s]+");

  /** A literal that counts when the place before it has a value. */
  private static final Pattern LITERAL =
      Pattern.compile("((?:form:|header:|\\$)[^'\\s]+)='([^']+)'");

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
    return Place.parse(expression)
        .filter(place -> place.kind() == Place.Kind.HEADER)
        .map(Place::name);
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

  /** Whether an expression of a route or a scheme can be read. */
  static boolean isExpression(String expression) {
    return expression.startsWith("$")
        || expression.equals("hash")
        || expression.equals("random")
        || isConstant(expression)
        || LITERAL.matcher(expression).matches()
        || isTemplate(expression)
        || headerOf(expression).isPresent()
        || FORM_FIELD.matcher(expression).matches();
  }

  /** Whether an expression is filled as a {@link Template}. */
  public static boolean isTemplate(String expression) {
    return !expression.startsWith("'") && Template.isTemplate(expression);
  }

  /** An expression without the literal behind it. */
  static String placeOf(String expression) {
    Matcher literal = LITERAL.matcher(expression);
    return literal.matches() ? literal.group(1) : expression;
  }

  private static Optional<String> syntaxFault(String parameter, String expression) {
    if (expression.isEmpty()
        || expression.startsWith("$")
        || headerOf(expression).isPresent()
        || FORM_FIELD.matcher(expression).matches()
        || Template.isTemplate(expression)) {
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
