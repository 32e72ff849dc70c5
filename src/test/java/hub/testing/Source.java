package hub.testing;

import static org.awaitility.Awaitility.await;

import hub.inbox.db.Receipt;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.support.DefaultExchange;

/** A source of events of a test's own, with the handlers that the test gives it. */
public final class Source {
  private static final AtomicInteger COUNTER = new AtomicInteger();

  private final TestHub hub;
  private final String name;
  private final ProducerTemplate producer;

  public Source(TestHub hub) {
    this.hub = hub;
    this.name = "shop%03d".formatted(COUNTER.incrementAndGet());
    this.producer = hub.context().createProducerTemplate();
  }

  public String name() {
    return name;
  }

  /** Name of a route of this source. */
  public String route(String handler) {
    return name + "-" + handler;
  }

  /** Adds a handler that gives up after its second attempt, which follows at once. */
  public Source handler(String handler, String types, Processor work) {
    return handler(handler, types, "&retryDelaysSeconds=0", work);
  }

  /**
   * Adds a handler.
   *
   * @param options of the inbox endpoint, such as {@code &retryDelaysSeconds=3600}
   */
  public Source handler(String handler, String types, String options, Processor work) {
    try {
      hub.context()
          .addRoutes(
              new RouteBuilder() {
                @Override
                public void configure() {
                  errorHandler(noErrorHandler());
                  from("inbox:" + name + "?types=" + types + options)
                      .routeId(route(handler))
                      .process(work);
                }
              });
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
    return this;
  }

  public void removeHandler(String handler) {
    try {
      hub.context().getRouteController().stopRoute(route(handler));
      hub.context().removeRoute(route(handler));
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** Stores an event and answers its id. */
  public UUID event(String id, String type) {
    return eventOf(id, type, "{\"id\":\"" + id + "\"}");
  }

  public UUID eventOf(String id, String type, Object payload) {
    Exchange exchange = new DefaultExchange(hub.context());
    exchange.getMessage().setBody(payload);
    Map.of("eventId", id, "type", type, "orderingKey", "key-" + id).forEach(exchange::setVariable);
    exchange.setVariable("requestHeaders", "{\"content-type\":\"application/json\"}");
    Exchange done = producer.send("inbox:" + name, exchange);
    if (done.getException() != null) {
      throw new IllegalStateException(done.getException());
    }
    return done.getVariable("receipt", Receipt.class).id();
  }

  /** Stores an event and waits until it is where it should be. */
  public UUID event(String id, String type, String status) {
    UUID event = event(id, type);
    awaitStatus(event, status);
    return event;
  }

  public void awaitStatus(UUID event, String status) {
    await("event to be " + status).until(() -> status(event).equals(status));
  }

  /** As the operator's list shows it. */
  public String status(UUID event) {
    return hub.json("/api/admin/events/" + event).get("status").asText();
  }
}
