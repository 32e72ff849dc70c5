package hub.call.policy;

import hub.http.RequestContext;
import hub.util.step.StepPath;
import org.apache.camel.Exchange;

/** Makes the keys under which steps queue something once, such as an e-mail. */
public final class AppendKeys {
  private AppendKeys() {}

  /**
   * The key of the step.
   *
   * @param given what the route says; the key is this alone
   * @param operation used in place of the step's id when it has none
   * @return without {@code given}: in a handler made of event, handler, step, splits and loops, so
   *     that a retry has the same; in a request made of the caller, its {@code Idempotency-Key} or
   *     a new one, and the step
   * @throws IllegalStateException when another step of this handler already has the key
   */
  public static String of(Exchange exchange, String given, String operation) {
    if (!given.isBlank()) {
      return given.strip();
    }
    return CallKeys.inHandler(exchange, operation)
        .orElseGet(
            () ->
                exchange.getProperty(RequestContext.CALLER_PROPERTY, "", String.class)
                    + "/"
                    + requestKey(exchange)
                    + "/"
                    + StepPath.of(exchange).key(operation));
  }

  private static String requestKey(Exchange exchange) {
    String known = exchange.getProperty(RequestContext.IDEMPOTENCY_KEY_PROPERTY, String.class);
    return known == null ? CallerKey.of(exchange) : known;
  }
}
