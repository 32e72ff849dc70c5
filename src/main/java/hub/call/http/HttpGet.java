package hub.call.http;

import hub.call.policy.Call;
import hub.call.policy.CallFailedException;
import hub.call.policy.CallFailure;
import hub.call.policy.CallOutcome;
import hub.util.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * GETs the {@link Request} in the body, inside {@code provider-call-action}; the {@link
 * ProviderResponse}, with the bytes and headers as they came, becomes the body. Thread-safe.
 */
public final class HttpGet implements Processor, SendsHttp {
  /**
   * What is asked for.
   *
   * @param headers besides {@code User-Agent}, credentials among them
   */
  public record Request(URI uri, Map<String, String> headers) {
    /** Without the credentials. */
    @Override
    public String toString() {
      return "GET " + uri;
    }
  }

  private final BoundedHttpClient http;

  public HttpGet(BoundedHttpClient http) {
    this.http = http;
  }

  /**
   * @throws CallFailedException when the answer is no 2xx, or no JSON
   */
  @Override
  public void process(Exchange exchange) throws IOException {
    Call call = Call.of(exchange).orElseThrow(() -> new IllegalStateException("outside of a call"));
    Request asked = exchange.getMessage().getBody(Request.class);
    HttpRequest.Builder request = HttpRequest.newBuilder(asked.uri()).GET();
    request.setHeader("Accept", "application/json");
    request.setHeader("User-Agent", "integration-master");
    asked.headers().forEach(request::setHeader);
    ProviderResponse answer = http.send(request, call.timeLeft());
    call.answered(answer.status());
    String provider = call.provider().name();
    if (!answer.isSuccess()) {
      throw new CallFailedException(provider, ResponseReader.failure(answer), null);
    }
    if (Json.parseLastWins(answer.body()).isEmpty()) {
      throw new CallFailedException(
          provider, CallFailure.of(CallOutcome.UNAVAILABLE, "its answer is not JSON"), null);
    }
    exchange.getMessage().setBody(answer);
  }
}
