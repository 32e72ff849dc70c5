package hub.webhook;

import hub.inbox.InboxVariables;
import hub.inbox.db.Receipt;
import hub.util.Json;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Ends a webhook: tells the sender the event's id and whether it was seen before. A route that
 * stored nothing answers with the body it made, as a handshake does.
 */
public final class Acknowledge implements Processor {
  /** Property of an exchange whose sender shows the answer's body to a person. */
  static final String SILENT = "hub.webhook.silent";

  private final WebhookMetrics metrics;

  public Acknowledge(WebhookMetrics metrics) {
    this.metrics = metrics;
  }

  @Override
  public void process(Exchange exchange) {
    String source = exchange.getVariable(InboxVariables.SOURCE, String.class);
    Receipt receipt = exchange.getVariable(InboxVariables.RECEIPT, Receipt.class);
    if (receipt == null) {
      metrics.count(source, "answered");
      return;
    }
    String status = receipt.duplicate() ? "duplicate" : "accepted";
    metrics.count(source, status);
    exchange.getMessage().removeHeaders("*");
    exchange.getMessage().setHeader(Exchange.HTTP_RESPONSE_CODE, 200);
    if (exchange.getProperty(SILENT, false, boolean.class)) {
      exchange.getMessage().setBody(null);
      return;
    }
    exchange.getMessage().setHeader(Exchange.CONTENT_TYPE, "application/json");
    exchange
        .getMessage()
        .setBody(
            Json.bytes(Json.object().put("id", receipt.id().toString()).put("status", status)));
  }
}
