package hub.call.policy;

import hub.http.RequestContext;
import hub.inbox.InboxVariables;
import hub.util.Sha256;
import hub.util.step.StepPath;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.camel.Exchange;

/** Makes the idempotency keys that steps send to providers. */
public final class CallKeys {
  /** Keys that a header can carry and every provider accepts. */
  private static final Pattern SENDABLE = Pattern.compile("[\\x21-\\x7e]{1,255}");

  private CallKeys() {}

  /**
   * The key of a step in a handler. It consists of the event, the handler, the ids of the step and
   * of the steps that lead to it, and the indexes of splits and loops. So a retry and a replay use
   * the same key, wherever the step stands.
   *
   * @param operation used in place of the id when the step has none
   * @return empty outside of a handler, and in a handler of batches
   * @throws IllegalStateException when another call of this handler already has the key
   */
  public static Optional<String> inHandler(Exchange exchange, String operation) {
    String event = exchange.getVariable(InboxVariables.EVENT_ID, String.class);
    String handler = exchange.getVariable(InboxVariables.HANDLER, String.class);
    if (event == null || handler == null) {
      return Optional.empty();
    }
    StepPath path = StepPath.of(exchange);
    // The handler and not the exchange's own route: a Kamelet's route has a new id at every start.
    String keyedAs = exchange.getProperty(InboxVariables.KEYED_AS, handler, String.class);
    String key = sendable(event, keyedAs + "/" + path.key(operation));
    path.take(key)
        .ifPresent(
            other -> {
              throw new IllegalStateException(
                  "two calls of handler "
                      + handler
                      + " would share an idempotency key: "
                      + other.strip()
                      + " and "
                      + path.place().strip()
                      + "; give each of these steps an id of its own");
            });
    return Optional.of(key);
  }

  /**
   * The key of a request that a step makes itself inside {@code provider-call-action}.
   *
   * @param operation used in place of the id when the step has none
   * @return empty outside of a call
   */
  public static Optional<String> inCall(Exchange exchange, String operation) {
    return Call.of(exchange)
        .filter(Call::isUnderWay)
        .map(
            call ->
                inHandler(exchange, operation)
                    .orElseGet(
                        () ->
                            call.keyAt(
                                StepPath.of(exchange).place(),
                                () -> later(exchange, call.idempotencyKey(), operation))));
  }

  /**
   * The key of a call outside of a handler. The first call of a request gets the caller's key, or a
   * new one; each later call of the request gets a key of its own.
   */
  static String inRequest(Exchange exchange, String operation) {
    String request = exchange.getProperty(RequestContext.IDEMPOTENCY_KEY_PROPERTY, String.class);
    if (request == null) {
      return CallerKey.of(exchange);
    }
    return Call.of(exchange).isEmpty() ? request : later(exchange, request, operation);
  }

  /** The key of a further call or request, derived from {@code key}. */
  private static String later(Exchange exchange, String key, String operation) {
    StepPath path = StepPath.of(exchange);
    String name = path.key(operation);
    String wanted = sendable(key, name);
    for (int n = 2; path.take(wanted).isPresent(); n++) {
      wanted = sendable(key, name + "~" + n);
    }
    return wanted;
  }

  private static String sendable(String first, String rest) {
    String key = first + "/" + rest;
    return SENDABLE.matcher(key).matches() ? key : Sha256.hex(key.getBytes(StandardCharsets.UTF_8));
  }
}
