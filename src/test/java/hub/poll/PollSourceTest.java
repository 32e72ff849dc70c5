package hub.poll;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import hub.testing.Store;
import hub.testing.TestHub;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.camel.Processor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Lists that the Kamelet {@code poll-source} reads into an inbox, in hubs. */
@Tag("postgres")
@Tag("waits")
class PollSourceTest {
  private static final Duration SOON = Duration.ofSeconds(30);

  private static final String HANDLER =
      """
      - route:
          id: crm-note
          description: Notes each contact.
          from:
            uri: inbox:crm
            steps:
              - process:
                  ref: noteHandled
      """;

  private final List<String> handled = new java.util.concurrent.CopyOnWriteArrayList<>();
  private final List<String> passed = new java.util.concurrent.CopyOnWriteArrayList<>();
  private ListApi api;

  @BeforeEach
  void startApi() throws Exception {
    api = new ListApi();
  }

  @AfterEach
  void stopApi() {
    api.close();
  }

  private String poll(String parameters, String step) {
    return """
        - route:
            id: crm-poll
            description: Polls the contacts.
            from:
              uri: kamelet:poll-source
              parameters:
                source: crm
                baseUrl: %s
                path: /v1/contacts
                items: $.data
                eventId: $.id
                cursor: $.updated
                everySeconds: 1
        %s
              steps:
                - process:
                    ref: notePassed
        %s
        """
        .formatted(api.url(), parameters.indent(8), step.indent(8));
  }

  private TestHub.Builder hub(Store store, String poll) {
    Processor noteHandled =
        exchange -> handled.add(exchange.getVariable("providerEventId", String.class));
    Processor notePassed =
        exchange ->
            passed.add(
                exchange.getVariable("providerEventId", String.class)
                    + " "
                    + exchange.getMessage().getBody(String.class));
    return TestHub.on(store)
        .bind("noteHandled", noteHandled)
        .bind("notePassed", notePassed)
        .route("crm-note", HANDLER)
        .route("crm-poll", poll);
  }

  private static List<String> ids(int from, int to) {
    return IntStream.rangeClosed(from, to).mapToObj(i -> "c" + i).toList();
  }

  private void awaitHandled(List<String> ids) {
    await()
        .atMost(SOON)
        .untilAsserted(() -> assertThat(handled).containsExactlyInAnyOrderElementsOf(ids));
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void each_item_becomes_one_event_and_the_cursor_is_sent(Store store) {
    api.with(1, 25);
    String step = "- to:\n    uri: inbox:crm";
    try (TestHub hub =
        hub(
                store,
                poll(
                    "cursorQuery: since\nnext: $.next\norderingKey: $.id\neventType: \"'contact'\"",
                    step))
            .start()) {
      awaitHandled(ids(1, 25));
      api.with(26, 27);
      awaitHandled(ids(1, 27));
      // An item is stored before the route's own steps have it.
      await().atMost(SOON).untilAsserted(() -> assertThat(passed).hasSize(27));
      assertThat(passed).contains("c1 {\"id\":\"c1\",\"updated\":1,\"name\":\"Ada\"}");
      assertThat(
              hub.query(
                  "SELECT count(*) FROM inbox_event WHERE type = 'contact' AND ordering_key IS NOT NULL"))
          .contains("27");
      assertThat(api.asked())
          .contains("/v1/contacts", "/v1/contacts?page=2", "/v1/contacts?since=25")
          .doesNotContain("/v1/contacts?page=4");
      assertThat(hub.query("SELECT last_cursor FROM poll_cursor WHERE source = 'crm'"))
          .contains("27");
      await()
          .atMost(SOON)
          .untilAsserted(
              () ->
                  assertThat(hub.manage("/observe/metrics").body())
                      .contains("hub_poll_items_total{source=\"crm\"} 27")
                      .containsPattern("hub_poll_runs_total\\{outcome=\"ok\",source=\"crm\"}"));
      JsonNode integrations = hub.json("/api/admin/integrations").path("integrations");
      assertThat(integrations).anyMatch(one -> one.path("name").asText().equals("crm"));
    }
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void newest_first_stops_at_the_old_cursor_and_goes_on_where_max_pages_stopped_it(Store store) {
    api.with(1, 60);
    api.newestFirst = true;
    api.viaHeader = true;
    try (TestHub hub =
        hub(store, poll("order: newest-first\nnext: link\nmaxPages: 2", "")).start()) {
      await().atMost(SOON).until(() -> handled.size() >= 20);
      awaitHandled(ids(1, 60));
      await()
          .atMost(SOON)
          .until(
              () ->
                  hub.query("SELECT last_cursor FROM poll_cursor")
                      .equals(java.util.Optional.of("60")));
      int before = api.asked().size();
      api.with(61, 72);
      awaitHandled(ids(1, 72));
      assertThat(api.asked().subList(before, api.asked().size()))
          .contains("/v1/contacts?page=2")
          .doesNotContain("/v1/contacts?page=4");
      assertThat(hub.query("SELECT count(*) FROM inbox_event")).contains("72");
    }
  }

  @Test
  void an_item_without_an_id_fails_aloud_and_the_cursor_stays() {
    api.with(1, 3);
    api.linked = false;
    try (TestHub hub = hub(Store.H2, poll("cursorQuery: since", "")).start()) {
      awaitHandled(ids(1, 3));
      api.fixed = "{\"data\":[{\"id\":\"c4\",\"updated\":4},{\"updated\":5}]}";
      await()
          .atMost(SOON)
          .untilAsserted(
              () ->
                  assertThat(hub.query("SELECT last_error FROM poll_cursor").orElse(""))
                      .contains("item 2 of its page has no id at $.id"));
      assertThat(hub.query("SELECT last_cursor FROM poll_cursor")).contains("3");
      assertThat(hub.manage("/observe/metrics").body())
          .containsPattern("hub_poll_runs_total\\{outcome=\"page-fault\",source=\"crm\"} [1-9]");
      assertThat(hub.json("/api/admin/integrations").toString()).contains("has no id");
      api.fixed = "";
      api.with(4, 5);
      awaitHandled(ids(1, 5));
    }
  }

  @Test
  void an_api_that_is_away_is_told_and_asked_again_and_the_run_goes_on_from_the_cursor()
      throws IOException {
    api.with(1, 3);
    try (TestHub hub =
        hub(Store.H2, poll("cursorQuery: since\nmaxRetries: 0", ""))
            .route("alert-poll-failing", alert())
            .start()) {
      awaitHandled(ids(1, 3));
      assertThat(hub.json("/api/admin/polls").at("/polls/0/status").asText()).isEqualTo("up");
      api.status = 503;
      await()
          .atMost(SOON)
          .untilAsserted(
              () ->
                  assertThat(hub.json("/api/admin/alerts").toString())
                      .contains("poll-failing", "poll crm: call-failed: ", "503"));
      JsonNode failing = hub.json("/api/admin/polls").at("/polls/0");
      assertThat(failing.at("/kind").asText()).isEqualTo("poll");
      assertThat(failing.at("/source").asText()).isEqualTo("crm");
      assertThat(failing.at("/status").asText()).isEqualTo("failing");
      assertThat(failing.at("/failures").asInt()).isGreaterThanOrEqualTo(2);
      assertThat(failing.at("/lastError").asText()).contains("503");
      assertThat(failing.at("/nextRunAt").asText()).isGreaterThan("2026");
      await()
          .atMost(SOON)
          .untilAsserted(
              () -> {
                assertThat(health(hub)).contains("degraded", "poll crm has failed", "again at");
                assertThat(hub.manage("/observe/metrics").body())
                    .containsPattern("hub_poll_failing_seconds [1-9]");
              });
      api.with(4, 5);
      api.status = 200;
      awaitHandled(ids(1, 5));
      await()
          .atMost(SOON)
          .until(() -> hub.query("SELECT failures FROM poll_cursor").get().equals("0"));
      await()
          .atMost(SOON)
          .untilAsserted(
              () -> {
                assertThat(hub.json("/api/admin/alerts").at("/alerts")).isEmpty();
                assertThat(health(hub)).contains("\"up\"");
              });
      assertThat(hub.json("/api/admin/polls").at("/polls/0/lastError").isNull()).isTrue();
    }
  }

  private static String health(TestHub hub) {
    for (JsonNode check : hub.json("/api/admin/health").path("checks")) {
      if (check.path("name").asText().equals("polls")) {
        return check.toString();
      }
    }
    return "";
  }

  /** The shipped one, but it looks each second and fires at once. */
  private static String alert() throws IOException {
    return Files.readString(Path.of("routes/alerts/alert-poll-failing.camel.yaml"))
        .replace("above: 900", "above: 0\n        everySeconds: 1");
  }

  @Test
  void a_stopped_or_suspended_route_asks_nothing_until_it_is_started_again() throws Exception {
    api.with(1, 1);
    try (TestHub hub = hub(Store.H2, poll("cursorQuery: since", "")).start()) {
      awaitHandled(ids(1, 1));
      hub.context().getRouteController().suspendRoute("crm-poll");
      api.with(2, 2);
      int asked = api.asked().size();
      await()
          .during(Duration.ofMillis(2500))
          .atMost(SOON)
          .until(() -> api.asked().size() <= asked + 1);
      assertThat(handled).doesNotContain("c2");
      hub.context().getRouteController().resumeRoute("crm-poll");
      awaitHandled(ids(1, 2));
      hub.context().getRouteController().stopRoute("crm-poll");
      api.with(3, 3);
      int then = api.asked().size();
      await()
          .during(Duration.ofMillis(2500))
          .atMost(SOON)
          .until(() -> api.asked().size() <= then + 1);
      hub.context().getRouteController().startRoute("crm-poll");
      awaitHandled(ids(1, 3));
    }
  }
}
