package hub.webhook;

import hub.inbox.InboxVariables;
import hub.inbox.db.Receipt;
import hub.util.Json;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Answers a webhook with the event's id, and whether the event is a duplicate. A route that stored
 * nothing, such as a handshake, answers with its own body.
 */
public final class Acknowledge implements Processor {
  /** Exchange property: answer without a body, because the sender would show it to a person. */
  static final String EMPTY_RESPONSE = "hub.webhook.silent";

  private final WebhookMetrics metrics;

  public Acknowledge(WebhookMetrics metrics) {
    this.metrics = metrics;
  }

  @Override
  public void process(Exchange exchange) {
    String source = exchange.getVariable(InboxVariables.SOURCE, String.class);
    Receipt receipt = receipt(exchange);
    if (receipt == null) {
      metrics.count(source, "answered");
      return;
    }
    String status = receipt.duplicate() ? "duplicate" : "accepted";
    metrics.count(source, status);
    exchange.getMessage().removeHeaders("*");
    exchange.getMessage().setHeader(Exchange.HTTP_RESPONSE_CODE, 200);
    if (exchange.getProperty(EMPTY_RESPONSE, false, boolean.class)) {
      exchange.getMessage().setBody(null);
      return;
    }
    exchange.getMessage().setHeader(Exchange.CONTENT_TYPE, "application/json");
    exchange
        .getMessage()
        .setBody(
            Json.bytes(Json.object().put("id", receipt.id().toString()).put("status", status)));
  }

  /** That of the last append; in a route that stores within a split, of the first one. */
  private static Receipt receipt(Exchange exchange) {
    Receipt last = exchange.getVariable(InboxVariables.RECEIPT, Receipt.class);
    AtomicReference<?> first =
        exchange.getProperty(InboxVariables.FIRST_RECEIPT, AtomicReference.class);
    return last != null || first == null ? last : (Receipt) first.get();
  }
}
