package hub.provider.analytics;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import com.github.tomakehurst.wiremock.extension.ResponseDefinitionTransformerV2;
import com.github.tomakehurst.wiremock.http.Fault;
import com.github.tomakehurst.wiremock.http.ResponseDefinition;
import com.github.tomakehurst.wiremock.stubbing.ServeEvent;
import hub.testing.Store;
import hub.testing.TestHub;
import hub.util.Json;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Product analytics with PostHog and Mixpanel, and their failures. */
@Tag("postgres")
@Tag("waits")
class AnalyticsTest {
  private static final String BATCH = "/batch/";
  private static final String IMPORT = "/import?strict=1";
  private static final String ENGAGE = "/engage?verbose=1";

  /** Rejects a whole request that contains an event named {@code bad}. */
  public static final class RefuseBad implements ResponseDefinitionTransformerV2 {
    @Override
    public ResponseDefinition transform(ServeEvent event) {
      return event.getRequest().getBodyAsString().contains("\"bad\"")
          ? new ResponseDefinitionBuilder()
              .withStatus(400)
              .withHeader("Content-Type", "application/json")
              .withBody("{\"detail\":\"bad event\"}")
              .build()
          : okJson("{\"status\":1}").build();
    }

    @Override
    public boolean applyGlobally() {
      return false;
    }

    @Override
    public String getName() {
      return "refuse-bad";
    }
  }

  private static final WireMockServer SERVER =
      new WireMockServer(WireMockConfiguration.options().dynamicPort().extensions(new RefuseBad()));

  private static TestHub hub;

  @BeforeAll
  static void start() {
    SERVER.start();
    hub = both(Store.H2).start();
  }

  private static TestHub.Builder bare(Store store) {
    return TestHub.on(store)
        .with("POSTHOG_HOST", "http://localhost:" + SERVER.port())
        .with("MIXPANEL_HOST", "http://localhost:" + SERVER.port() + "/")
        .with("hub.call.attempt-seconds", "2")
        .with("hub.breaker.attempts", "1000")
        .with("hub.inbox.retry-delays-seconds", "1,1,1")
        .routeFile("policies/*.camel.yaml")
        .routeFile("analytics/*.camel.yaml");
  }

  private static TestHub.Builder both(Store store) {
    return bare(store).with("POSTHOG_API_KEY", "phc_s3cret").with("MIXPANEL_TOKEN", "mp_s3cret");
  }

  @AfterAll
  static void stop() {
    hub.close();
    SERVER.stop();
  }

  @BeforeEach
  void reset() {
    SERVER.resetAll();
    SERVER.stubFor(post(BATCH).willReturn(okJson("{\"status\":\"Ok\"}")));
    SERVER.stubFor(
        post(IMPORT)
            .willReturn(okJson("{\"code\":200,\"num_records_imported\":1,\"status\":\"OK\"}")));
    SERVER.stubFor(post(ENGAGE).willReturn(okJson("{\"status\":1,\"error\":null}")));
  }

  private static HttpResponse<String> ask(
      TestHub hub, String path, String body, String... headers) {
    String[] all = new String[headers.length + 4];
    System.arraycopy(headers, 0, all, 4, headers.length);
    all[0] = "Authorization";
    all[1] = "Bearer " + TestHub.API_KEY;
    all[2] = "Content-Type";
    all[3] = "application/json";
    return hub.post("/api/analytics/" + path, body, all);
  }

  private static String take(TestHub hub, String path, String body, String... headers) {
    HttpResponse<String> answer = ask(hub, path, body, headers);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
    return Json.own(answer.body()).get("id").asText();
  }

  private static String track(String event) {
    return "{\"userId\":\"u-1\",\"event\":\"" + event + "\",\"properties\":{\"price\":12.50}}";
  }

  private static void awaitStates(TestHub hub, List<String> ids, String states) {
    String in = String.join("','", ids);
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(
            () ->
                assertThat(
                        hub.query(
                            "SELECT string_agg(s, ', ') FROM (SELECT route || ' ' || status || '=' || count(*) AS s FROM inbox_delivery WHERE CAST(event_id AS varchar(36)) IN ('"
                                + in
                                + "') GROUP BY route, status ORDER BY 1) q"))
                    .contains(states));
  }

  private static List<JsonNode> sent(String path) {
    return SERVER.findAll(postRequestedFor(urlEqualTo(path))).stream()
        .map(request -> Json.own(request.getBodyAsString()))
        .toList();
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void what_is_tracked_reaches_every_provider_once(Store store) {
    Instant before = Instant.now().minusMillis(1);
    TestHub own = store == Store.H2 ? hub : both(store).start();
    try {
      String tracked = take(own, "track", track("Order placed"), "Idempotency-Key", "k-1");
      assertThat(take(own, "track", track("Order placed"), "Idempotency-Key", "k-1"))
          .isEqualTo(tracked);
      String known =
          take(
              own,
              "identify",
              "{\"userId\":\"u-1\",\"properties\":{\"plan\":\"pro\"}}",
              "Idempotency-Key",
              "k-1");
      assertThat(known).as("a key counts for one kind of request").isNotEqualTo(tracked);
      awaitStates(
          own,
          List.of(tracked, known),
          "mixpanel-send-events done=1, mixpanel-send-profiles done=1, posthog-send-events done=2");
    } finally {
      if (own != hub) {
        own.close();
      }
    }

    JsonNode batch = sent(BATCH).get(0);
    assertThat(sent(BATCH)).hasSize(1);
    assertThat(batch.at("/api_key").asText()).isEqualTo("phc_s3cret");
    JsonNode event = batch.at("/batch/0");
    assertThat(event.at("/event").asText()).isEqualTo("Order placed");
    assertThat(event.at("/distinct_id").asText()).isEqualTo("u-1");
    assertThat(event.at("/properties/price").decimalValue()).isEqualByComparingTo("12.5");
    assertThat(Instant.parse(event.at("/timestamp").asText())).isBetween(before, Instant.now());
    UUID id = UUID.fromString(event.at("/uuid").asText());
    assertThat(batch.at("/batch/1/event").asText()).isEqualTo("$identify");
    assertThat(batch.at("/batch/1/properties/$set/plan").asText()).isEqualTo("pro");

    JsonNode imported = sent(IMPORT).get(0).get(0);
    assertThat(imported.at("/event").asText()).isEqualTo("Order placed");
    assertThat(imported.at("/properties/$insert_id").asText()).isEqualTo(id.toString());
    assertThat(imported.at("/properties/distinct_id").asText()).isEqualTo("u-1");
    assertThat(imported.at("/properties/time").asLong())
        .isEqualTo(Instant.parse(event.at("/timestamp").asText()).toEpochMilli());
    var request = SERVER.findAll(postRequestedFor(urlEqualTo(IMPORT))).get(0);
    assertThat(request.getHeader("Content-Encoding")).isEqualTo("gzip");
    assertThat(request.getHeader("Authorization"))
        .isEqualTo("Basic " + Base64.getEncoder().encodeToString("mp_s3cret:".getBytes(UTF_8)));

    JsonNode profile = sent(ENGAGE).get(0).get(0);
    assertThat(profile.at("/$token").asText()).isEqualTo("mp_s3cret");
    assertThat(profile.at("/$distinct_id").asText()).isEqualTo("u-1");
    assertThat(profile.at("/$set/plan").asText()).isEqualTo("pro");
  }

  /** Commas, brackets, quotes and what Camel's languages read as their own. */
  @Test
  void text_of_senders_and_providers_stays_text() {
    String hostile = "a, b) }} ] ' ${exchangeId} {{PORT}} %s & \\ ,";
    SERVER.stubFor(
        post(IMPORT)
            .willReturn(
                aResponse()
                    .withStatus(400)
                    .withHeader("Content-Type", "application/json")
                    .withBody(
                        Json.text(
                            Map.of(
                                "code",
                                400,
                                "failed_records",
                                List.of(
                                    Map.of("index", 0, "field", "time", "message", hostile)))))));
    Map<String, Object> body =
        Map.of("userId", hostile, "event", hostile, "properties", Map.of(hostile, hostile));
    String tracked = take(hub, "track", Json.text(body));
    String known =
        take(
            hub,
            "identify",
            Json.text(Map.of("userId", hostile, "properties", Map.of("plan", hostile))));
    awaitStates(
        hub,
        List.of(tracked, known),
        "mixpanel-send-events dead=1, mixpanel-send-profiles done=1, posthog-send-events done=2");

    List<JsonNode> events = new ArrayList<>();
    sent(BATCH).forEach(one -> one.get("batch").forEach(events::add));
    JsonNode event = events.get(0);
    assertThat(event.at("/event").asText()).isEqualTo(hostile);
    assertThat(event.at("/distinct_id").asText()).isEqualTo(hostile);
    assertThat(event.at("/properties").get(hostile).asText()).isEqualTo(hostile);
    assertThat(events.get(1).at("/properties/$set/plan").asText()).isEqualTo(hostile);
    JsonNode imported = sent(IMPORT).get(0).get(0);
    assertThat(imported.at("/event").asText()).isEqualTo(hostile);
    assertThat(imported.at("/properties/distinct_id").asText()).isEqualTo(hostile);
    assertThat(imported.at("/properties").get(hostile).asText()).isEqualTo(hostile);
    JsonNode profile = sent(ENGAGE).get(0).get(0);
    assertThat(profile.at("/$distinct_id").asText()).isEqualTo(hostile);
    assertThat(profile.at("/$set/plan").asText()).isEqualTo(hostile);
    assertThat(hub.json("/api/admin/events/" + tracked).toString())
        .contains("mixpanel refused: time: a, b) }} ] ' ${exchangeId} {{PORT}}");
  }

  @Test
  void many_events_share_a_request() {
    List<String> ids =
        IntStream.range(0, 250)
            .parallel()
            .mapToObj(i -> take(hub, "track", track("e" + i)))
            .toList();
    awaitStates(hub, ids, "mixpanel-send-events done=250, posthog-send-events done=250");

    assertThat(sent(BATCH).size()).isBetween(3, 12);
    assertThat(sent(BATCH))
        .allSatisfy(one -> assertThat(one.get("batch").size()).isLessThanOrEqualTo(100));
    assertThat(sent(BATCH).stream().mapToInt(one -> one.get("batch").size()).sum()).isEqualTo(250);
  }

  @Test
  void one_refused_event_is_parked_and_the_rest_goes_on() {
    SERVER.stubFor(post(BATCH).willReturn(aResponse().withTransformers("refuse-bad")));
    SERVER.stubFor(
        post(IMPORT)
            .willReturn(
                aResponse()
                    .withStatus(400)
                    .withHeader("Content-Type", "application/json")
                    .withBody(
                        "{\"code\":400,\"error\":\"some data points in the request failed validation\",\"failed_records\":[{\"index\":0,\"insert_id\":\"x\",\"field\":\"properties.time\",\"message\":\"too old\"}],\"num_records_imported\":8,\"status\":\"Bad Request\"}")));
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < 9; i++) {
      ids.add(take(hub, "track", track(i == 4 ? "bad" : "good")));
    }
    awaitStates(
        hub,
        ids,
        "mixpanel-send-events dead=1, mixpanel-send-events done=8, posthog-send-events dead=1, posthog-send-events done=8");

    assertThat(
            hub.query(
                "SELECT last_error FROM inbox_delivery WHERE route = 'posthog-send-events' AND status = 'dead' AND CAST(event_id AS varchar(36)) = ?",
                ids.get(4)))
        .hasValueSatisfying(error -> assertThat(error).contains("bad event"));
    assertThat(
            hub.query(
                "SELECT last_error FROM inbox_delivery WHERE route = 'mixpanel-send-events' AND status = 'dead' AND last_error LIKE '%too old%'"))
        .isPresent();
    assertThat(SERVER.findAll(postRequestedFor(urlEqualTo(IMPORT)))).hasSize(1);
  }

  @Test
  void a_profile_that_mixpanel_refuses_behind_a_200_is_found_and_parked() {
    SERVER.stubFor(
        post(ENGAGE).willReturn(okJson("{\"status\":0,\"error\":\"invalid $distinct_id\"}")));
    String id = take(hub, "identify", "{\"userId\":\"null\",\"properties\":{}}");
    awaitStates(hub, List.of(id), "mixpanel-send-profiles dead=1, posthog-send-events done=1");
  }

  @Test
  void what_is_over_posthogs_quota_is_not_done_behind_a_200() {
    SERVER.stubFor(post(BATCH).willReturn(okJson("{\"status\":1,\"quota_limited\":[\"events\"]}")));
    String id = take(hub, "track", track("over quota"));

    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(
            () ->
                assertThat(
                        hub.query(
                            "SELECT last_error FROM inbox_delivery WHERE route = 'posthog-send-events' AND CAST(event_id AS varchar(36)) = ?",
                            id))
                    .hasValueSatisfying(error -> assertThat(error).contains("quota")));
    assertThat(hub.json("/api/admin/integrations").toString()).contains("quota_limited");
    SERVER.stubFor(post(BATCH).willReturn(okJson("{\"status\":1}")));
    awaitStates(hub, List.of(id), "mixpanel-send-events done=1, posthog-send-events done=1");
  }

  @Test
  void what_was_taken_is_not_sent_again_for_the_form_of_the_answer() {
    for (String path : List.of(BATCH, IMPORT)) {
      SERVER.stubFor(
          post(path)
              .willReturn(aResponse().withHeader("Content-Type", "text/html").withBody("ok")));
    }
    String id = take(hub, "track", track("taken"));
    awaitStates(hub, List.of(id), "mixpanel-send-events done=1, posthog-send-events done=1");

    assertThat(sent(BATCH)).hasSize(1);
    assertThat(sent(IMPORT)).hasSize(1);
  }

  @Test
  void the_time_it_happened_reaches_every_provider() {
    String id =
        take(
            hub,
            "track",
            "{\"userId\":\"u-1\",\"event\":\"earlier\",\"timestamp\":\"2025-01-02T03:04:05+01:00\"}");
    awaitStates(hub, List.of(id), "mixpanel-send-events done=1, posthog-send-events done=1");

    assertThat(sent(BATCH).get(0).at("/batch/0/timestamp").asText())
        .startsWith("2025-01-02T02:04:05");
    assertThat(sent(IMPORT).get(0).at("/0/properties/time").asLong()).isEqualTo(1735783445000L);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "yesterday",
        "2025-01-02T03:04:05",
        "2999-01-01T00:00:00Z",
        "1969-01-01T00:00:00Z"
      })
  void a_time_that_cannot_be_is_refused(String time) {
    HttpResponse<String> answer =
        ask(hub, "track", "{\"userId\":\"u-1\",\"event\":\"e\",\"timestamp\":\"" + time + "\"}");

    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body()).contains("payload-invalid").contains("timestamp");
  }

  @Test
  void a_request_that_is_too_large_is_halved() {
    SERVER.stubFor(
        post(BATCH)
            .inScenario("large")
            .willReturn(aResponse().withStatus(413))
            .willSetStateTo("halved"));
    SERVER.stubFor(
        post(BATCH)
            .inScenario("large")
            .whenScenarioStateIs("halved")
            .willReturn(okJson("{\"status\":1}")));
    List<String> ids = List.of(take(hub, "track", track("a")), take(hub, "track", track("b")));
    awaitStates(hub, ids, "mixpanel-send-events done=2, posthog-send-events done=2");

    assertThat(sent(BATCH).stream().map(one -> one.get("batch").size())).containsExactly(2, 1, 1);
  }

  @Test
  void a_bad_day_costs_nothing() {
    var faults =
        List.of(
            aResponse().withStatus(500),
            aResponse().withStatus(429).withHeader("Retry-After", "1"),
            aResponse().withFault(Fault.CONNECTION_RESET_BY_PEER),
            aResponse().withStatus(401));
    for (int i = 0; i <= faults.size(); i++) {
      for (String path : List.of(BATCH, IMPORT)) {
        SERVER.stubFor(
            post(path)
                .inScenario(path)
                .whenScenarioStateIs(i == 0 ? "Started" : "s" + i)
                .willReturn(
                    i < faults.size() ? faults.get(i) : okJson("{\"status\":\"OK\",\"code\":200}"))
                .willSetStateTo("s" + (i + 1)));
      }
    }
    String id = take(hub, "track", track("Order placed"));
    awaitStates(hub, List.of(id), "mixpanel-send-events done=1, posthog-send-events done=1");

    assertThat(sent(BATCH).stream().map(one -> one.at("/batch/0/uuid").asText()).distinct())
        .as("every repeat can be told by its id")
        .hasSize(1);
    assertThat(hub.query("SELECT string_agg(attempt_log, ' ') FROM inbox_delivery").orElse(""))
        .doesNotContain("s3cret");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"userId\":\"\",\"event\":\"e\"}",
        "{\"userId\":\"u\",\"event\":\" \"}",
        "{\"userId\":7,\"event\":\"e\"}",
        "{\"userId\":\"u\",\"event\":\"e\",\"extra\":1}",
        "{\"userId\":\"u\",\"event\":\"e\",\"properties\":[]}",
        "{\"userId\":\"u\\n\",\"event\":\"e\"}",
        "{\"userId\":\"u\",\"event\":\"e\",\"properties\":{\"a\":\"\\ud800\"}}"
      })
  void what_is_no_event_is_refused(String body) {
    HttpResponse<String> answer = ask(hub, "track", body);

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
    assertThat(answer.body()).contains("payload-invalid");
  }

  @Test
  void more_than_providers_take_is_refused() {
    var many = Json.object().put("userId", "u").put("event", "e");
    var properties = many.putObject("properties").putObject("nested");
    IntStream.range(0, 251).forEach(i -> properties.put("p" + i, i));
    assertThat(ask(hub, "track", Json.text(many)).body())
        .contains("properties.nested has 251 members");

    many.putObject("properties").put("long", "x".repeat(65_536));
    assertThat(ask(hub, "track", Json.text(many)).statusCode()).isEqualTo(413);
  }

  @Test
  void without_a_provider_nothing_is_taken_and_with_one_the_other_has_nothing_to_do() {
    try (TestHub none = bare(Store.H2).start()) {
      HttpResponse<String> answer = ask(none, "track", track("e"));
      assertThat(answer.statusCode()).isEqualTo(503);
      assertThat(answer.body()).contains("not-configured", "POSTHOG_API_KEY", "MIXPANEL_TOKEN");
      assertThat(none.query("SELECT count(*) FROM inbox_event")).isEqualTo(Optional.of("0"));
    }
    try (TestHub one = bare(Store.H2).with("MIXPANEL_TOKEN", "mp_s3cret").start()) {
      String id = take(one, "track", track("e"));
      awaitStates(one, List.of(id), "mixpanel-send-events done=1, posthog-send-events done=1");
      assertThat(sent(BATCH)).isEmpty();
      assertThat(sent(IMPORT)).hasSize(1);
    }
  }

  @Test
  void an_event_that_cannot_be_read_is_parked_and_stops_nobody() {
    String strange = hub.append("analytics", "strange", "analytics.track", "", "no event");
    String good = take(hub, "track", track("good"));
    awaitStates(
        hub,
        List.of(strange, good),
        "mixpanel-send-events dead=1, mixpanel-send-events done=1, posthog-send-events dead=1, posthog-send-events done=1");
  }
}
