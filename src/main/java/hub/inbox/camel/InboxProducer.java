package hub.inbox.camel;

import hub.inbox.InboxVariables;
import hub.inbox.db.NewEvent;
import hub.inbox.db.Receipt;
import hub.inbox.engine.AppendCallback;
import hub.inbox.engine.Appender;
import hub.inbox.engine.Lease;
import java.util.List;
import java.util.Optional;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.support.DefaultAsyncProducer;

/**
 * Stores the body as an event of the source, with the id, type and ordering key from the variables
 * ({@link AppendKey}). The route goes on after the commit, with {@link InboxVariables#RECEIPT} set
 * and the body unchanged. Asynchronous: waiting blocks no thread. In a transacted handler the event
 * is stored by the handler's commit.
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
    NewEvent event;
    try {
      event = event(exchange);
      // Checked here too: not every append is a step of a route, which LeaseCheck would check.
      Lease.requireWithStore(exchange);
      Optional<Receipt> joined = getEndpoint().inbox().transactions().append(event);
      if (joined.isPresent()) {
        AppendKey.stored(exchange, joined.get());
        callback.done(true);
        return true;
      }
    } catch (Exception e) {
      exchange.setException(e);
      callback.done(true);
      return true;
    }
    writer.append(
        event,
        new AppendCallback() {
          @Override
          public void stored(List<Receipt> receipts) {
            AppendKey.stored(exchange, receipts.get(0));
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

  private NewEvent event(Exchange exchange) throws Exception {
    byte[] payload = exchange.getMessage().getMandatoryBody(byte[].class);
    return new NewEvent(
        getEndpoint().getSource(),
        AppendKey.of(exchange, getEndpoint()),
        variable(exchange, InboxVariables.TYPE).orElse("event"),
        variable(exchange, InboxVariables.ORDERING_KEY),
        getEndpoint().getComponent().clock().instant(),
        variable(exchange, InboxVariables.REQUEST_HEADERS).orElse("{}"),
        payload,
        getEndpoint()
            .getSource()
            .equals(exchange.getProperty(InboxVariables.PROVEN_SOURCE, String.class)));
  }

  private static Optional<String> variable(Exchange exchange, String name) {
    return Optional.ofNullable(exchange.getVariable(name, String.class))
        .filter(value -> !value.isEmpty());
  }
}
