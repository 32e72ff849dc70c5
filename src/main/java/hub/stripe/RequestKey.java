package hub.stripe;

import hub.inbox.InboxVariables;
import hub.outbound.Call;
import hub.problem.Problem;
import hub.problem.ProblemException;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import org.apache.camel.Exchange;

/** The idempotency key under which one step asks Stripe: the same whenever it asks again. */
final class RequestKey {
  private static final String HEADER = "Idempotency-Key";
  private static final String PROPERTY = "HubStripeKey";

  /** Stripe takes up to 255 characters. */
  private static final Pattern SENDABLE =
      Pattern.compile("[\\x21-\\x7e]([\\x20-\\x7e]{0,253}[\\x21-\\x7e])?");

  private RequestKey() {}

  /**
   * The key of the call that the step is part of. Outside of {@code provider-call-action}: the
   * header {@code Idempotency-Key}; in a handler one made of the event, the route and the step;
   * else a random one that redeliveries share.
   *
   * @throws ProblemException 400 payload-invalid for one that no header can carry
   */
  static String of(Exchange exchange) {
    String key =
        Call.of(exchange)
            .map(Call::idempotencyKey)
            .or(() -> given(exchange))
            .or(() -> ofEvent(exchange))
            .orElseGet(() -> random(exchange));
    if (!SENDABLE.matcher(key).matches()) {
      throw new ProblemException(
          Problem.of(
              400,
              "payload-invalid",
              HEADER + " must be 1 to 255 visible ASCII characters for Stripe."));
    }
    return key;
  }

  private static Optional<String> given(Exchange exchange) {
    return Optional.ofNullable(exchange.getMessage().getHeader(HEADER, String.class))
        .map(String::strip)
        .filter(key -> !key.isEmpty());
  }

  private static Optional<String> ofEvent(Exchange exchange) {
    String event = exchange.getVariable(InboxVariables.EVENT_ID, String.class);
    String handler = exchange.getVariable(InboxVariables.HANDLER, String.class);
    return event == null || handler == null
        ? Optional.empty()
        : Optional.of(event + "/" + handler + "/" + step(exchange));
  }

  private static String random(Exchange exchange) {
    String property = PROPERTY + "/" + step(exchange);
    String key = exchange.getProperty(property, String.class);
    if (key == null) {
      key = UUID.randomUUID().toString();
      exchange.setProperty(property, key);
    }
    return key;
  }

  /** The step, and which turn of a split or a loop this is. */
  private static String step(Exchange exchange) {
    Object turn =
        Optional.ofNullable(exchange.getProperty(Exchange.SPLIT_INDEX))
            .orElseGet(() -> exchange.getProperty(Exchange.LOOP_INDEX));
    return exchange.getExchangeExtension().getHistoryNodeId() + (turn == null ? "" : "/" + turn);
  }
}
