package hub.provider.analytics;

import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import hub.testing.Store;
import hub.testing.TestHub;
import hub.util.Json;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A further analytics provider is two routes. */
class AnalyticsProviderTest {
  private static final String HANDLER =
      """
      - route:
          id: acme-send-events
          description: Sends to Acme what was tracked.
          routeConfigurationId: retry-then-park
          from:
            uri: inbox:analytics
            parameters:
              batch: 10
              batchMillis: 500
            steps:
              - setVariable:
                  name: target
                  expression:
                    constant:
                      expression: analytics-by-acme
              - to:
                  id: send-to-acme
                  uri: direct:analytics-send-batch
      """;

  private static final String POST =
      """
      - route:
          id: acme-post-batch
          description: Makes one request to Acme, which takes 300 bytes.
          from:
            uri: direct:analytics-by-acme
            steps:
              - setBody:
                  expression:
                    simple:
                      expression: ${variable.batch.events}
              - to:
                  id: acme-request-batch
                  uri: kamelet:http-api-action
                  parameters:
                    baseUrl: "{{ACME_BASE:http://localhost:1}}"
                    method: POST
                    path: /events
                    auth: bearer
                    secret: ACME_KEY
                    maxRequestBytes: 300
                    provider: acme
                    operation: track
      """;

  private static TestHub.Builder builder() {
    return TestHub.on(Store.H2)
        .routeFile("policies/*.camel.yaml")
        .routeFile("analytics/analytics-track.camel.yaml")
        .routeFile("analytics/analytics-send-batch.camel.yaml")
        .route("acme-send-events", HANDLER)
        .route("acme-post-batch", POST);
  }

  private static HttpResponse<String> track(TestHub hub, String properties) {
    return hub.post(
        "/api/analytics/track",
        "{\"userId\":\"u\",\"event\":\"e\",\"properties\":" + properties + "}",
        "Authorization",
        "Bearer " + TestHub.API_KEY,
        "Content-Type",
        "application/json");
  }

  @Test
  void it_is_asked_for_by_what_its_route_needs() {
    try (TestHub hub = builder().start()) {
      HttpResponse<String> answer = track(hub, "{}");

      assertThat(answer.statusCode()).isEqualTo(503);
      assertThat(answer.body()).contains("not-configured", "set ACME_KEY");
    }
  }

  @Test
  void a_batch_that_is_too_large_goes_in_halves_with_numbers_as_they_came() {
    WireMockServer server = new WireMockServer(WireMockConfiguration.options().dynamicPort());
    server.start();
    server.stubFor(post("/events").willReturn(okJson("{}")));
    try (TestHub hub =
        builder().with("ACME_KEY", "acme_key_1").with("ACME_BASE", server.baseUrl()).start()) {
      assertThat(track(hub, "{\"exact\":0.12345678901234567890}").statusCode()).isEqualTo(202);
      assertThat(track(hub, "{\"exact\":12345678901234567890}").statusCode()).isEqualTo(202);
      // It takes no request of this one, even alone.
      assertThat(track(hub, "{\"long\":\"" + "x".repeat(300) + "\"}").statusCode()).isEqualTo(202);
      await()
          .atMost(Duration.ofSeconds(20))
          .untilAsserted(
              () ->
                  assertThat(
                          hub.query(
                              "SELECT string_agg(s, ', ') FROM (SELECT status || '=' || count(*) AS s FROM inbox_delivery GROUP BY status ORDER BY 1) q"))
                      .contains("dead=1, done=2"));

      List<JsonNode> events =
          server.findAll(postRequestedFor(urlEqualTo("/events"))).stream()
              .map(request -> Json.own(request.getBodyAsString()))
              .toList();
      assertThat(events).allMatch(batch -> batch.size() == 1);
      assertThat(events.stream().map(batch -> batch.at("/0/properties/exact").asText()))
          .containsExactlyInAnyOrder("0.12345678901234567890", "12345678901234567890");
      assertThat(
              hub.query("SELECT last_error FROM inbox_delivery WHERE status = 'dead'").orElse(""))
          .contains("acme refused", "it takes 300");
    } finally {
      server.stop();
    }
  }
}
