package hub.console;

import hub.call.policy.HandlerSuspension;
import hub.inbox.InboxVariables;
import hub.util.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import java.time.Clock;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.builder.RouteBuilder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Suspends handlers whose receiver is gone, and tells so by the event {@code hub.handler.suspended}
 * of the hub's own source. Thread-safe.
 */
final class GoneReceivers extends RouteBuilder implements HandlerSuspension {
  static final String BEAN = "handlerSuspension";

  private static final String ADDRESS = "direct:handler-suspended";
  private static final String TYPE = "hub.handler.suspended";

  /** Several events of one handler may meet the same end: one event tells of it. */
  private static final long ONCE_SECONDS = 600;

  private static final Logger LOG = LoggerFactory.getLogger(GoneReceivers.class);

  private final CamelContext context;
  private final Suspensions suspensions;
  private final Clock clock;

  GoneReceivers(CamelContext context, Suspensions suspensions, Clock clock) {
    super(context);
    this.context = context;
    this.suspensions = suspensions;
    this.clock = clock;
  }

  @Override
  public void configure() {
    from(ADDRESS)
        .routeId("handler-suspended")
        .routeDescription(
            "Appends an event for a handler that was suspended by its receiver's answer.")
        .to("inbox:" + InboxVariables.HUB_SOURCE)
        .id("append-handler-suspended");
  }

  @Override
  public void suspend(String route, String reason) {
    try {
      suspensions.suspend(route, "webhook-sink");
    } catch (SQLException e) {
      // The next attempt meets the same answer.
      LOG.warn("route={} not suspended, though {}", route, reason, e);
      return;
    }
    try (ProducerTemplate template = context.createProducerTemplate()) {
      Exchange appended =
          template.send(
              ADDRESS,
              exchange -> {
                exchange.setVariable(
                    InboxVariables.EVENT_ID,
                    route + "/" + clock.instant().getEpochSecond() / ONCE_SECONDS);
                exchange.setVariable(InboxVariables.TYPE, TYPE);
                exchange
                    .getMessage()
                    .setBody(Json.bytes(Json.object().put("route", route).put("reason", reason)));
              });
      if (appended.getException() != null) {
        LOG.error("route={} event=not-appended", route, appended.getException());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
