package hub.call.policy;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.getRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import hub.testing.Hubs;
import hub.testing.LogLines;
import hub.testing.Store;
import hub.testing.TestHub;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Events that wait for a provider, and the time limits of calls. */
@Tag("postgres")
@Tag("waits")
class WaitingTest {
  private static final WireMockServer API =
      new WireMockServer(WireMockConfiguration.options().dynamicPort());

  private static final Hubs HUBS = new Hubs(WaitingTest::hub);

  @BeforeAll
  static void start() {
    API.start();
  }

  @AfterAll
  static void stop() {
    HUBS.close();
    API.stop();
  }

  private static TestHub hub(Store store) {
    return TestHub.on(store)
        .with("hub.breaker.open-seconds", "300")
        .with("hub.breaker.attempts", "2")
        .with("hub.call.total-seconds", "4")
        .with("hub.call.retries", "1")
        .routeFile("policies/*.camel.yaml")
        .route("ask-down", handler("down"))
        .route("ask-limited", handler("limited"))
        .route("ask-refusing", handler("refusing"))
        .route("ask-away", handler("away"))
        .route("ask-breaking", handler("breaking"))
        .route(
            "try-breaking",
            route("breaking", "platform-http:/api/test/breaking", "", "")
                .replace("ask-breaking", "try-breaking")
                .replace("operation:", "maxRetries: 0\n              operation:"))
        .route("ask-hanging", route("hanging", "platform-http:/api/test/hanging", "", ""))
        .start();
  }

  private static String handler(String name) {
    return route(
        name,
        "inbox:" + name,
        "routeConfigurationId: retry-then-park",
        "parameters: {retryDelaysSeconds: \"1,1,2,2\", concurrency: 1}");
  }

  private static String route(String name, String from, String policy, String parameters) {
    return """
        - route:
            id: ask-%1$s
            description: Asks a provider.
            %4$s
            from:
              uri: %3$s
              %5$s
              steps:
                - to:
                    id: ask-%1$s-api
                    uri: kamelet:http-api-action
                    parameters:
                      baseUrl: http://localhost:%2$d/%1$s
                      provider: %1$s
                      operation: ask
        """
        .formatted(name, API.port(), from, policy, parameters);
  }

  private static JsonNode event(TestHub hub, String id) {
    return hub.json("/api/admin/events/" + id);
  }

  private static JsonNode rows(TestHub hub, String id) {
    return event(hub, id).path("handlers").path(0).path("attempts");
  }

  private static JsonNode lastRow(TestHub hub, String id) {
    JsonNode rows = rows(hub, id);
    return rows.path(rows.size() - 1);
  }

  private static void askAgainNow(TestHub hub, String name) throws Exception {
    hub.update(
        "UPDATE inbox_delivery SET due_at = CURRENT_TIMESTAMP WHERE status = 'retrying' AND route = 'ask-"
            + name
            + "'");
    hub.context().getRouteController().suspendRoute("ask-" + name);
    hub.context().getRouteController().resumeRoute("ask-" + name);
  }

  private static Duration wait(JsonNode event) {
    return Duration.between(Instant.now(), Instant.parse(event.path("nextAttemptAt").asText()));
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void an_open_breaker_postpones_until_it_may_close_and_keeps_the_real_error(Store store)
      throws Exception {
    TestHub hub = HUBS.on(store);
    API.stubFor(get("/down").willReturn(aResponse().withStatus(500)));
    try (LogLines lines = LogLines.of("hub.handling")) {
      String first = hub.append("down", "d0", "t", null, "{}");
      await().until(() -> event(hub, first).toString().contains("postponed"));
      for (int i = 1; i <= 20; i++) {
        hub.append("down", "d" + i, "t", null, "{}");
      }
      await()
          .untilAsserted(
              () ->
                  assertThat(
                          hub.query(
                              "SELECT count(*) FROM inbox_delivery WHERE route = 'ask-down' AND attempt_log LIKE '%postponed%'"))
                      .isEqualTo(Optional.of("21")));
      assertThat(wait(event(hub, first)))
          .isBetween(Duration.ofSeconds(250), Duration.ofSeconds(365));
      assertThat(
              hub.query(
                  "SELECT max(attempts) FROM inbox_delivery WHERE route = 'ask-down' AND event_id <> CAST(? AS uuid)",
                  first))
          .isEqualTo(Optional.of("0"));
      assertThat(lines.lines().stream().filter(line -> line.contains("outcome=postponed")))
          .singleElement()
          .asString()
          .contains("WARN provider=down", "seconds=3");
      assertThat(lines.lines())
          .noneMatch(line -> line.contains("outcome=retrying") && line.contains("circuit breaker"));
      assertThat(event(hub, first).path("lastError").asText()).contains("HTTP 500");
      // Claiming a waiting event changes neither its error nor the number of its rows.
      for (int times = 2; times <= 4; times++) {
        askAgainNow(hub, "down");
        int expected = times;
        await().until(() -> lastRow(hub, first).path("times").asInt() == expected);
      }
      JsonNode rows = rows(hub, first);
      assertThat(rows.findValuesAsText("outcome")).containsExactly("failed", "postponed");
      assertThat(rows.path(0).path("error").asText()).contains("HTTP 500");
      assertThat(Instant.parse(rows.path(1).path("until").asText()))
          .isAfter(Instant.parse(rows.path(1).path("at").asText()).plusSeconds(200));
      assertThat(event(hub, first).path("lastError").asText()).contains("HTTP 500");
      assertThat(event(hub, first).path("attempts").asInt()).isOne();
      // A row of its own names the operator who replayed it.
      hub.operate("/api/admin/events/" + first + "/replay", "");
      await()
          .untilAsserted(
              () ->
                  assertThat(rows(hub, first).findValuesAsText("outcome"))
                      .containsExactly("failed", "postponed", "postponed"));
      assertThat(lastRow(hub, first).path("by").asText()).isNotEqualTo("schedule");
      assertThat(lastRow(hub, first).path("times").asInt()).isOne();
    }
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void waiting_as_long_as_a_provider_asks_spends_no_attempt(Store store) {
    TestHub hub = HUBS.on(store);
    API.resetRequests();
    API.stubFor(
        get("/limited").willReturn(aResponse().withStatus(429).withHeader("Retry-After", "3600")));
    String id = hub.append("limited", "l", "t", null, "{}");
    await().until(() -> event(hub, id).toString().contains("postponed"));
    JsonNode event = event(hub, id);
    assertThat(event.path("status").asText()).isEqualTo("retrying");
    assertThat(event.path("attempts").asInt()).isZero();
    assertThat(wait(event)).isBetween(Duration.ofSeconds(3500), Duration.ofSeconds(4400));
    API.verify(1, getRequestedFor(urlEqualTo("/limited")));
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void a_provider_that_cannot_serve_until_a_time_spends_no_attempt_either(Store store) {
    TestHub hub = HUBS.on(store);
    API.stubFor(
        get("/away").willReturn(aResponse().withStatus(503).withHeader("Retry-After", "3600")));
    String id = hub.append("away", "a", "t", null, "{}");
    await().until(() -> event(hub, id).toString().contains("postponed"));
    JsonNode event = event(hub, id);
    assertThat(event.path("status").asText()).isEqualTo("retrying");
    assertThat(event.path("attempts").asInt()).isZero();
    assertThat(wait(event)).isBetween(Duration.ofSeconds(3500), Duration.ofSeconds(4400));
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void a_breaker_that_opens_within_a_call_does_not_hide_why(Store store) {
    TestHub hub = HUBS.on(store);
    API.stubFor(get("/breaking").willReturn(aResponse().withStatus(502)));
    // One failure before: the first attempt of the event's call opens the breaker.
    assertThat(hub.get("/api/test/breaking").statusCode()).isEqualTo(503);
    String id = hub.append("breaking", "b", "t", null, "{}");
    await().until(() -> event(hub, id).toString().contains("postponed"));
    assertThat(event(hub, id).path("lastError").asText()).contains("HTTP 502");
    assertThat(event(hub, id).path("attempts").asInt()).isZero();
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void what_keeps_an_event_waiting_does_not_hide_its_last_real_error(Store store) {
    TestHub hub = HUBS.on(store);
    API.stubFor(get("/refusing").willReturn(aResponse().withStatus(400)));
    String id = hub.append("refusing", "r", "t", null, "{}");
    await().until(() -> event(hub, id).path("lastError").asText().contains("HTTP 400"));
    API.stubFor(
        get("/refusing").willReturn(aResponse().withStatus(429).withHeader("Retry-After", "3600")));
    await().until(() -> event(hub, id).toString().contains("postponed"));
    assertThat(event(hub, id).path("lastError").asText()).contains("HTTP 400");
  }

  @Test
  void the_settings_of_a_call_hold_for_http_api_action_too() {
    TestHub hub = HUBS.on(Store.H2);
    API.stubFor(get("/hanging").willReturn(aResponse().withFixedDelay(15_000)));
    long begun = System.nanoTime();
    assertThat(hub.get("/api/test/hanging").statusCode()).isEqualTo(504);
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(9));
    assertThat(API.findAll(getRequestedFor(urlEqualTo("/hanging"))).size()).isBetween(1, 2);
  }
}
