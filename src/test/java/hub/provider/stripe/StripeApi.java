package hub.provider.stripe;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.client.WireMock;
import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import com.github.tomakehurst.wiremock.http.RequestMethod;
import com.github.tomakehurst.wiremock.matching.RequestPatternBuilder;
import com.github.tomakehurst.wiremock.verification.LoggedRequest;
import hub.testing.Store;
import hub.testing.TestHub;
import hub.util.Json;
import java.net.URLDecoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Stripe's API played by WireMock, and a hub that calls it. */
final class StripeApi implements AutoCloseable {
  static final String KEY = "sk_test_of+the&tests";

  final WireMockServer server =
      new WireMockServer(WireMockConfiguration.options().dynamicPort().gzipDisabled(true));

  StripeApi() {
    server.start();
  }

  /** Restarts it after it was closed, when a failed test runs again. */
  String address() {
    if (!server.isRunning()) {
      server.start();
    }
    return "http://localhost:" + server.port();
  }

  /** A hub with the shipped routes that call Stripe. */
  TestHub.Builder hub() {
    return hub(address());
  }

  static TestHub.Builder hub(String address) {
    return TestHub.on(Store.H2)
        .with("STRIPE_SECRET_KEY", KEY)
        .with("STRIPE_API_BASE", address)
        // Tests of failures must not open the breaker.
        .with("hub.breaker.attempts", "100000")
        .routeFile("policies/*.camel.yaml")
        .routeFile("stripe/stripe-create-payment-intent.camel.yaml")
        .routeFile("stripe/stripe-create-customer.camel.yaml")
        .routeFile("stripe/stripe-create-subscription.camel.yaml")
        .routeFile("stripe/stripe-cancel-subscription.camel.yaml");
  }

  /** Sends a POST as a caller; headers as name, value, name, value. */
  static HttpResponse<String> post(TestHub hub, String path, String body, String... headers) {
    List<String> all = new ArrayList<>(List.of("Authorization", "Bearer " + TestHub.API_KEY));
    all.addAll(List.of(headers));
    return hub.post(path, body, all.toArray(String[]::new));
  }

  static HttpResponse<String> delete(TestHub hub, String path) {
    return hub.send("DELETE", path, new byte[0], "Authorization", "Bearer " + TestHub.API_KEY);
  }

  /** The requests received, in order. */
  List<LoggedRequest> requests(RequestMethod method) {
    return server.findAll(RequestPatternBuilder.newRequestPattern(method, WireMock.anyUrl()));
  }

  LoggedRequest onlyRequest() {
    List<LoggedRequest> all = requests(RequestMethod.ANY);
    if (all.size() != 1) {
      throw new AssertionError(all.size() + " requests: " + all);
    }
    return all.get(0);
  }

  /** The fields of a form, by name. */
  static Map<String, String> form(LoggedRequest request) {
    return fields(request.getBodyAsString());
  }

  static Map<String, String> query(LoggedRequest request) {
    String[] parts = request.getUrl().split("\\?", 2);
    return fields(parts.length < 2 ? "" : parts[1]);
  }

  private static Map<String, String> fields(String encoded) {
    Map<String, String> fields = new TreeMap<>();
    Arrays.stream(encoded.split("&"))
        .filter(field -> !field.isEmpty())
        .forEach(
            field -> {
              String[] parts = field.split("=", 2);
              String before = fields.put(decode(parts[0]), decode(parts[1]));
              if (before != null) {
                throw new AssertionError(parts[0] + " was sent twice");
              }
            });
    return fields;
  }

  private static String decode(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }

  /** Stripe's error object. */
  static String error(String type, String code, String message) {
    return "{\"error\":{\"type\":"
        + Json.text(type)
        + ",\"code\":"
        + Json.text(code)
        + ",\"message\":"
        + Json.text(message)
        + "}}";
  }

  @Override
  public void close() {
    server.stop();
  }
}
