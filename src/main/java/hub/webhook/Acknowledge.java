package hub.webhook;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import hub.inbox.InboxVariables;
import hub.inbox.db.Receipt;
import hub.util.Json;
import hub.webhook.verify.Response;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Answers a webhook with the event's id, and whether the event is a duplicate; where the body held
 * several events, also with those of each. Where the scheme says what its sender wants to be
 * answered, it is answered that. A route that stored nothing answers with its own body.
 */
public final class Acknowledge implements Processor {
  /** Exchange property: answer without a body, because the sender would show it to a person. */
  static final String EMPTY_RESPONSE = "hub.webhook.silent";

  private static final String ACCEPTED = "accepted";
  private static final String DUPLICATE = "duplicate";
  private static final String ANSWERED = "answered";

  private final WebhookMetrics metrics;

  public Acknowledge(WebhookMetrics metrics) {
    this.metrics = metrics;
  }

  @Override
  public void process(Exchange exchange) {
    String source = exchange.getVariable(InboxVariables.SOURCE, String.class);
    Optional<List<Receipt>> several = several(exchange);
    if (several.isPresent()) {
      count(source, several.get());
      answer(exchange, json(several.get()));
      return;
    }
    Receipt receipt = receipt(exchange);
    if (receipt == null) {
      metrics.count(source, ANSWERED);
      return;
    }
    metrics.count(source, status(receipt));
    answer(exchange, json(receipt));
  }

  /** Those of the events of a body that held several. */
  @SuppressWarnings("unchecked")
  private static Optional<List<Receipt>> several(Exchange exchange) {
    return Optional.ofNullable((List<Receipt>) exchange.getProperty(InboxVariables.RECEIPTS));
  }

  /** That of the last append; in a route that stores within a split, of the first one. */
  private static Receipt receipt(Exchange exchange) {
    Receipt last = exchange.getVariable(InboxVariables.RECEIPT, Receipt.class);
    AtomicReference<?> first =
        exchange.getProperty(InboxVariables.FIRST_RECEIPT, AtomicReference.class);
    return last != null || first == null ? last : (Receipt) first.get();
  }

  private void count(String source, List<Receipt> receipts) {
    if (receipts.isEmpty()) {
      metrics.count(source, ANSWERED);
    }
    receipts.forEach(one -> metrics.count(source, status(one)));
  }

  private static void answer(Exchange exchange, ObjectNode body) {
    StoredAnswer.OfRequest own =
        exchange.getProperty(StoredAnswer.PROPERTY, StoredAnswer.OfRequest.class);
    if (own != null) {
      Response response = own.fill(body.path("id").asText(), body.path("status").asText());
      Answering.with(exchange, response.status(), response.contentType(), response.body());
      return;
    }
    exchange.getMessage().removeHeaders("*");
    exchange.getMessage().setHeader(Exchange.HTTP_RESPONSE_CODE, 200);
    if (exchange.getProperty(EMPTY_RESPONSE, false, boolean.class)) {
      exchange.getMessage().setBody(null);
      return;
    }
    exchange.getMessage().setHeader(Exchange.CONTENT_TYPE, "application/json");
    exchange.getMessage().setBody(Json.bytes(body));
  }

  private static ObjectNode json(Receipt receipt) {
    return Json.object().put("id", receipt.id().toString()).put("status", status(receipt));
  }

  /** The first one's id, and {@code accepted} unless all are duplicates. */
  private static ObjectNode json(List<Receipt> receipts) {
    ObjectNode all = Json.object();
    if (!receipts.isEmpty()) {
      all.put("id", receipts.get(0).id().toString());
    }
    boolean isRepeat = !receipts.isEmpty() && receipts.stream().allMatch(Receipt::duplicate);
    ArrayNode events = all.put("status", isRepeat ? DUPLICATE : ACCEPTED).putArray("events");
    receipts.forEach(one -> events.add(json(one)));
    return all;
  }

  private static String status(Receipt receipt) {
    return receipt.duplicate() ? DUPLICATE : ACCEPTED;
  }
}
