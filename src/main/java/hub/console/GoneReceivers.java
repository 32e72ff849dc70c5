package hub.console;

import hub.call.policy.HandlerSuspension;
import hub.db.Database;
import hub.db.Jdbc;
import hub.db.StoreUnavailableException;
import hub.inbox.InboxVariables;
import hub.inbox.camel.InboxComponent;
import hub.util.Json;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.builder.RouteBuilder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Suspends handlers whose receiver is gone, and tells so by the event {@code hub.handler.suspended}
 * of the hub's own source, in one transaction. Thread-safe.
 */
final class GoneReceivers extends RouteBuilder implements HandlerSuspension {
  static final String BEAN = "handlerSuspension";

  /** Who suspends, in the list of suspensions. */
  private static final String BY = "webhook-sink";

  private static final String ADDRESS = "direct:handler-suspended";
  private static final String TYPE = "hub.handler.suspended";

  private static final String EVENT =
      "SELECT payload FROM inbox_event WHERE source = ? AND provider_event_id = ?";

  private static final Logger LOG = LoggerFactory.getLogger(GoneReceivers.class);

  private final CamelContext context;
  private final Database database;
  private final Suspensions suspensions;

  GoneReceivers(CamelContext context, Database database, Suspensions suspensions) {
    super(context);
    this.context = context;
    this.database = database;
    this.suspensions = suspensions;
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
      suspensions.suspendOnce(
          route,
          BY,
          context.getComponent("inbox", InboxComponent.class),
          at -> append(route, at, reason));
    } catch (SQLException | RuntimeException e) {
      // The next attempt meets the same answer, unless another event of the handler came first.
      LOG.warn("route={} not suspended, though {}", route, reason, e);
    }
  }

  private void append(String route, Instant at, String reason) {
    try (ProducerTemplate template = context.createProducerTemplate()) {
      Exchange appended =
          template.send(
              // While the hub stops there is nobody to wait for.
              ADDRESS + "?block=false",
              exchange -> {
                exchange.setVariable(InboxVariables.EVENT_ID, eventId(route, at));
                exchange.setVariable(InboxVariables.TYPE, TYPE);
                exchange
                    .getMessage()
                    .setBody(Json.bytes(Json.object().put("route", route).put("reason", reason)));
              });
      if (appended.getException() != null) {
        throw new StoreUnavailableException(
            "the event of a suspension cannot be stored", appended.getException());
      }
    } catch (IOException e) {
      throw new StoreUnavailableException("the event of a suspension cannot be stored", e);
    }
  }

  private static String eventId(String route, Instant at) {
    return route + "/" + at.toEpochMilli();
  }

  /**
   * Why a route is suspended; empty when an operator did it, and once the event that tells of it is
   * deleted.
   */
  Optional<String> reason(String route, Suspensions.Suspension suspension) throws SQLException {
    if (!suspension.by().equals(BY)) {
      return Optional.empty();
    }
    Optional<byte[]> payload =
        database.read(
            connection ->
                Jdbc.first(
                    connection,
                    EVENT,
                    row -> row.getBytes(1),
                    InboxVariables.HUB_SOURCE,
                    eventId(route, suspension.at())));
    return payload.flatMap(Json::parse).map(event -> event.path("reason").asText(null));
  }
}
