package hub.identity.login;

import com.fasterxml.jackson.databind.JsonNode;
import com.nimbusds.oauth2.sdk.http.HTTPRequest;
import hub.call.http.BoundedHttpClient;
import hub.call.http.ProviderResponse;
import hub.call.http.SendsHttp;
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
 * Sends the request in the body to a login provider, inside {@code provider-call-action}; the
 * {@link ProviderResponse} becomes the body. Thread-safe.
 */
final class SendProviderRequest implements Processor, SendsHttp {
  private final LoginProvider provider;
  private final LoginCall loginCall;
  private final BoundedHttpClient http;

  SendProviderRequest(LoginProvider provider, LoginCall loginCall, BoundedHttpClient http) {
    this.provider = provider;
    this.loginCall = loginCall;
    this.http = http;
  }

  /**
   * @throws CallFailedException when the provider refused or its answer cannot be used
   */
  @Override
  public void process(Exchange exchange) throws IOException {
    Call call = Call.of(exchange).orElseThrow(() -> new IllegalStateException("outside of a call"));
    ProviderResponse answer;
    try {
      answer = http.send(request(exchange), call.timeLeft());
    } catch (IOException e) {
      if (!loginCall.isRepeatable() && mayHaveArrived(e)) {
        call.cannotRepeat();
      }
      throw e;
    }
    call.answered(answer.status());
    Optional<CallFailure> failure = failure(answer);
    if (failure.isPresent()) {
      if (!loginCall.isRepeatable() && !isNotProcessed(answer.status())) {
        call.cannotRepeat();
      }
      throw new CallFailedException(provider.calledAs(), failure.get(), null);
    }
    exchange.getMessage().setBody(answer);
  }

  private static HttpRequest.Builder request(Exchange exchange) {
    HTTPRequest nimbus = exchange.getMessage().getBody(HTTPRequest.class);
    HttpRequest.Builder request = HttpRequest.newBuilder(nimbus.getURI());
    for (Map.Entry<String, List<String>> header : nimbus.getHeaderMap().entrySet()) {
      header.getValue().forEach(value -> request.header(header.getKey(), value));
    }
    request.setHeader("Accept", "application/json");
    request.setHeader("User-Agent", "integration-master");
    return request.method(
        nimbus.getMethod().name(),
        nimbus.getBody() == null
            ? HttpRequest.BodyPublishers.noBody()
            : HttpRequest.BodyPublishers.ofString(nimbus.getBody()));
  }

  /** Whether the request may have reached the provider; false if there was no connection. */
  private static boolean mayHaveArrived(IOException error) {
    return !(error instanceof ConnectException || error instanceof HttpConnectTimeoutException);
  }

  /** Whether the status says that the provider has not processed the request. */
  private static boolean isNotProcessed(int status) {
    return status == 429 || status == 503;
  }

  private Optional<CallFailure> failure(ProviderResponse answer) {
    Optional<? extends JsonNode> json =
        loginCall.answersToken() ? TokenFields.read(answer.body()) : Json.parse(answer.body());
    String code = json.map(TokenFields::errorCode).orElse("");
    if (answer.status() < 200 || answer.status() >= 300) {
      return Optional.of(
          CallFailure.ofStatus(
              answer.status(), code, "HTTP " + answer.status(), answer.retryAfter()));
    }
    if (!loginCall.answersJson()) {
      return Optional.empty();
    }
    if (json.isEmpty()) {
      return Optional.of(CallFailure.of(CallOutcome.UNAVAILABLE, "its answer is not JSON"));
    }
    // GitHub reports errors with status 200.
    return code.isEmpty()
        ? Optional.empty()
        : Optional.of(CallFailure.ofStatus(400, code, "HTTP " + answer.status(), Optional.empty()));
  }
}
