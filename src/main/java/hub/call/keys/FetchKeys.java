package hub.call.keys;

import hub.call.http.BoundedHttpClient;
import hub.call.http.ProviderResponse;
import hub.call.policy.Call;
import hub.call.policy.CallFailedException;
import hub.call.policy.CallFailure;
import hub.call.policy.ResponseTooLargeException;
import hub.webhook.verify.KeyAddress;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * GETs the {@link KeyAddress} in the body, inside {@code provider-call-action}; the response's
 * bytes become the body. Sends nothing of the webhook. Thread-safe.
 */
final class FetchKeys implements Processor {
  private final BoundedHttpClient http;
  private final BoundedHttpClient checked;

  /**
   * @param http for addresses that a scheme writes
   * @param checked for those that a request says
   */
  FetchKeys(BoundedHttpClient http, BoundedHttpClient checked) {
    this.http = http;
    this.checked = checked;
  }

  /**
   * @throws CallFailedException when the answer is an error or a redirect
   */
  @Override
  public void process(Exchange exchange) throws IOException {
    Call call = Call.of(exchange).orElseThrow(() -> new IllegalStateException("outside of a call"));
    KeyAddress address = exchange.getMessage().getBody(KeyAddress.class);
    ProviderResponse answer = send(address, call);
    call.answered(answer.status());
    if (!answer.isSuccess()) {
      throw failed(
          call,
          CallFailure.ofStatus(
              answer.status(), "", "HTTP " + answer.status(), answer.retryAfter()));
    }
    exchange.getMessage().setBody(answer.body());
  }

  private ProviderResponse send(KeyAddress address, Call call) throws IOException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(address.url()))
            .GET()
            .setHeader("Accept", "application/json, application/x-pem-file, */*;q=0.8")
            .setHeader("User-Agent", "integration-master");
    try {
      boolean isTold = address.saidByRequest() && !address.isLoopback();
      return (isTold ? checked : http).send(request, call.timeLeft());
    } catch (ResponseTooLargeException e) {
      call.cannotRepeat(); // it would be as large again
      throw e;
    }
  }

  private static CallFailedException failed(Call call, CallFailure failure) {
    return new CallFailedException(call.provider().name(), failure, null);
  }
}
