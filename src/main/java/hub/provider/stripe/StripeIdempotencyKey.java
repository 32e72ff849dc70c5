package hub.provider.stripe;

import hub.call.policy.CallKeys;
import hub.http.HeaderNames;
import hub.http.problem.Problem;
import hub.http.problem.ProblemException;
import hub.util.step.StepPath;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import org.apache.camel.Exchange;

/** The idempotency key of a step's request to Stripe: the same for every attempt. */
final class StripeIdempotencyKey {
  private static final String PROPERTY = "HubStripeKey";

  /** Stripe accepts up to 255 characters. */
  private static final Pattern SENDABLE =
      Pattern.compile("[\\x21-\\x7e]([\\x20-\\x7e]{0,253}[\\x21-\\x7e])?");

  private StripeIdempotencyKey() {}

  /**
   * Inside of {@code provider-call-action} the call's key; in a handler a key made from the event,
   * the handler and the step's id; outside of both the header {@code Idempotency-Key}, else a
   * random key that redeliveries share.
   *
   * @param operation used in place of the id when the step has none
   * @throws ProblemException 400 payload-invalid for a key that no header can carry
   */
  static String of(Exchange exchange, StripeOperation operation) {
    String name = operation.text();
    String key =
        CallKeys.inCall(exchange, name)
            .or(() -> given(exchange))
            .or(() -> CallKeys.inHandler(exchange, name))
            .orElseGet(() -> random(exchange));
    if (!SENDABLE.matcher(key).matches()) {
      throw new ProblemException(
          Problem.of(
              400,
              "payload-invalid",
              HeaderNames.IDEMPOTENCY_KEY
                  + " must be 1 to 255 visible ASCII characters for Stripe."));
    }
    return key;
  }

  private static Optional<String> given(Exchange exchange) {
    return Optional.ofNullable(
            exchange.getMessage().getHeader(HeaderNames.IDEMPOTENCY_KEY, String.class))
        .map(String::strip)
        .filter(key -> !key.isEmpty());
  }

  private static String random(Exchange exchange) {
    String property = PROPERTY + StepPath.of(exchange).place();
    String key = exchange.getProperty(property, String.class);
    if (key == null) {
      key = UUID.randomUUID().toString();
      exchange.setProperty(property, key);
    }
    return key;
  }
}
