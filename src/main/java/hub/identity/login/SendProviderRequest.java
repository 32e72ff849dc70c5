package hub.identity.login;

import com.fasterxml.jackson.databind.JsonNode;
import com.nimbusds.oauth2.sdk.http.HTTPRequest;
import hub.call.http.BoundedHttpClient;
import hub.call.http.ProviderResponse;
import hub.call.policy.Call;
import hub.call.policy.CallFailedException;
import hub.call.policy.CallFailure;
import hub.call.policy.CallOutcome;
import hub.util.Json;
import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * One request to a provider, inside of {@code provider-call-action}: sends the message's body and
 * leaves the {@link ProviderResponse} there. Thread-safe.
 */
final class SendProviderRequest implements Processor {
  private final LoginProvider provider;
  private final LoginCall what;
  private final BoundedHttpClient http;

  SendProviderRequest(LoginProvider provider, LoginCall what, BoundedHttpClient http) {
    this.provider = provider;
    this.what = what;
    this.http = http;
  }

  /**
   * @throws CallFailedException when the provider refused, or answered what makes no sense
   */
  @Override
  public void process(Exchange exchange) throws IOException {
    Call call = Call.of(exchange).orElseThrow(() -> new IllegalStateException("outside of a call"));
    ProviderResponse answer;
    try {
      answer = http.send(request(exchange), call.timeLeft());
    } catch (IOException e) {
      if (!what.isRepeatable() && mayHaveArrived(e)) {
        call.cannotRepeat();
      }
      throw e;
    }
    call.answered(answer.status());
    Optional<CallFailure> failure = judge(answer);
    if (failure.isPresent()) {
      if (!what.isRepeatable() && !isTurnedAway(answer.status())) {
        call.cannotRepeat();
      }
      throw new CallFailedException(provider.calledAs(), failure.get(), null);
    }
    exchange.getMessage().setBody(answer);
  }

  private static HttpRequest.Builder request(Exchange exchange) {
    HTTPRequest asked = exchange.getMessage().getBody(HTTPRequest.class);
    HttpRequest.Builder request = HttpRequest.newBuilder(asked.getURI());
    for (Map.Entry<String, List<String>> header : asked.getHeaderMap().entrySet()) {
      header.getValue().forEach(value -> request.header(header.getKey(), value));
    }
    request.setHeader("Accept", "application/json");
    request.setHeader("User-Agent", "integration-master");
    return request.method(
        asked.getMethod().name(),
        asked.getBody() == null
            ? HttpRequest.BodyPublishers.noBody()
            : HttpRequest.BodyPublishers.ofString(asked.getBody()));
  }

  /** False when there was no connection over which it could have. */
  private static boolean mayHaveArrived(IOException error) {
    return !(error instanceof ConnectException || error instanceof HttpConnectTimeoutException);
  }

  /** Whether the provider said that it did nothing. */
  private static boolean isTurnedAway(int status) {
    return status == 429 || status == 503;
  }

  private Optional<CallFailure> judge(ProviderResponse answer) {
    Optional<? extends JsonNode> json =
        what.answersToken() ? TokenFields.read(answer.body()) : Json.parse(answer.body());
    String code = json.map(TokenFields::fault).orElse("");
    if (answer.status() < 200 || answer.status() >= 300) {
      return Optional.of(
          CallFailure.ofStatus(
              answer.status(), code, "HTTP " + answer.status(), answer.retryAfter()));
    }
    if (!what.answersJson()) {
      return Optional.empty();
    }
    if (json.isEmpty()) {
      return Optional.of(CallFailure.of(CallOutcome.UNAVAILABLE, "its answer is not JSON"));
    }
    // GitHub says no with a 200.
    return code.isEmpty()
        ? Optional.empty()
        : Optional.of(CallFailure.ofStatus(400, code, "HTTP " + answer.status(), Optional.empty()));
  }
}
