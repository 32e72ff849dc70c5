package hub.provider.stripe;

import com.fasterxml.jackson.databind.JsonNode;
import com.stripe.Stripe;
import com.stripe.exception.ApiConnectionException;
import com.stripe.exception.ApiException;
import com.stripe.exception.StripeException;
import com.stripe.net.HttpClient;
import com.stripe.net.HttpHeaders;
import com.stripe.net.StripeRequest;
import com.stripe.net.StripeResponse;
import hub.call.http.BoundedHttpClient;
import hub.call.http.ProviderResponse;
import hub.http.HeaderNames;
import hub.util.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Sends the requests of stripe-java through {@link BoundedHttpClient}: with the request's read
 * timeout as limit until the last byte, a limit for the response's size, no redirects and no
 * retries. A response other than Stripe's JSON does not reach stripe-java, which would put all of
 * it into its exceptions. Thread-safe.
 */
final class StripeHttp extends HttpClient {
  private static final String USER_AGENT =
      "Stripe/v1 JavaBindings/" + Stripe.VERSION + " integration-master";

  /** The headers that are sent. Drops Stripe's telemetry header. */
  private static final List<String> SENT =
      List.of(
          HeaderNames.AUTHORIZATION,
          "Accept",
          "Stripe-Version",
          "Stripe-Account",
          HeaderNames.IDEMPOTENCY_KEY);

  private final BoundedHttpClient http;

  StripeHttp(BoundedHttpClient http) {
    this.http = http;
  }

  @Override
  public StripeResponse request(StripeRequest request) throws StripeException {
    HttpRequest.Builder built = HttpRequest.newBuilder(URI.create(request.url().toString()));
    for (String name : SENT) {
      request.headers().firstValue(name).ifPresent(value -> built.setHeader(name, value));
    }
    built.setHeader("User-Agent", USER_AGENT);
    if (request.content() == null) {
      built.method(request.method().name(), HttpRequest.BodyPublishers.noBody());
    } else {
      built.setHeader(HeaderNames.CONTENT_TYPE, request.content().contentType());
      built.method(
          request.method().name(),
          HttpRequest.BodyPublishers.ofByteArray(request.content().byteArrayContent()));
    }
    return read(send(built, Duration.ofMillis(request.options().getReadTimeout())));
  }

  private ProviderResponse send(HttpRequest.Builder request, Duration within)
      throws ApiConnectionException {
    try {
      return http.send(request, within);
    } catch (IOException e) {
      throw new ApiConnectionException("Stripe gave no answer: " + e.getMessage(), e);
    }
  }

  private static StripeResponse read(ProviderResponse response) throws ApiException {
    HttpHeaders headers = HttpHeaders.of(response.headers().map());
    Optional<JsonNode> json = Json.parse(response.body()).filter(JsonNode::isObject);
    boolean good = response.status() >= 200 && response.status() < 300;
    if (good && json.isEmpty()) {
      throw new ApiException(
          "the answer is not Stripe's JSON",
          headers.firstValue("Request-Id").orElse(null),
          null,
          response.status(),
          null);
    }
    boolean known = good || json.filter(node -> node.path("error").isObject()).isPresent();
    String body =
        known ? new String(response.body(), StandardCharsets.UTF_8) : error(response.status());
    return new StripeResponse(response.status(), headers, body);
  }

  /**
   * A body with which stripe-java throws the exception for the status, with the response's headers.
   */
  private static String error(int status) {
    String message = "HTTP " + status + " without Stripe's JSON; is STRIPE_API_BASE right?";
    return Json.text(Map.of("error", Map.of("type", "api_error", "message", message)));
  }
}
