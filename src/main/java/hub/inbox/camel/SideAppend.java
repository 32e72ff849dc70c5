package hub.inbox.camel;

import hub.inbox.InboxVariables;
import hub.inbox.engine.Lease;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelExecutionException;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;

/** Stores an event for a step without changing the message of its route. Thread-safe. */
public final class SideAppend {
  private final ProducerTemplate inbox;

  public SideAppend(CamelContext context) {
    this.inbox = context.createProducerTemplate();
  }

  /**
   * Stores it in the same transaction as a transacted handler's other effects.
   *
   * @param exchange of the step
   * @param key an event of this key that is stored already stays the only one
   * @throws CamelExecutionException when the event could not be stored
   */
  public void store(Exchange exchange, String source, String type, String key, byte[] payload) {
    Exchange stored =
        inbox.request(
            "inbox:" + source,
            event -> {
              Lease.copy(exchange, event);
              event.setVariable(InboxVariables.EVENT_ID, key);
              event.setVariable(InboxVariables.TYPE, type);
              event.getMessage().setBody(payload);
            });
    if (stored.getException() != null) {
      throw new CamelExecutionException(
          "inbox:" + source + " did not take the event", exchange, stored.getException());
    }
  }
}
