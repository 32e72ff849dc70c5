package hub.poll;

import hub.db.Database;
import hub.inbox.InboxVariables;
import hub.inbox.StoredEvent;
import hub.inbox.db.NewEvent;
import hub.inbox.db.Receipt;
import io.micrometer.core.instrument.MeterRegistry;
import java.sql.SQLException;
import java.time.Clock;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.spi.Registry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Adds to a Camel context what polls need. */
public final class PollModule {
  private static final Logger LOG = LoggerFactory.getLogger("hub.poll");

  private PollModule() {}

  /** Binds {@code polls}, and the step {@code polledItem} of the Kamelet {@code poll-source}. */
  public static void install(CamelContext context, Database database, Clock clock) {
    Registry registry = context.getRegistry();
    PollTable table = new PollTable(database);
    try {
      table.releaseAll();
    } catch (SQLException e) {
      LOG.debug("poll leases=not-released", e);
    }
    PollMetrics metrics = new PollMetrics(() -> registry.findSingleByType(MeterRegistry.class));
    registry.bind(Polls.BEAN, new Polls(context, table, metrics, clock));
    registry.bind("polledItem", (Processor) PollModule::setItem);
  }

  /** Makes a polled item the message of the route, with the variables of an append. */
  private static void setItem(Exchange exchange) {
    PolledItem item = exchange.getMessage().getBody(PolledItem.class);
    NewEvent event = item.event();
    Receipt receipt = item.receipt();
    exchange.getMessage().setBody(event.payload());
    exchange.getMessage().setHeader(Exchange.CONTENT_TYPE, "application/json");
    exchange.setVariable(InboxVariables.SOURCE, event.source());
    exchange.setVariable(InboxVariables.PROVIDER_EVENT_ID, event.providerEventId());
    exchange.setVariable(InboxVariables.EVENT_ID, receipt.id().toString());
    exchange.setVariable(InboxVariables.TYPE, event.type());
    event.orderingKey().ifPresent(key -> exchange.setVariable(InboxVariables.ORDERING_KEY, key));
    exchange.setVariable(InboxVariables.RECEIPT, receipt);
    exchange.setProperty(
        InboxVariables.STORED_EVENT,
        new StoredEvent(event.source(), event.providerEventId(), receipt));
  }
}
