package hub.call.policy;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import com.github.tomakehurst.wiremock.stubbing.StubMapping;
import hub.testing.AskRoute;
import hub.testing.Store;
import hub.testing.TestHub;
import hub.util.Json;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The circuit breaker of a provider, as callers, operators and Prometheus see it. */
@Tag("long") // seconds of load
class BreakerTest {
  private static final WireMockServer API =
      new WireMockServer(WireMockConfiguration.options().dynamicPort());

  private static TestHub hub;

  @BeforeAll
  static void start() {
    API.start();
    hub =
        TestHub.on(Store.H2)
            .with("hub.breaker.open-seconds", "2")
            .with("hub.breaker.probes", "2")
            .routeFile("policies/*.camel.yaml")
            .route("ask-shaky", ask("shaky"))
            .route("ask-picky", ask("picky"))
            .route("ask-steady", ask("steady"))
            .start();
  }

  private static String ask(String provider) {
    return AskRoute.of(provider, API.baseUrl() + "/" + provider, "maxRetries: 0", "operation: ask");
  }

  @AfterAll
  static void stop() {
    hub.close();
    API.stop();
  }

  private static JsonNode integration(String name) {
    return StreamSupport.stream(
            hub.json("/api/admin/integrations").at("/integrations").spliterator(), false)
        .filter(entry -> entry.path("name").asText().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static String gauge(String provider) {
    return hub.manage("/observe/metrics")
        .body()
        .lines()
        .filter(line -> line.startsWith("hub_breaker_state{provider=\"" + provider + "\"}"))
        .findFirst()
        .map(line -> line.substring(line.lastIndexOf(' ') + 1))
        .orElse("absent");
  }

  @Test
  void a_breaker_opens_after_failures_probes_and_closes_again() {
    StubMapping down = API.stubFor(get("/shaky").willReturn(aResponse().withStatus(500)));
    assertThat(integration("shaky").path("breaker").asText()).isEqualTo("closed");
    for (int i = 0; i < 5; i++) {
      HttpResponse<String> answer = hub.get("/api/test/shaky");
      assertThat(answer.statusCode()).isEqualTo(503);
      assertThat(answer.body()).contains("provider-unavailable");
    }
    assertThat(integration("shaky").path("breaker").asText()).isEqualTo("open");
    assertThat(integration("shaky").path("status").asText()).isEqualTo("down");
    assertThat(gauge("shaky")).isEqualTo("2.0");

    int asked = API.getAllServeEvents().size();
    HttpResponse<String> refused = hub.get("/api/test/shaky");
    // The fastest of several calls: the machine may be busy.
    long millis = Long.MAX_VALUE;
    for (int i = 0; i < 10; i++) {
      long begun = System.nanoTime();
      refused = hub.get("/api/test/shaky");
      millis = Math.min(millis, (System.nanoTime() - begun) / 1_000_000);
    }
    assertThat(refused.statusCode()).isEqualTo(503);
    assertThat(refused.headers().firstValue("Retry-After")).isPresent();
    assertThat(millis).isLessThan(20);
    assertThat(API.getAllServeEvents()).hasSize(asked);

    await().until(() -> integration("shaky").path("breaker").asText().equals("half-open"));
    assertThat(gauge("shaky")).isEqualTo("1.0");
    API.removeStub(down);
    API.stubFor(get("/shaky").willReturn(okJson("{}")));
    assertThat(hub.get("/api/test/shaky").statusCode()).isEqualTo(200);
    assertThat(hub.get("/api/test/shaky").statusCode()).isEqualTo(200);

    assertThat(integration("shaky").path("breaker").asText()).isEqualTo("closed");
    assertThat(gauge("shaky")).isEqualTo("0.0");
    assertThat(integration("shaky").path("calls").asInt()).isEqualTo(7);
    assertThat(integration("shaky").path("errors").asInt()).isEqualTo(5);
    assertThat(integration("shaky").path("lastError").asText()).contains("HTTP 500");
    assertThat(integration("shaky").path("lastSuccessAt").asText()).isNotEmpty();
  }

  @Test
  void refusals_do_not_open_it_and_keep_their_status() {
    for (int status : new int[] {400, 402, 404, 409, 422, 401, 403, 400, 404, 400}) {
      API.stubFor(
          get("/picky")
              .willReturn(
                  aResponse()
                      .withStatus(status)
                      .withHeader("Content-Type", "application/json")
                      .withBody("{\"error\":{\"code\":\"no_way\",\"message\":\"Not so.\"}}")));
      HttpResponse<String> answer = hub.get("/api/test/picky");
      int kept =
          switch (status) {
            case 402, 404, 409 -> status;
            default -> 400;
          };
      assertThat(answer.statusCode()).isEqualTo(kept);
      JsonNode problem = Json.own(answer.body());
      assertThat(problem.path("type").asText()).isEqualTo("urn:hub:problem:provider-rejected");
      assertThat(problem.path("code").asText()).isEqualTo("no_way");
    }
    assertThat(integration("picky").path("breaker").asText()).isEqualTo("closed");
    assertThat(hub.manage("/observe/metrics").body())
        .contains(
            "hub_call_seconds_count{operation=\"ask\",outcome=\"rejected\",provider=\"picky\"}");
  }

  @Test
  void an_open_breaker_of_one_provider_leaves_the_others_alone() {
    API.stubFor(get("/steady").willReturn(okJson("{\"fine\":true}")));
    await()
        .atMost(Duration.ofSeconds(5))
        .until(() -> hub.get("/api/test/steady").statusCode() == 200);
    assertThat(integration("steady").path("status").asText()).isEqualTo("up");
    API.verify(com.github.tomakehurst.wiremock.client.WireMock.getRequestedFor(anyUrl()));
  }
}
