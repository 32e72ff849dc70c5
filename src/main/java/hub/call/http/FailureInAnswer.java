package hub.call.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.jayway.jsonpath.InvalidPathException;
import hub.call.policy.Call;
import hub.call.policy.CallFailedException;
import hub.call.policy.CallFailure;
import hub.call.policy.CallOutcome;
import hub.util.Json;
import hub.util.JsonField;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.StreamSupport;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Fails a call whose API tells its failures behind a 2xx. The Kamelet {@code http-api-action} makes
 * it and sets its parameters; it looks at the JSON that {@link HttpApiCall} has left in the body.
 * Thread-safe once its parameters are set.
 */
public final class FailureInAnswer implements Processor {
  /** In characters. */
  private static final int MAX_MESSAGE = 300;

  private static final Map<String, CallOutcome> OUTCOMES =
      Map.of(
          "rejected", CallOutcome.REJECTED,
          "failed", CallOutcome.FAILED,
          "unavailable", CallOutcome.UNAVAILABLE);

  private String path = "";
  private Optional<JsonField> place = Optional.empty();
  private CallOutcome outcome = CallOutcome.REJECTED;

  /**
   * @throws CallFailedException when there is something at the place
   */
  @Override
  public void process(Exchange exchange) {
    Object body = exchange.getMessage().getBody();
    if (place.isEmpty() || !(body instanceof Map || body instanceof List)) {
      return;
    }
    Optional<String> found =
        place
            .get()
            .in(Json.own(Json.text(body)))
            .filter(FailureInAnswer::isFailure)
            .map(FailureInAnswer::text);
    if (found.isEmpty()) {
      return;
    }
    int status = exchange.getMessage().getHeader(Exchange.HTTP_RESPONSE_CODE, 200, Integer.class);
    String message = "HTTP " + status + " with " + found.get() + " at " + path;
    throw new CallFailedException(
        Call.of(exchange).map(call -> call.provider().name()).orElse("the provider"),
        new CallFailure(outcome, status, "", message, Optional.empty()),
        null);
  }

  private static boolean isFailure(JsonNode found) {
    if (found.isArray()) {
      return StreamSupport.stream(found.spliterator(), false).anyMatch(FailureInAnswer::isFailure);
    }
    return !found.isNull()
        && !(found.isBoolean() && !found.booleanValue())
        && !(found.isTextual() && found.asText().isBlank())
        && !(found.isObject() && found.isEmpty());
  }

  private static String text(JsonNode found) {
    JsonNode one = found.isArray() && found.size() == 1 ? found.get(0) : found;
    String text = one.isTextual() ? one.asText() : Json.text(one);
    return text.substring(0, Math.min(text.length(), MAX_MESSAGE));
  }

  /**
   * JSONPath of an answer's part that is there when the call has failed; empty: a 2xx is a success.
   *
   * @throws IllegalArgumentException for a text that is no JSONPath
   */
  public void setFailureAt(String path) {
    this.path = path.strip();
    try {
      this.place = this.path.isEmpty() ? Optional.empty() : Optional.of(new JsonField(this.path));
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException(
          "failureAt: '" + path + "' is no JSONPath: " + e.getMessage(), e);
    }
  }

  /**
   * What such a failure is: {@code rejected}, the default, {@code failed} or {@code unavailable}.
   *
   * @throws IllegalArgumentException for another word
   */
  public void setFailureIs(String failure) {
    this.outcome =
        Optional.ofNullable(OUTCOMES.get(failure.strip()))
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "failureIs: '"
                            + failure
                            + "' is not one of rejected, failed, unavailable"));
  }
}
