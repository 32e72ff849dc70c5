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

/** The idempotency key under which one step asks Stripe: the same whenever it asks again. */
final class RequestKey {
  private static final String PROPERTY = "HubStripeKey";

  /** Stripe takes up to 255 characters. */
  private static final Pattern SENDABLE =
      Pattern.compile("[\\x21-\\x7e]([\\x20-\\x7e]{0,253}[\\x21-\\x7e])?");

  private RequestKey() {}

  /**
   * Inside of {@code provider-call-action} that of the call; in a handler one made of the event,
   * the handler and the step's id. Outside of both: the header {@code Idempotency-Key}, else a
   * random one that redeliveries share.
   *
   * @param operation stands for the id of a step that has none
   * @throws ProblemException 400 payload-invalid for one that no header can carry
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
