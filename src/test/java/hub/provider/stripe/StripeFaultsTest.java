package hub.provider.stripe;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.http.Fault;
import com.github.tomakehurst.wiremock.http.RequestMethod;
import com.github.tomakehurst.wiremock.stubbing.Scenario;
import com.github.tomakehurst.wiremock.verification.LoggedRequest;
import hub.testing.LogLines;
import hub.testing.TestHub;
import hub.util.Json;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Whatever fails at Stripe or on the way, a caller gets a clear answer in time. Slow: it waits for
 * timeouts.
 */
@Tag("long") // calls run into their limits of time
@Tag("slow")
@Tag("waits")
class StripeFaultsTest {
  private static final String GOOD = "{\"id\":\"cus_1\",\"object\":\"customer\"}";

  private static final Map<Case, CompletableFuture<Told>> CALLED = new EnumMap<>(Case.class);

  private static StripeApi stripe;
  private static ExecutorService callers;
  private static TestHub hub;

  private record Told(HttpResponse<String> answer, Duration took) {}

  /** Each possible failure and the hub's answer; each with its own provider name and address. */
  enum Case {
    RESET(fault(Fault.CONNECTION_RESET_BY_PEER), 503, "provider-unavailable", 2),
    RESET_IN_MID_ANSWER(fault(Fault.MALFORMED_RESPONSE_CHUNK), 503, "provider-unavailable", 2),
    EMPTY_ANSWER(fault(Fault.EMPTY_RESPONSE), 503, "provider-unavailable", 2),
    GARBAGE(fault(Fault.RANDOM_DATA_THEN_CLOSE), 503, "provider-unavailable", 2),
    SILENCE(okJson(GOOD).withFixedDelay(30_000), 504, "provider-timeout", 2),
    TRICKLE(okJson(GOOD).withChunkedDribbleDelay(10, 30_000), 504, "provider-timeout", 2),
    TWELVE_MEGABYTES(twelveMegabytes(), 503, "provider-unavailable", 2),
    HTML(html(200), 503, "provider-unavailable", 1),
    HTML_502(html(502), 503, "provider-unavailable", 2),
    HTML_429(html(429).withHeader("Retry-After", "60"), 429, "provider-rejected", 1),
    JSON_LIST(okJson("[]"), 503, "provider-unavailable", 1),
    NOTHING(okJson(""), 503, "provider-unavailable", 1),
    ERROR_OF_NOTHING(aResponse().withStatus(500), 503, "provider-unavailable", 2),
    ERROR_NULL(
        aResponse().withStatus(500).withBody("{\"error\":null}"), 503, "provider-unavailable", 2),
    REDIRECT(
        aResponse().withStatus(302).withHeader("Location", "/elsewhere"),
        400,
        "provider-rejected",
        1),
    NOT_TO_BE_RETRIED(
        error(500, "api_error").withHeader("Stripe-Should-Retry", "false"),
        503,
        "provider-unavailable",
        1),
    LOCKED_FOR_LONG(error(409, "lock_timeout"), 503, "provider-unavailable", 2),
    CARD_DECLINED(declined(), 402, "provider-rejected", 1),
    UNKNOWN(error(404, "resource_missing"), 404, "provider-rejected", 1),
    CONFLICT(error(409, "customer_max_payment_methods"), 409, "provider-rejected", 1),
    WRONG_PARAMETER(error(400, "parameter_unknown"), 400, "provider-rejected", 1),
    KEY_OF_ANOTHER_REQUEST(errorOfType("idempotency_error"), 400, "provider-rejected", 1),
    WRONG_KEY(wrongKey(), 400, "provider-rejected", 1),
    RATE_LIMITED(
        error(429, "rate_limit").withHeader("Retry-After", "60"), 429, "provider-rejected", 1);

    final ResponseDefinitionBuilder answer;
    final int status;
    final String reason;
    final int requests;

    Case(ResponseDefinitionBuilder answer, int status, String reason, int requests) {
      this.answer = answer;
      this.status = status;
      this.reason = reason;
      this.requests = requests;
    }

    String word() {
      return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }
  }

  private static ResponseDefinitionBuilder fault(Fault fault) {
    return aResponse().withFault(fault);
  }

  private static ResponseDefinitionBuilder html(int status) {
    return aResponse()
        .withStatus(status)
        .withHeader("Content-Type", "text/html")
        .withBody("<html><body>secret plans</body></html>");
  }

  /**
   * Over the limit by little, and as bytes: on a busy machine more takes longer than an attempt
   * may.
   */
  private static ResponseDefinitionBuilder twelveMegabytes() {
    byte[] body = new byte[12_000_000];
    Arrays.fill(body, (byte) 'x');
    byte[] begin = "{\"id\":\"".getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(begin, 0, body, 0, begin.length);
    return aResponse().withHeader("Content-Type", "application/json").withBody(body);
  }

  private static ResponseDefinitionBuilder error(int status, String code) {
    return aResponse()
        .withStatus(status)
        .withBody(StripeApi.error("invalid_request_error", code, "Stripe's own words"));
  }

  private static ResponseDefinitionBuilder errorOfType(String type) {
    return aResponse().withStatus(400).withBody("{\"error\":{\"type\":\"" + type + "\"}}");
  }

  private static ResponseDefinitionBuilder declined() {
    return aResponse()
        .withStatus(402)
        .withBody(
            """
            {"error":{"type":"card_error","code":"card_declined",\
            "decline_code":"insufficient_funds","message":"Your card was declined."}}""");
  }

  private static ResponseDefinitionBuilder wrongKey() {
    return aResponse()
        .withStatus(401)
        .withBody(
            """
            {"error":{"type":"invalid_request_error",\
            "message":"Invalid API Key provided: sk_test_of"}}""");
  }

  @BeforeAll
  static void start() {
    stripe = new StripeApi();
    callers = Executors.newCachedThreadPool();
    TestHub.Builder builder =
        stripe
            .hub()
            .with("hub.call.attempt-seconds", "6")
            .with("hub.call.total-seconds", "20")
            .with("hub.call.retries", "1");
    for (Case each : Case.values()) {
      builder.route(
          "call-" + each.word(), route(each.word(), stripe.address() + "/" + each.word()));
      stripe.server.stubFor(any(urlEqualTo(path(each.word()))).willReturn(each.answer));
    }
    for (String word : List.of("locked", "in-use", "slow-down", "lost", "broken-once")) {
      builder.route("call-" + word, route(word, stripe.address() + "/" + word));
    }
    builder.route("call-refused", route("refused", "http://localhost:1"));
    builder.route("call-tls", route("tls", stripe.address().replace("http:", "https:")));
    builder.route("call-nowhere", route("nowhere", "http://no-such-host.invalid"));
    hub = builder.start();
    // These are slow; the others continue meanwhile.
    for (Case each : List.of(Case.SILENCE, Case.TRICKLE)) {
      CALLED.put(each, CompletableFuture.supplyAsync(() -> timed(each), callers));
    }
  }

  /** Called once: a provider that asks for a wait gets no other call meanwhile. */
  private static Told told(Case fault) {
    return CALLED
        .computeIfAbsent(fault, each -> CompletableFuture.completedFuture(timed(each)))
        .join();
  }

  private static Told timed(Case fault) {
    long begun = System.nanoTime();
    HttpResponse<String> answer = call(fault.word());
    return new Told(answer, Duration.ofNanos(System.nanoTime() - begun));
  }

  @AfterAll
  static void stop() {
    callers.shutdownNow();
    hub.close();
    stripe.close();
  }

  private static String path(String word) {
    return "/" + word + "/v1/customers";
  }

  private static String route(String word, String base) {
    return """
        - route:
            id: call-%s
            description: Calls Stripe.
            from:
              uri: platform-http:/api/test/%s
              parameters:
                useBodyHandler: false
              steps:
                - kamelet:
                    name: provider-call-action
                    parameters:
                      provider: stripe-%s
                      operation: create-customer
                      needs: STRIPE_SECRET_KEY
                    steps:
                      - to:
                          uri: stripe:customers
                          parameters:
                            apiBase: %s
                - setBody:
                    expression:
                      simple:
                        expression: ${body.id}
        """
        .formatted(word, word, word, base);
  }

  private static HttpResponse<String> call(String word) {
    return StripeApi.post(hub, "/api/test/" + word, "{\"name\":\"Ada\"}");
  }

  private static List<LoggedRequest> requests(String word) {
    return stripe.requests(RequestMethod.ANY).stream()
        .filter(request -> request.getUrl().equals(path(word)))
        .toList();
  }

  @ParameterizedTest
  @EnumSource(Case.class)
  void every_fault_has_its_answer_in_time(Case fault) {
    Told told = told(fault);
    HttpResponse<String> answer = told.answer();

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(fault.status);
    JsonNode problem = Json.own(answer.body());
    assertThat(problem.get("type").asText()).isEqualTo("urn:hub:problem:" + fault.reason);
    assertThat(answer.body()).doesNotContain(StripeApi.KEY, "sk_test", "secret plans");
    assertThat(answer.body().length()).isLessThan(1_000);
    assertThat(told.took()).isLessThan(Duration.ofSeconds(20));
    String key = answer.headers().firstValue("Idempotency-Key").orElseThrow();
    // The server records a request only while it sends the response.
    await()
        .untilAsserted(
            () ->
                assertThat(requests(fault.word()))
                    .filteredOn(request -> key.equals(request.getHeader("Idempotency-Key")))
                    .as("attempts under the key that the caller was told")
                    .hasSize(fault.requests));
  }

  @Test
  void a_refusal_carries_stripes_word() {
    JsonNode declined = Json.own(call("card-declined").body());
    assertThat(declined.get("code").asText()).isEqualTo("card_declined");
    assertThat(declined.get("detail").asText())
        .contains("Your card was declined.")
        .contains("insufficient_funds");
    assertThat(Json.own(call("key-of-another-request").body()).get("code").asText())
        .isEqualTo("idempotency_error");
    assertThat(Json.own(call("unknown").body()).get("code").asText()).isEqualTo("resource_missing");
    assertThat(Json.own(call("wrong-key").body()).get("detail").asText())
        .contains("STRIPE_SECRET_KEY");
  }

  @Test
  void a_rate_limit_tells_when_to_come_back() {
    for (Case fault : List.of(Case.RATE_LIMITED, Case.HTML_429)) {
      assertThat(told(fault).answer().headers().firstValueAsLong("Retry-After").orElseThrow())
          .as(fault.word())
          .isBetween(1L, 60L);
    }
  }

  @Test
  void an_address_where_nobody_is_cannot_be_reached() {
    for (String word : List.of("refused", "tls", "nowhere")) {
      HttpResponse<String> answer = call(word);
      assertThat(answer.statusCode()).as(word + answer.body()).isEqualTo(503);
      assertThat(answer.body()).contains("provider-unavailable");
    }
  }

  private static void then(String word, ResponseDefinitionBuilder first) {
    stripe.server.stubFor(
        any(urlEqualTo(path(word)))
            .inScenario(word)
            .whenScenarioStateIs(Scenario.STARTED)
            .willReturn(first)
            .willSetStateTo("well"));
    stripe.server.stubFor(
        any(urlEqualTo(path(word)))
            .inScenario(word)
            .whenScenarioStateIs("well")
            .willReturn(okJson(GOOD)));
  }

  private static void assertMadeTwiceAsOne(String word) {
    HttpResponse<String> answer = call(word);

    assertThat(answer.body()).isEqualTo("cus_1");
    List<LoggedRequest> made = requests(word);
    assertThat(made).hasSize(2);
    assertThat(
            made.stream()
                .map(request -> request.getHeader("Idempotency-Key") + request.getBodyAsString())
                .distinct())
        .as("Stripe sees one request, made twice")
        .hasSize(1);
  }

  @Test
  void what_passes_is_tried_again_as_the_same_request() {
    then("locked", error(429, "lock_timeout"));
    assertMadeTwiceAsOne("locked");
    then("in-use", error(409, "idempotency_key_in_use"));
    assertMadeTwiceAsOne("in-use");
    then("broken-once", error(500, "api_error"));
    assertMadeTwiceAsOne("broken-once");
  }

  @Test
  void a_request_whose_answer_was_lost_is_repeated_under_its_key() {
    then("lost", aResponse().withFault(Fault.MALFORMED_RESPONSE_CHUNK));
    assertMadeTwiceAsOne("lost");
  }

  @Test
  void a_retry_waits_as_long_as_stripe_asks() {
    then("slow-down", error(429, "rate_limit").withHeader("Retry-After", "2"));
    long begun = System.nanoTime();

    assertMadeTwiceAsOne("slow-down");

    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThan(Duration.ofSeconds(2));
  }

  @Test
  void the_log_has_one_line_an_attempt_and_no_key() {
    try (LogLines calls = LogLines.of("hub.call")) {
      call("card-declined");
      call("wrong-key");

      assertThat(calls.lines()).hasSize(2);
      assertThat(calls.lines().get(0))
          .contains("provider=stripe-card-declined", "status=402", "outcome=rejected");
      assertThat(calls.lines().get(1)).contains("status=401");
      assertThat(String.join("\n", calls.lines())).doesNotContain("sk_test");
    }
  }
}
