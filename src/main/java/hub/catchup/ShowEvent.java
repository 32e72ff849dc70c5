package hub.catchup;

import hub.http.HeaderNames;
import hub.inbox.InboxVariables;
import hub.inbox.db.NewEvent;
import hub.inbox.db.Receipt;
import hub.util.Json;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Gives the route an event that has been stored: its payload as the body, its fields as the
 * variables of a webhook's route. An {@code inbox:} step behind it finds the stored event.
 */
public final class ShowEvent implements Processor {
  /** An event and its place in the inbox. */
  record Stored(NewEvent event, Receipt receipt) {}

  @Override
  public void process(Exchange exchange) {
    Stored stored = exchange.getMessage().getBody(Stored.class);
    NewEvent event = stored.event();
    exchange.setVariable(InboxVariables.SOURCE, event.source());
    exchange.setVariable(InboxVariables.PROVIDER_EVENT_ID, event.providerEventId());
    exchange.setVariable(InboxVariables.EVENT_ID, stored.receipt().id().toString());
    exchange.setVariable(InboxVariables.RECEIPT, stored.receipt());
    exchange.setVariable(InboxVariables.TYPE, event.type());
    exchange.setVariable(InboxVariables.ORDERING_KEY, event.orderingKey().orElse(null));
    exchange.setVariable(InboxVariables.RECEIVED_AT, Json.time(event.receivedAt()));
    exchange.setVariable(InboxVariables.REQUEST_HEADERS, event.headers());
    exchange.getMessage().setHeader(HeaderNames.CONTENT_TYPE, "application/json");
    exchange.getMessage().setBody(event.payload());
  }
}
