package hub.call.policy;

import hub.http.RequestContext;
import hub.inbox.InboxVariables;
import hub.util.Sha256;
import hub.util.step.StepPath;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.camel.Exchange;

/** The idempotency keys under which steps ask providers. */
public final class CallKeys {
  /** What a header can carry and every provider takes. */
  private static final Pattern SENDABLE = Pattern.compile("[\\x21-\\x7e]{1,255}");

  private CallKeys() {}

  /**
   * The key of the step in a handler: made of the event, the handler, the step's id and those of
   * the steps that lead to it, and the turns of splits and loops, so that a retry and a replay ask
   * under the same one, wherever the step stands.
   *
   * @param operation stands for the id of a step that has none
   * @return empty outside of a handler, and in one of batches
   * @throws IllegalStateException when another call of the handler has that key
   */
  public static Optional<String> inHandler(Exchange exchange, String operation) {
    String event = exchange.getVariable(InboxVariables.EVENT_ID, String.class);
    String handler = exchange.getVariable(InboxVariables.HANDLER, String.class);
    if (event == null || handler == null) {
      return Optional.empty();
    }
    StepPath path = StepPath.of(exchange);
    // Not the exchange's own route: within a Kamelet that is one of a new name at every start.
    String key = sendable(event, handler + "/" + path.key(operation));
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
   * The key of a request that a step makes by itself within {@code provider-call-action}.
   *
   * @param operation stands for the id of a step that has none
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
   * The caller's key for the first call of a request, or one that is made; a later call of the same
   * request is another one to the provider.
   */
  static String inRequest(Exchange exchange, String operation) {
    String request = exchange.getProperty(RequestContext.IDEMPOTENCY_KEY_PROPERTY, String.class);
    if (request == null) {
      return CallerKey.of(exchange);
    }
    return Call.of(exchange).isEmpty() ? request : later(exchange, request, operation);
  }

  /** The key of what is done beside the first under {@code key}. */
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
