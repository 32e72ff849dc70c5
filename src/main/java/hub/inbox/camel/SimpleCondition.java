package hub.inbox.camel;

import hub.inbox.InboxVariables;
import hub.inbox.db.NewEvent;
import hub.inbox.engine.Candidate;
import hub.inbox.engine.Condition;
import hub.util.Json;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Predicate;
import org.apache.camel.support.DefaultExchange;

/**
 * A condition in Simple. {@code ${body}} is the payload's text; {@code ${body[amount]}} and {@code
 * ${jsonpath($.amount)}} read it as JSON. Thread-safe.
 */
final class SimpleCondition implements Condition {
  private static final String PAYLOAD = "HubPayload";

  /** The body as a whole. */
  private static final Pattern WHOLE_BODY =
      Pattern.compile("\\$(simple)?\\{\\s*(in\\.)?(body|bodyAs\\(String\\))\\s*\\}");

  private final CamelContext context;
  private final PayloadVariables variables;
  private final Predicate predicate;

  SimpleCondition(CamelContext context, PayloadVariables variables, Predicate predicate) {
    this.context = context;
    this.variables = variables;
    this.predicate = predicate;
    predicate.init(context);
  }

  /** The text as it is compiled: the message's body is the parsed JSON, where it is JSON. */
  static String prepared(String text) {
    return WHOLE_BODY.matcher(text).replaceAll("\\${exchangeProperty." + PAYLOAD + "}");
  }

  @Override
  public boolean holds(Candidate candidate) {
    NewEvent event = candidate.event();
    Exchange exchange = new DefaultExchange(context);
    exchange.setProperty(PAYLOAD, candidate.text());
    exchange
        .getMessage()
        .setBody(
            candidate.json().map(json -> comparable(Json.plain(json))).orElseGet(candidate::text));
    candidate
        .headers()
        .forEachEntry((name, value) -> exchange.getMessage().setHeader(name, Json.plain(value)));
    // First, so that none of them can replace the inbox's own variables.
    variables
        .of(event.source(), candidate::json)
        .forEach((name, value) -> exchange.setVariable(name, comparable(value)));
    exchange.setVariable(InboxVariables.PROVIDER_EVENT_ID, event.providerEventId());
    exchange.setVariable(InboxVariables.SOURCE, event.source());
    exchange.setVariable(InboxVariables.TYPE, event.type());
    exchange.setVariable(InboxVariables.RECEIVED_AT, event.receivedAt().toString());
    exchange.setVariable(InboxVariables.REQUEST_HEADERS, event.headers());
    event.orderingKey().ifPresent(key -> exchange.setVariable(InboxVariables.ORDERING_KEY, key));
    boolean holds = predicate.matches(exchange);
    Optional.ofNullable(exchange.getException())
        .ifPresent(
            failure -> {
              throw new IllegalStateException(failure);
            });
    return holds;
  }

  /** With fractions as double: Simple compares no BigDecimal with what a text says. */
  private static Object comparable(Object value) {
    if (value instanceof Map<?, ?> map) {
      Map<Object, Object> all = new LinkedHashMap<>();
      map.forEach((name, one) -> all.put(name, comparable(one)));
      return all;
    }
    if (value instanceof List<?> list) {
      List<Object> all = new ArrayList<>();
      list.forEach(one -> all.add(comparable(one)));
      return all;
    }
    return value instanceof BigDecimal fraction ? (Object) fraction.doubleValue() : value;
  }
}
