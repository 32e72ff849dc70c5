package hub.provider.analytics;

import hub.call.policy.AppendKeys;
import hub.http.problem.Problem;
import hub.http.problem.ProblemException;
import hub.inbox.JoinsTransaction;
import hub.inbox.camel.SideAppend;
import hub.util.Json;
import hub.util.step.TextTemplate;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Queues an analytics event, once, and leaves the message as it is. The Kamelets {@code
 * track-action} and {@code identify-action} make it and set its parameters. Thread-safe once they
 * are set.
 */
@JoinsTransaction(stores = true)
public final class AnalyticsAction implements Processor {
  private boolean identify;
  private TextTemplate userId = new TextTemplate("");
  private TextTemplate event = new TextTemplate("");
  private TextTemplate properties = new TextTemplate("");
  private TextTemplate timestamp = new TextTemplate("");
  private TextTemplate key = new TextTemplate("");

  /**
   * @throws ProblemException 400 {@code payload-invalid} with all that is wrong with the event; 503
   *     {@code not-configured} when no analytics provider is
   */
  @Override
  public void process(Exchange exchange) {
    String type = identify ? AnalyticsEvent.IDENTIFY : AnalyticsEvent.TRACK;
    AnalyticsEvent checked =
        bean(exchange, AnalyticsRules.BEAN, AnalyticsRules.class).check(type, fields(exchange));
    bean(exchange, AnalyticsProviders.BEAN, AnalyticsProviders.class).require();
    bean(exchange, "sideAppend", SideAppend.class)
        .store(
            exchange,
            "analytics",
            type,
            AppendKeys.of(exchange, key.of(exchange), identify ? "identify" : "track"),
            checked.bytes());
  }

  private static <T> T bean(Exchange exchange, String name, Class<T> type) {
    return exchange.getContext().getRegistry().lookupByNameAndType(name, type);
  }

  private Map<String, Object> fields(Exchange exchange) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("userId", userId.of(exchange));
    fields.put("event", event.of(exchange));
    fields.put("properties", properties(exchange));
    String time = timestamp.of(exchange);
    fields.put("timestamp", time.isEmpty() ? null : time);
    return fields;
  }

  private Map<?, ?> properties(Exchange exchange) {
    Object given =
        properties.isEmpty() ? exchange.getMessage().getBody() : properties.valueOf(exchange);
    if (given instanceof Map<?, ?> map) {
      return map;
    }
    String text = exchange.getContext().getTypeConverter().convertTo(String.class, exchange, given);
    if (properties.isEmpty() && (text == null || text.isBlank())) {
      return Map.of();
    }
    return Json.parse(String.valueOf(text).getBytes(StandardCharsets.UTF_8))
        .map(Json::plain)
        .filter(Map.class::isInstance)
        .map(Map.class::cast)
        .orElseThrow(
            () ->
                new ProblemException(
                    Problem.of(
                        400,
                        "payload-invalid",
                        properties.isEmpty()
                            ? "The body is neither a map nor a JSON object; set properties."
                            : "properties is neither a map nor a JSON object.")));
  }

  /** Whether it tells of a person, and not of an action. Default: false. */
  public void setIdentify(boolean identify) {
    this.identify = identify;
  }

  /** Your id of the person, at most 200 characters. */
  public void setUserId(String userId) {
    this.userId = new TextTemplate(userId);
  }

  /** What was done, at most 200 characters. */
  public void setEvent(String event) {
    this.event = new TextTemplate(event);
  }

  /** A JSON object, or an expression that yields a map; empty: the body. */
  public void setProperties(String properties) {
    this.properties = new TextTemplate(properties);
  }

  /** ISO 8601 with an offset; empty: now. */
  public void setTimestamp(String timestamp) {
    this.timestamp = new TextTemplate(timestamp);
  }

  /** Events of one key are one event; empty: {@link AppendKeys#of}. */
  public void setKey(String key) {
    this.key = new TextTemplate(key);
  }
}
