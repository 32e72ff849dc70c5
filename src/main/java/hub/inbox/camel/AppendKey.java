package hub.inbox.camel;

import hub.inbox.InboxVariables;
import hub.inbox.MissingEventKeyException;
import hub.inbox.db.Delivery;
import hub.inbox.db.Receipt;
import hub.util.step.StepPath;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.camel.Exchange;

/**
 * Chooses the id under which an append stores its event, so that a repetition of the append finds
 * the event instead of storing another one.
 *
 * <ol>
 *   <li>The variable {@code providerEventId}, where the route or the webhook's verifier set it.
 *   <li>The variable {@code eventId}, where the route set it and {@code providerEventId} is empty,
 *       is still the verifier's, or already names the event before this one.
 *   <li>In a handler: its event, its route, and the path to the step, which is the same in a retry
 *       and a replay.
 *   <li>A random id, where the endpoint says {@code id=random}.
 * </ol>
 */
final class AppendKey {
  /** Exchange property: the delivery that the exchange handles. */
  private static final String DELIVERY = "HubDelivery";

  /** Exchange property: the id that was given for the last append outside of a handler. */
  private static final String LAST = "HubAppendKey";

  private AppendKey() {}

  /** Marks the exchange as the handler of {@code delivery}. */
  static void handling(Exchange exchange, Delivery delivery) {
    exchange.setProperty(DELIVERY, delivery);
  }

  /**
   * The id under which {@code endpoint} stores the exchange's event.
   *
   * @throws MissingEventKeyException when there is no id
   * @throws IllegalStateException when another step of the handler has the same id
   */
  static String of(Exchange exchange, InboxEndpoint endpoint) {
    Delivery delivery = exchange.getProperty(DELIVERY, Delivery.class);
    String last = exchange.getProperty(LAST, String.class);
    Optional<String> eventId =
        variable(exchange, InboxVariables.EVENT_ID)
            .filter(id -> !id.equals(last) && !isOfHub(id, exchange, delivery));
    Optional<String> given =
        variable(exchange, InboxVariables.PROVIDER_EVENT_ID)
            .filter(id -> !id.equals(last))
            .filter(id -> delivery == null || !id.equals(delivery.providerEventId()))
            .filter(id -> eventId.isEmpty() || !isProven(exchange, id))
            .or(() -> eventId)
            .or(() -> Optional.ofNullable(last));
    if (given.isPresent()) {
      if (delivery == null) {
        exchange.setProperty(LAST, given.get());
      }
      return ofTurn(exchange, given.get());
    }
    if (endpoint.isRandomId()) {
      return UUID.randomUUID().toString();
    }
    if (delivery == null) {
      throw new MissingEventKeyException(endpoint.getSource());
    }
    return inHandler(exchange, endpoint, delivery);
  }

  /** A webhook has one id; each item that its route splits off is an event of its own. */
  private static String ofTurn(Exchange exchange, String id) {
    String turns = StepPath.of(exchange).turns();
    return turns.isEmpty() || !isProven(exchange, id) ? id : id + "/" + turns;
  }

  /** Whether the webhook's verifier read this id, and not the route. */
  private static boolean isProven(Exchange exchange, String id) {
    return id.equals(exchange.getProperty(InboxVariables.PROVEN_EVENT_ID, String.class));
  }

  /** Sets {@code eventId} to the hub's id; in a handler it stays the id of the handled event. */
  static void stored(Exchange exchange, Receipt receipt) {
    if (exchange.getProperty(DELIVERY) == null) {
      exchange.setVariable(InboxVariables.EVENT_ID, receipt.id().toString());
    }
    exchange.setVariable(InboxVariables.RECEIPT, receipt);
    @SuppressWarnings("unchecked")
    AtomicReference<Receipt> first =
        exchange.getProperty(InboxVariables.FIRST_RECEIPT, AtomicReference.class);
    if (first != null) {
      first.compareAndSet(null, receipt);
    }
  }

  private static boolean isOfHub(String id, Exchange exchange, Delivery delivery) {
    Receipt receipt = exchange.getVariable(InboxVariables.RECEIPT, Receipt.class);
    return (delivery != null && id.equals(delivery.eventId().toString()))
        || (receipt != null && id.equals(receipt.id().toString()));
  }

  private static String inHandler(Exchange exchange, InboxEndpoint endpoint, Delivery delivery) {
    StepPath path = StepPath.of(exchange);
    String handler = exchange.getVariable(InboxVariables.HANDLER, String.class);
    String key =
        delivery.eventId()
            + "/"
            + delivery.keyedAs().orElse(handler)
            + "/"
            + path.key(endpoint.getSource());
    path.take("inbox:" + endpoint.getSource() + "/" + key)
        .ifPresent(
            other -> {
              throw new IllegalStateException(
                  "two steps of handler "
                      + handler
                      + " would store one event in inbox:"
                      + endpoint.getSource()
                      + ": "
                      + other.strip()
                      + " and "
                      + path.place().strip()
                      + "; give each of these steps an id of its own");
            });
    return key;
  }

  private static Optional<String> variable(Exchange exchange, String name) {
    return Optional.ofNullable(exchange.getVariable(name, String.class))
        .filter(value -> !value.isEmpty());
  }
}
