package hub.call.http;

import com.fasterxml.jackson.databind.JsonNode;
import hub.call.policy.CallFailedException;
import hub.call.policy.CallFailure;
import hub.call.policy.CallOutcome;
import hub.util.Json;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;

/**
 * A request for a token of the hub itself, made within a call to an API. Its failures are those of
 * the API's provider, and their messages name the token endpoint.
 *
 * @param provider the API's provider
 * @param endpoint the token endpoint's address, for messages
 * @param given what the hub shows there, for people, such as names of variables
 */
record TokenRequest(String provider, String endpoint, String given) {
  /** An error code that may be shown; excludes everything that could be a token. */
  private static final String CODE = "[A-Za-z0-9_.-]{1,40}";

  /** HttpClient quotes a header value that it refuses, so no other token is put into one. */
  private static final String PRINTABLE = "[\\x20-\\x7E]+";

  /**
   * Sends the request.
   *
   * @param reader reads the token from the answer; empty when there is none
   * @throws CallFailedException when there is no token. What the endpoint refuses is permanent: the
   *     same request would be refused again.
   */
  ApplicationTokens.Issued send(
      BoundedHttpClient http,
      HttpRequest.Builder request,
      Duration within,
      Function<JsonNode, Optional<ApplicationTokens.Issued>> reader) {
    request.setHeader("User-Agent", "integration-master");
    ProviderResponse answer;
    try {
      answer = http.send(request, within);
    } catch (HttpTimeoutException e) {
      throw unavailable("did not answer in time", e);
    } catch (IOException e) {
      throw unavailable("cannot be reached: " + e.getClass().getSimpleName(), e);
    }
    Optional<JsonNode> json = Json.parse(answer.body());
    String code = json.map(TokenRequest::code).orElse("");
    CallFailure failure =
        CallFailure.ofStatus(answer.status(), code, "HTTP " + answer.status(), answer.retryAfter());
    // Some report errors with status 200.
    if (failure.outcome() == CallOutcome.REJECTED || (answer.isSuccess() && !code.isEmpty())) {
      throw refused(answer.status(), code);
    }
    if (!answer.isSuccess()) {
      throw new CallFailedException(
          provider,
          new CallFailure(
              failure.outcome(),
              failure.status(),
              code,
              "its token endpoint " + endpoint + " answers HTTP " + answer.status(),
              failure.retryAfter()),
          null);
    }
    return json.flatMap(reader)
        .filter(token -> token.value().matches(PRINTABLE))
        .orElseThrow(() -> unavailable("gave an answer without a token", null));
  }

  /** Status 400: that of the endpoint would say that the API refused. */
  private CallFailedException refused(int status, String code) {
    return new CallFailedException(
        provider,
        new CallFailure(
            CallOutcome.REJECTED,
            400,
            code,
            "its token endpoint "
                + endpoint
                + " refuses "
                + given
                + " (HTTP "
                + status
                + "); correct what is wrong there, and replay what failed",
            Optional.empty()),
        null);
  }

  private CallFailedException unavailable(String what, IOException cause) {
    return new CallFailedException(
        provider,
        CallFailure.of(CallOutcome.UNAVAILABLE, "its token endpoint " + endpoint + " " + what),
        cause);
  }

  private static String code(JsonNode answer) {
    JsonNode error = answer.path("error");
    if (error.isMissingNode() || error.isNull()) {
      return "";
    }
    return error.asText().matches(CODE) ? error.asText() : "unreadable_error";
  }
}
