package hub.inbox.camel;

import hub.inbox.InboxVariables;
import hub.inbox.ProvenEvent;
import hub.inbox.StoredEvent;
import hub.inbox.db.NewEvent;
import hub.inbox.db.Receipt;
import hub.inbox.db.ReplayKey;
import hub.inbox.engine.AppendCallback;
import hub.inbox.engine.Appender;
import hub.inbox.engine.Lease;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.support.DefaultAsyncProducer;

/**
 * Stores the body as an event of the source, with the id, type and ordering key from the variables
 * ({@link AppendKey}); or, of a webhook whose body holds several events, all of these in one commit
 * ({@link ProvenRequest}). The route goes on after the commit, with {@link InboxVariables#RECEIPT}
 * set and the body unchanged. Asynchronous: waiting blocks no thread. In a transacted handler the
 * event is stored by the handler's commit.
 */
final class InboxProducer extends DefaultAsyncProducer {
  /** Where events go that no transaction of a handler takes. */
  private final Appender writer;

  InboxProducer(InboxEndpoint endpoint) {
    this(
        endpoint,
        (events, replayKey, callback) ->
            endpoint.inbox().eventWriter().append(events, replayKey, callback));
  }

  InboxProducer(InboxEndpoint endpoint, Appender writer) {
    super(endpoint);
    this.writer = writer;
  }

  @Override
  public InboxEndpoint getEndpoint() {
    return (InboxEndpoint) super.getEndpoint();
  }

  @Override
  public boolean process(Exchange exchange, AsyncCallback callback) {
    try {
      return append(exchange, callback);
    } catch (Exception e) {
      exchange.setException(e);
      callback.done(true);
      return true;
    }
  }

  private boolean append(Exchange exchange, AsyncCallback callback) throws Exception {
    boolean proven = ProvenRequest.isOf(exchange, getEndpoint().getSource());
    Optional<List<ProvenEvent>> several =
        proven ? ProvenRequest.events(exchange) : Optional.empty();
    List<NewEvent> events =
        several.isPresent() ? events(exchange, several.get()) : List.of(event(exchange, proven));
    StoredEvent begun = exchange.getProperty(InboxVariables.STORED_EVENT, StoredEvent.class);
    if (begun != null
        && several.isEmpty()
        && begun.source().equals(events.get(0).source())
        && begun.providerEventId().equals(events.get(0).providerEventId())) {
      AppendKey.stored(exchange, begun.receipt());
      callback.done(true);
      return true;
    }
    // Checked here too: not every append is a step of a route, which LeaseCheck would check.
    Lease.requireWithStore(exchange);
    if (several.isEmpty()) {
      Optional<Receipt> joined = getEndpoint().inbox().transactions().append(events.get(0));
      if (joined.isPresent()) {
        AppendKey.stored(exchange, joined.get());
        callback.done(true);
        return true;
      }
    } else if (events.isEmpty()) {
      exchange.setProperty(InboxVariables.RECEIPTS, List.of());
      callback.done(true);
      return true;
    }
    Optional<ReplayKey> replayKey =
        proven ? ProvenRequest.replayKey(exchange, getEndpoint().getSource()) : Optional.empty();
    writer.append(
        events,
        replayKey,
        new AppendCallback() {
          @Override
          public void stored(List<Receipt> receipts) {
            AppendKey.stored(exchange, receipts.get(0));
            if (several.isPresent()) {
              exchange.setProperty(InboxVariables.RECEIPTS, List.copyOf(receipts));
            }
            if (replayKey.isPresent()) {
              ProvenRequest.spent(exchange);
            }
            callback.done(false);
          }

          @Override
          public void failed(Exception error) {
            exchange.setException(error);
            callback.done(false);
          }
        });
    return false;
  }

  private NewEvent event(Exchange exchange, boolean proven) throws Exception {
    byte[] payload = exchange.getMessage().getMandatoryBody(byte[].class);
    return new NewEvent(
        getEndpoint().getSource(),
        AppendKey.of(exchange, getEndpoint()),
        variable(exchange, InboxVariables.TYPE).orElse("event"),
        variable(exchange, InboxVariables.ORDERING_KEY),
        getEndpoint().getComponent().clock().instant(),
        headers(exchange),
        payload,
        proven);
  }

  /** All with the time and the headers of their request. */
  private List<NewEvent> events(Exchange exchange, List<ProvenEvent> proven) {
    Instant receivedAt = getEndpoint().getComponent().clock().instant();
    String headers = headers(exchange);
    return proven.stream()
        .map(
            one ->
                new NewEvent(
                    getEndpoint().getSource(),
                    one.id(),
                    one.type(),
                    one.orderingKey(),
                    receivedAt,
                    headers,
                    one.payload(),
                    true))
        .toList();
  }

  private static String headers(Exchange exchange) {
    return variable(exchange, InboxVariables.REQUEST_HEADERS).orElse("{}");
  }

  private static Optional<String> variable(Exchange exchange, String name) {
    return Optional.ofNullable(exchange.getVariable(name, String.class))
        .filter(value -> !value.isEmpty());
  }
}
