package hub.provider.analytics;

import hub.call.policy.CallerKey;
import hub.http.RequestContext;
import hub.inbox.InboxVariables;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Turns a caller's request into the event that {@code to: inbox:analytics} stores, with a new id,
 * and under the caller's Idempotency-Key or a new one. Thread-safe.
 *
 * <p>In Java, because all that is wrong with an event is told at once.
 */
final class QueueAnalyticsEvent implements Processor {
  private final String type;
  private final AnalyticsProviders providers;
  private final AnalyticsRules rules;

  /**
   * @param type {@link AnalyticsEvent#TRACK} or {@link AnalyticsEvent#IDENTIFY}
   */
  QueueAnalyticsEvent(String type, AnalyticsProviders providers, AnalyticsRules rules) {
    this.type = type;
    this.providers = providers;
    this.rules = rules;
  }

  @Override
  public void process(Exchange exchange) {
    AnalyticsEvent event = rules.check(type, exchange.getMessage().getBody(Map.class));
    providers.require();
    String key = CallerKey.of(exchange);
    // A key is unique for one caller and one kind of request.
    exchange.setVariable(
        InboxVariables.EVENT_ID,
        type
            + "/"
            + exchange.getProperty(RequestContext.CALLER_PROPERTY, "", String.class)
            + "/"
            + key);
    exchange.setVariable(InboxVariables.TYPE, type);
    exchange.getMessage().setBody(event.bytes());
  }
}
