package hub.provider.stripe;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.delete;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.github.tomakehurst.wiremock.verification.LoggedRequest;
import hub.testing.TestHub;
import hub.util.Json;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the shipped routes send to Stripe, field by field, and what they answer. */
class StripePaymentRoutesTest {
  private static final String INTENTS = "/api/payments/intents";
  private static final String CUSTOMERS = "/api/payments/customers";
  private static final String SUBSCRIPTIONS = "/api/payments/subscriptions";

  private static final StripeApi STRIPE = new StripeApi();
  private static TestHub hub;

  @BeforeAll
  static void start() {
    hub = STRIPE.hub().start();
  }

  @AfterAll
  static void stop() {
    hub.close();
    STRIPE.close();
  }

  @BeforeEach
  void forget() {
    STRIPE.server.resetAll();
  }

  private static String intent(long amount, String currency) {
    return """
        {"id":"pi_1","object":"payment_intent","client_secret":"pi_1_secret_x",\
        "status":"requires_payment_method","amount":%d,"currency":"%s","customer":"cus_1"}"""
        .formatted(amount, currency);
  }

  @Test
  void a_payment_intent_is_asked_for_as_stripe_documents_it() {
    STRIPE.server.stubFor(post("/v1/payment_intents").willReturn(okJson(intent(1234, "eur"))));

    HttpResponse<String> answer =
        StripeApi.post(
            hub,
            INTENTS,
            """
            {"amount":"12.34","currency":"EUR","customerId":"cus_1",
             "metadata":{"order":"A&B=C+1","who":"Zoë 日本","count":3}}""",
            "Idempotency-Key",
            "order-7");

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
    assertThat(answer.headers().firstValue("Idempotency-Key")).contains("order-7");
    assertThat(answer.headers().firstValue("Content-Type")).contains("application/json");
    assertThat(Json.own(answer.body()))
        .isEqualTo(
            Json.own(
                """
                {"id":"pi_1","clientSecret":"pi_1_secret_x","status":"requires_payment_method",
                 "amount":"12.34","currency":"eur"}"""));
    LoggedRequest request = STRIPE.onlyRequest();
    assertThat(StripeApi.form(request))
        .isEqualTo(
            Map.of(
                "amount", "1234",
                "currency", "eur",
                "customer", "cus_1",
                "metadata[order]", "A&B=C+1",
                "metadata[who]", "Zoë 日本",
                "metadata[count]", "3",
                "automatic_payment_methods[enabled]", "true"));
    assertThat(request.getHeader("Authorization")).isEqualTo("Bearer " + StripeApi.KEY);
    assertThat(request.getHeader("Idempotency-Key")).isEqualTo("order-7");
    assertThat(request.getHeader("Content-Type"))
        .isEqualTo("application/x-www-form-urlencoded;charset=UTF-8");
    assertThat(request.getHeader("Stripe-Version")).isEqualTo(com.stripe.Stripe.API_VERSION);
    assertThat(request.containsHeader("Stripe-Account")).isFalse();
    assertThat(request.containsHeader("X-Stripe-Client-Telemetry")).isFalse();
  }

  @Test
  void what_is_left_out_is_not_sent_and_a_key_is_made() {
    STRIPE.server.stubFor(post("/v1/payment_intents").willReturn(okJson(intent(500, "usd"))));

    // With the Content-Type of curl -d.
    HttpResponse<String> answer =
        StripeApi.post(
            hub, INTENTS, "{\"amount\":5}", "Content-Type", "application/x-www-form-urlencoded");

    LoggedRequest request = STRIPE.onlyRequest();
    assertThat(StripeApi.form(request))
        .isEqualTo(
            Map.of(
                "amount", "500",
                "currency", "usd",
                "automatic_payment_methods[enabled]", "true"));
    assertThat(UUID.fromString(request.getHeader("Idempotency-Key")))
        .hasToString(answer.headers().firstValue("Idempotency-Key").orElseThrow());
    assertThat(Json.own(answer.body()).get("amount").asText()).isEqualTo("5.00");
  }

  @Test
  void a_customer_is_asked_for_as_stripe_documents_it() {
    STRIPE.server.stubFor(
        post("/v1/customers")
            .willReturn(
                okJson(
                    """
                    {"id":"cus_1","object":"customer","email":"a@b.example","name":null}""")));

    HttpResponse<String> answer =
        StripeApi.post(
            hub,
            CUSTOMERS,
            "{\"email\":\"a@b.example\",\"name\":\"Ada ${body} L.\",\"metadata\":{\"ref\":\"7\"}}");

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
    assertThat(Json.own(answer.body()))
        .isEqualTo(Json.own("{\"id\":\"cus_1\",\"email\":\"a@b.example\",\"name\":null}"));
    assertThat(StripeApi.form(STRIPE.onlyRequest()))
        .isEqualTo(Map.of("email", "a@b.example", "name", "Ada ${body} L.", "metadata[ref]", "7"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"latest_invoice\":{\"id\":\"in_1\",\"object\":\"invoice\",\"confirmation_secret\":{\"client_secret\":\"pi_s\",\"type\":\"payment_intent\"}},\"pending_setup_intent\":null | pi_s",
        "\"latest_invoice\":{\"id\":\"in_1\",\"object\":\"invoice\",\"payment_intent\":{\"id\":\"pi_1\",\"object\":\"payment_intent\",\"client_secret\":\"pi_old\"}} | pi_old",
        "\"latest_invoice\":{\"id\":\"in_1\",\"object\":\"invoice\",\"confirmation_secret\":null},\"pending_setup_intent\":{\"id\":\"seti_1\",\"object\":\"setup_intent\",\"client_secret\":\"seti_s\"} | seti_s",
        "\"latest_invoice\":\"in_1\",\"pending_setup_intent\":null | ''"
      })
  void a_subscription_answers_with_the_secret_wherever_stripe_has_it(String where, String secret) {
    STRIPE.server.stubFor(
        post("/v1/subscriptions")
            .willReturn(
                okJson(
                    "{\"id\":\"sub_1\",\"object\":\"subscription\",\"status\":\"incomplete\","
                        + where
                        + "}")));

    HttpResponse<String> answer =
        StripeApi.post(
            hub,
            SUBSCRIPTIONS,
            "{\"customerId\":\"cus_1\",\"priceId\":\"price_1\",\"trialDays\":14}");

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
    JsonNode body = Json.own(answer.body());
    assertThat(body.get("id").asText()).isEqualTo("sub_1");
    assertThat(body.get("status").asText()).isEqualTo("incomplete");
    assertThat(body.path("clientSecret").asText("")).isEqualTo(secret);
    assertThat(body.has("clientSecret")).isEqualTo(!secret.isEmpty());
    assertThat(StripeApi.form(STRIPE.onlyRequest()))
        .isEqualTo(
            Map.of(
                "customer", "cus_1",
                "items[0][price]", "price_1",
                "trial_period_days", "14",
                "payment_behavior", "default_incomplete",
                "payment_settings[save_default_payment_method]", "on_subscription",
                "expand[0]", "latest_invoice.confirmation_secret",
                "expand[1]", "pending_setup_intent"));
  }

  @Test
  void a_subscription_without_a_trial_sends_none() {
    STRIPE.server.stubFor(
        post("/v1/subscriptions")
            .willReturn(
                okJson("{\"id\":\"sub_1\",\"object\":\"subscription\",\"status\":\"active\"}")));

    StripeApi.post(hub, SUBSCRIPTIONS, "{\"customerId\":\"cus_1\",\"priceId\":\"price_1\"}");

    assertThat(StripeApi.form(STRIPE.onlyRequest())).doesNotContainKey("trial_period_days");
  }

  @Test
  void a_subscription_is_canceled_in_one_request() {
    STRIPE.server.stubFor(
        delete("/v1/subscriptions/sub%201")
            .willReturn(
                okJson("{\"id\":\"sub 1\",\"object\":\"subscription\",\"status\":\"canceled\"}")));

    HttpResponse<String> answer = StripeApi.delete(hub, SUBSCRIPTIONS + "/sub%201");

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    assertThat(Json.own(answer.body()))
        .isEqualTo(Json.own("{\"id\":\"sub 1\",\"status\":\"canceled\"}"));
    LoggedRequest request = STRIPE.onlyRequest();
    assertThat(request.getBodyAsString()).isEmpty();
    assertThat(request.getUrl()).doesNotContain("?");
  }

  @Test
  void an_unknown_subscription_is_404_with_stripes_word() {
    STRIPE.server.stubFor(
        any(anyUrl())
            .willReturn(
                aResponse()
                    .withStatus(404)
                    .withHeader("Content-Type", "application/json")
                    .withBody(
                        StripeApi.error(
                            "invalid_request_error",
                            "resource_missing",
                            "No such subscription: 'sub_x'"))));

    HttpResponse<String> answer = StripeApi.delete(hub, SUBSCRIPTIONS + "/sub_x");

    assertThat(answer.statusCode()).isEqualTo(404);
    JsonNode problem = Json.own(answer.body());
    assertThat(problem.get("type").asText()).isEqualTo("urn:hub:problem:provider-rejected");
    assertThat(problem.get("code").asText()).isEqualTo("resource_missing");
    assertThat(problem.get("detail").asText()).contains("No such subscription: 'sub_x'");
  }

  @Test
  void a_cancel_whose_answer_was_lost_succeeds_when_it_is_repeated() {
    STRIPE.server.stubFor(
        delete("/v1/subscriptions/sub_1")
            .willReturn(
                aResponse()
                    .withStatus(404)
                    .withBody(
                        StripeApi.error("invalid_request_error", "resource_missing", "No such"))));
    STRIPE.server.stubFor(
        get("/v1/subscriptions/sub_1")
            .willReturn(
                okJson("{\"id\":\"sub_1\",\"object\":\"subscription\",\"status\":\"canceled\"}")));

    HttpResponse<String> answer = StripeApi.delete(hub, SUBSCRIPTIONS + "/sub_1");

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    assertThat(answer.body()).contains("canceled");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/intents | {} | amount is missing",
        "/intents | {\"amount\":\"1\",\"amout\":\"2\"} | amout is not known",
        "/intents | {\"amount\":[1]} | amount",
        "/intents | {\"amount\":\"1\",\"metadata\":\"x\"} | metadata",
        "/intents | {\"amount\":\"1\",\"metadata\":{\"a[b]\":\"x\"}} | metadata",
        "/intents | {\"amount\":\"1\",\"currency\":\"dollars\"} | currency",
        "/intents | {\"amount\":\"1\",\"currency\":\"zzz\"} | currency",
        "/intents | {\"amount\":\"10.005\"} | more digits",
        "/intents | {\"amount\":10.005} | more digits",
        "/intents | {\"amount\":\"1.5\",\"currency\":\"jpy\"} | more digits",
        "/intents | {\"amount\":\"-5\"} | above zero",
        "/intents | {\"amount\":0} | above zero",
        "/intents | {\"amount\":\"NaN\"} | decimal number",
        "/intents | {\"amount\":1e30} | larger",
        "/intents | {\"amount\":1e999999999} | ",
        "/intents | {\"amount\":1e-999999999} | ",
        "/intents | {\"amount\":NaN} | no JSON document",
        "/intents | {\"amount\":\"1\" | no JSON document",
        "/customers | {\"name\":\"x\"} | email is missing",
        "/customers | {\"email\":\"nobody\"} | email",
        "/customers | {\"email\":7,\"nam\":\"x\"} | nam is not known",
        "/subscriptions | {} | priceId is missing",
        "/subscriptions | {\"customerId\":\"c\",\"priceId\":\"p\",\"trialDays\":\"7\"} | trialDays",
        "/subscriptions | {\"customerId\":\"c\",\"priceId\":\"p\",\"trialDays\":1.5} | trialDays",
        "/subscriptions | {\"customerId\":\"\",\"priceId\":\"p\"} | customerId"
      })
  void what_does_not_fit_is_refused_by_name_and_stripe_is_not_asked(
      String path, String body, String detail) {
    HttpResponse<String> answer = StripeApi.post(hub, "/api/payments" + path, body);

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
    JsonNode problem = Json.own(answer.body());
    assertThat(problem.get("type").asText()).isEqualTo("urn:hub:problem:payload-invalid");
    assertThat(problem.get("detail").asText()).contains(detail == null ? "" : detail);
    assertThat(STRIPE.server.getAllServeEvents()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {".", ".."})
  void an_id_cannot_climb(String id) {
    HttpResponse<String> answer =
        StripeApi.delete(hub, SUBSCRIPTIONS + "/" + id.replace(".", "%2E"));

    assertThat(answer.statusCode()).isBetween(400, 405);
    assertThat(STRIPE.server.getAllServeEvents()).isEmpty();
  }

  @Test
  void a_body_of_a_mebibyte_is_the_limit() {
    String filler = " ".repeat(1_048_576 - "{\"amount\":1}".length());
    STRIPE.server.stubFor(post("/v1/payment_intents").willReturn(okJson(intent(100, "usd"))));

    assertThat(StripeApi.post(hub, INTENTS, "{\"amount\":1}" + filler).statusCode()).isEqualTo(201);
    assertThat(StripeApi.post(hub, INTENTS, "{\"amount\":1}" + filler + " ").statusCode())
        .isEqualTo(413);
  }

  @Test
  void without_a_key_the_answer_names_the_variable() {
    try (TestHub bare = StripeApi.hub(STRIPE.address()).with("STRIPE_SECRET_KEY", "").start()) {
      HttpResponse<String> answer = StripeApi.post(bare, INTENTS, "{\"amount\":1}");

      assertThat(answer.statusCode()).isEqualTo(503);
      assertThat(answer.body()).contains("not-configured").contains("STRIPE_SECRET_KEY");
      assertThat(StripeApi.delete(bare, SUBSCRIPTIONS + "/sub_1").statusCode()).isEqualTo(503);
    }
  }
}
