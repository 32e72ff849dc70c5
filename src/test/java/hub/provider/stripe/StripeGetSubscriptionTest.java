package hub.provider.stripe;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import hub.testing.LogLines;
import hub.testing.Payload;
import hub.testing.Store;
import hub.testing.TestHub;
import hub.util.Json;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Tag("postgres")
class StripeGetSubscriptionTest {
  private static final String PATH = "/api/payments/subscriptions/";
  private static final String BEARER = "Bearer " + TestHub.API_KEY;

  @ParameterizedTest
  @EnumSource(Store.class)
  void a_caller_reads_the_state_that_webhooks_left(Store store) {
    try (StripeHub stripe = StripeHub.on(store)) {
      stripe.deliver(Payload.of("stripe/customer.subscription.updated.json"));
      stripe.settle();

      HttpResponse<String> answer = stripe.hub.get(PATH + "sub_1QyHubExample");

      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.headers().firstValue("Content-Type")).contains("application/json");
      JsonNode body = Json.own(answer.body());
      assertThat(List.copyOf(body.properties()).stream().map(java.util.Map.Entry::getKey))
          .containsExactly(
              "id", "customerId", "status", "currentPeriodEnd", "cancelAtPeriodEnd", "updatedAt");
      assertThat(body.get("id").asText()).isEqualTo("sub_1QyHubExample");
      assertThat(body.get("customerId").asText()).isEqualTo("cus_RxHubExample");
      assertThat(body.get("status").asText()).isEqualTo("active");
      assertThat(body.get("currentPeriodEnd").asText()).isEqualTo("2026-03-01T00:00:00Z");
      assertThat(body.get("cancelAtPeriodEnd")).isEqualTo(Json.own("true"));
      assertThat(Duration.between(Instant.parse(body.get("updatedAt").asText()), Instant.now()))
          .isBetween(Duration.ZERO, Duration.ofMinutes(1));
      assertThat(answer.headers().map().keySet())
          .as("nothing of the request comes back")
          .doesNotContain("authorization", "id", "user-agent");
    }
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void what_is_unknown_not_permitted_or_not_asked_as_it_should_is_told_apart(Store store) {
    try (StripeHub stripe = StripeHub.on(store);
        LogLines noise =
            LogLines.of("org.apache.camel.processor.errorhandler.DefaultErrorHandler")) {
      stripe.deliver(Payload.of("stripe/customer.subscription.updated.json"));
      stripe.settle();
      TestHub hub = stripe.hub;

      assertProblem(hub.get(PATH + "sub_unheard_of"), 404, "subscription-unknown");
      assertProblem(hub.send("GET", PATH + "sub_1", new byte[0]), 401, "key-missing");
      assertProblem(
          hub.send("PUT", PATH + "sub_1", new byte[0], "Authorization", BEARER),
          405,
          "method-not-allowed");
      for (String odd : List.of("%27%20OR%201%3D1--", "%3F", "%23", "x".repeat(2_000))) {
        assertProblem(hub.get(PATH + odd), 404, "subscription-unknown");
      }
      assertProblem(hub.get(PATH + "sub%00"), 400, "payload-invalid");
      assertProblem(
          hub.get(PATH + "sub_unheard_of?id=sub_1QyHubExample"), 404, "subscription-unknown");
      assertProblem(
          hub.send(
              "GET",
              PATH + "sub_unheard_of",
              new byte[0],
              "Authorization",
              BEARER,
              "Id",
              "sub_1QyHubExample"),
          404,
          "subscription-unknown");
      assertThat(noise.lines()).as("an answer is no fault").isEmpty();
    }
  }

  private static void assertProblem(HttpResponse<String> answer, int status, String reason) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
    JsonNode problem = Json.own(answer.body());
    assertThat(problem.get("type").asText()).isEqualTo("urn:hub:problem:" + reason);
    assertThat(problem.get("detail").asText()).endsWith(".");
    assertThat(problem.get("requestId").asText()).isNotBlank();
  }
}
