package hub.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import hub.config.Settings;
import hub.identity.session.Person;
import hub.identity.session.Sessions;
import hub.testing.Hubs;
import hub.testing.Source;
import hub.testing.Store;
import hub.testing.TestHub;
import hub.util.Json;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The API of the console, and who may use it. */
@Tag("postgres")
class ConsoleApiTest {
  private static final String LONG_SUBJECT = "s".repeat(255);

  private static final Hubs HUBS =
      new Hubs(
          store ->
              TestHub.on(store)
                  .knowingItsAddress()
                  .with(
                      "hub.operators",
                      "google:Ada@Example.com, github:1, mock:kim@example.com, mock:Mixed, mock:"
                          + LONG_SUBJECT)
                  .with("hub.viewers", "github:2")
                  .with("GITHUB_CLIENT_ID", "client")
                  .with("GITHUB_CLIENT_SECRET", "of-the-tests")
                  .start());

  @AfterAll
  static void stop() {
    HUBS.close();
  }

  // --- Authorization

  private static HttpResponse<String> signIn(TestHub hub, String key, String origin) {
    return hub.post("/console/sign-in", "{\"key\":\"" + key + "\"}", "Origin", origin);
  }

  private static String origin(TestHub hub) {
    return "http://localhost:" + hub.port();
  }

  private static String cookie(TestHub hub, Person person) {
    Sessions sessions =
        hub.context().getRegistry().lookupByNameAndType(Sessions.BEAN, Sessions.class);
    return "hub_session=" + sessions.open(person);
  }

  private static HttpResponse<String> get(TestHub hub, String path, String cookie) {
    return hub.send("GET", path, new byte[0], "Cookie", cookie);
  }

  private static HttpResponse<String> post(TestHub hub, String path, String cookie) {
    return hub.post(path, "{}", "Cookie", cookie, "Origin", origin(hub));
  }

  private static String reason(HttpResponse<String> answer) {
    return Json.own(answer.body()).path("type").asText().replace("urn:hub:problem:", "");
  }

  @Test
  void a_session_begun_with_the_key_opens_the_operator_api_until_it_is_ended() {
    TestHub hub = HUBS.on(Store.POSTGRESQL);
    HttpResponse<String> answer = signIn(hub, TestHub.ADMIN_KEY, origin(hub));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo("{\"name\":\"operator\",\"role\":\"operator\"}");
    String set = answer.headers().firstValue("Set-Cookie").orElseThrow();
    assertThat(set).contains("HttpOnly", "SameSite=Lax", "Path=/").doesNotContain("Secure");
    String cookie = set.substring(0, set.indexOf(';'));

    assertThat(get(hub, "/api/admin/me", cookie).body())
        .isEqualTo("{\"name\":\"operator\",\"role\":\"operator\"}");
    assertThat(get(hub, "/api/admin/events", cookie).statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Cache-Control")).contains("no-store");
    assertThat(get(hub, "/api/admin/me", cookie).headers().firstValue("Cache-Control"))
        .contains("private, no-cache");
    assertThat(get(hub, "/console/", cookie).headers().firstValue("Cache-Control"))
        .contains("no-cache");
    for (String two : List.of(cookie + "; hub_session=x", "hub_session=x; " + cookie)) {
      assertThat(get(hub, "/api/admin/me", two).statusCode()).as(two).isEqualTo(401);
    }
    assertThat(reason(post(hub, "/api/admin/events/" + UUID.randomUUID() + "/replay", cookie)))
        .isEqualTo("event-unknown");
    assertThat(reason(get(hub, "/api/files/x", cookie))).isEqualTo("key-missing");

    HttpResponse<String> out = post(hub, "/console/sign-out", cookie);
    assertThat(out.statusCode()).isEqualTo(204);
    assertThat(out.headers().firstValue("Set-Cookie").orElseThrow()).contains("Max-Age=0");
    assertThat(get(hub, "/api/admin/me", cookie).statusCode()).isEqualTo(401);
  }

  @Test
  void a_session_changes_nothing_for_another_sites_page() {
    TestHub hub = HUBS.on(Store.H2);
    String cookie = cookie(hub, new Person("github", "1", "Op", ""));
    String path = "/api/admin/events/" + UUID.randomUUID() + "/replay";

    for (String[] headers :
        List.of(
            new String[] {"Cookie", cookie},
            new String[] {"Cookie", cookie, "Origin", "http://evil.example"},
            new String[] {"Cookie", cookie, "Origin", "null"})) {
      HttpResponse<String> answer = hub.post(path, "", headers);
      assertThat(answer.statusCode()).isEqualTo(403);
      assertThat(reason(answer)).isEqualTo("not-permitted");
    }
    HttpResponse<String> signIn = signIn(hub, TestHub.ADMIN_KEY, "http://evil.example");
    assertThat(signIn.statusCode()).isEqualTo(403);
    assertThat(signIn.body()).contains(origin(hub), "set PUBLIC_URL");
    assertThat(
            hub.send(
                    "DELETE",
                    "/api/admin/replay-jobs/" + UUID.randomUUID(),
                    new byte[0],
                    "Cookie",
                    cookie)
                .statusCode())
        .isEqualTo(403);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x", "hub_session", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"})
  void a_forged_session_opens_nothing(String forged) {
    TestHub hub = HUBS.on(Store.H2);

    HttpResponse<String> answer = get(hub, "/api/admin/me", "hub_session=" + forged);

    assertThat(answer.statusCode()).isEqualTo(401);
    assertThat(reason(answer)).isEqualTo("session-expired");
  }

  @Test
  void a_session_of_the_key_ends_when_the_key_is_changed() {
    TestHub hub = HUBS.on(Store.H2);
    Sessions sessions =
        hub.context().getRegistry().lookupByNameAndType(Sessions.BEAN, Sessions.class);
    Settings settings =
        hub.context().getRegistry().lookupByNameAndType(Settings.BEAN, Settings.class);
    String session = sessions.open(new OperatorList(sessions, settings, () -> "old").keyHolder());

    assertThat(new OperatorList(sessions, settings, () -> "old").find(session)).isPresent();
    assertThat(new OperatorList(sessions, settings, () -> "new").find(session)).isEmpty();
  }

  @Test
  void people_are_operators_by_subject_or_verified_mail() {
    TestHub hub = HUBS.on(Store.H2);
    for (Person operator :
        List.of(
            new Person("github", "1", "One", ""),
            new Person("google", "99", "Ada", "ada@example.com"))) {
      JsonNode me = Json.own(get(hub, "/api/admin/me", cookie(hub, operator)).body());
      assertThat(me.get("role").asText()).isEqualTo("operator");
      assertThat(me.get("name").asText()).isEqualTo(operator.name());
    }
    for (Person nobody :
        List.of(
            new Person("google", "1", "Other one", ""),
            new Person("github", "3", "Ada", "ada@example.com"),
            new Person("github", "", "", ""))) {
      HttpResponse<String> answer = get(hub, "/api/admin/me", cookie(hub, nobody));
      assertThat(answer.statusCode()).isEqualTo(403);
      assertThat(reason(answer)).isEqualTo("not-permitted");
    }
  }

  @Test
  void an_entry_with_an_at_sign_is_an_address_and_compares_in_ascii() {
    TestHub hub = HUBS.on(Store.H2);
    for (Person stranger :
        List.of(
            // The lower case of the Kelvin sign is the ASCII letter k.
            new Person("mock", "5", "Kim", "\u212Aim@example.com"),
            new Person("mock", "kim@example.com", "Kim", ""),
            new Person("mock", "MIXED", "Kim", ""))) {
      assertThat(get(hub, "/api/admin/me", cookie(hub, stranger)).statusCode())
          .as(stranger.toString())
          .isEqualTo(403);
    }
    for (Person operator :
        List.of(
            new Person("mock", "5", "Kim", "Kim@Example.com"),
            new Person("mock", "Mixed", "Kim", ""))) {
      assertThat(get(hub, "/api/admin/me", cookie(hub, operator)).statusCode()).isEqualTo(200);
    }
  }

  private static HttpResponse<String> replayNothing(TestHub hub, String cookie) {
    return hub.post(
        "/api/admin/replay-jobs",
        "{\"source\":\"nobody\"}",
        "Cookie",
        cookie,
        "Origin",
        origin(hub));
  }

  @Test
  void what_somebody_does_is_noted_under_an_id_that_nobody_else_can_have() {
    TestHub hub = HUBS.on(Store.H2);
    String cookie = cookie(hub, new Person("github", "1", "google:99", ""));

    assertThat(Json.own(get(hub, "/api/admin/me", cookie).body()).path("id").asText())
        .isEqualTo("github:1");
    HttpResponse<String> begun = replayNothing(hub, cookie);
    assertThat(Json.own(begun.body()).path("startedBy").asText())
        .as(begun.body())
        .isEqualTo("github:1");
  }

  @Test
  void an_id_that_no_column_holds_is_cut_and_still_nobody_elses() {
    TestHub hub = HUBS.on(Store.H2);
    String cookie = cookie(hub, new Person("mock", LONG_SUBJECT, "Kim", ""));
    HttpResponse<String> begun = replayNothing(hub, cookie);

    assertThat(Json.own(begun.body()).path("startedBy").asText())
        .as(begun.body())
        .startsWith("mock:sss")
        .contains("~")
        .hasSizeLessThanOrEqualTo(255);
  }

  @Test
  void a_viewer_sees_everything_and_changes_nothing() {
    TestHub hub = HUBS.on(Store.H2);
    AtomicBoolean broken = new AtomicBoolean(true);
    Source source = failing(hub, broken);
    UUID event = source.event("evt_1", "order.paid", "dead");
    String cookie = cookie(hub, new Person("github", "2", "Vi", ""));

    for (String path :
        List.of(
            "me",
            "events",
            "events/" + event,
            "stats",
            "dead-letters",
            "integrations",
            "polls",
            "routes",
            "schemes",
            "health",
            "dead-tokens",
            "suppressions",
            "figures",
            "alerts")) {
      assertThat(get(hub, "/api/admin/" + path, cookie).statusCode()).as(path).isEqualTo(200);
    }
    for (String path :
        List.of(
            "events/" + event + "/replay",
            "replays",
            "replay-jobs",
            "catch-ups",
            "routes/" + source.route("note") + "/suspend",
            "routes/" + source.route("note") + "/resume",
            "alerts/dead-letters/silence")) {
      HttpResponse<String> answer = post(hub, "/api/admin/" + path, cookie);
      assertThat(answer.statusCode()).as(path).isEqualTo(403);
      assertThat(reason(answer)).isEqualTo("not-permitted");
    }
    assertThat(source.status(event)).isEqualTo("dead");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "[]", "{\"key\":1}", "{}", "{\"key\":\"\"}", "{\"key\":\"a\",\"b\":1}"})
  void a_sign_in_that_cannot_be_read_is_refused(String body) {
    TestHub hub = HUBS.on(Store.POSTGRESQL);
    HttpResponse<String> answer = hub.post("/console/sign-in", body, "Origin", origin(hub));
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(reason(answer)).isEqualTo("payload-invalid");
  }

  // --- Files

  @Test
  void the_page_loads_nothing_from_elsewhere_and_is_sent_once() {
    TestHub hub = HUBS.on(Store.H2);
    for (String path : List.of("/console/", "/console/app.js", "/console/console.css")) {
      HttpResponse<String> answer = hub.send("GET", path, new byte[0]);
      assertThat(answer.statusCode()).as(path).isEqualTo(200);
      assertThat(answer.headers().firstValue("Content-Security-Policy").orElseThrow())
          .startsWith("default-src 'none'; script-src 'self'; style-src 'self'")
          .contains("frame-ancestors 'none'")
          .doesNotContain("unsafe");
      assertThat(answer.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
      assertThat(answer.headers().firstValue("Referrer-Policy")).contains("no-referrer");
      assertThat(answer.body())
          .doesNotContain("https://")
          .doesNotContain("innerHTML")
          .doesNotContain("<style");
      String tag = answer.headers().firstValue("ETag").orElseThrow();
      HttpResponse<String> again = hub.send("GET", path, new byte[0], "If-None-Match", tag);
      assertThat(again.statusCode()).isEqualTo(304);
      assertThat(again.body()).isEmpty();
    }
    assertThat(hub.send("HEAD", "/console/", new byte[0]).statusCode()).isEqualTo(200);
    assertThat(hub.send("GET", "/console", new byte[0]).headers().firstValue("Location"))
        .contains("/console/");
    for (String view :
        List.of(
            "events?q=x",
            "events/abc",
            "dead-letters",
            "routes",
            "schemes",
            "health",
            "suppressions")) {
      assertThat(hub.send("GET", "/console/" + view, new byte[0]).body())
          .contains("<!doctype html>");
    }
    for (String path :
        List.of(
            "/consoleer",
            "/console/nothing",
            "/console/..%2fapplication.properties",
            "/console/%2e%2e/hub/application.properties",
            "/console/sign-in")) {
      assertThat(hub.send("GET", path, new byte[0]).statusCode()).as(path).isEqualTo(404);
    }
  }

  @Test
  void logins_that_are_set_up_are_offered() {
    assertThat(HUBS.on(Store.H2).send("GET", "/console/logins", new byte[0]).body())
        .isEqualTo("{\"logins\":[{\"name\":\"github\",\"title\":\"GitHub\"}]}");
  }

  @Test
  void a_list_that_has_not_changed_is_not_sent_again() {
    TestHub hub = HUBS.on(Store.H2);
    Source source = failing(hub, new AtomicBoolean(false));
    source.event("evt_1", "order.paid", "done");
    String path = "/api/admin/events?source=" + source.name();
    String key = "Bearer " + TestHub.ADMIN_KEY;
    String tag = hub.get(path).headers().firstValue("ETag").orElseThrow();

    assertThat(
            hub.send("GET", path, new byte[0], "Authorization", key, "If-None-Match", tag)
                .statusCode())
        .isEqualTo(304);
    source.event("evt_2", "order.paid", "done");
    assertThat(
            hub.send("GET", path, new byte[0], "Authorization", key, "If-None-Match", tag)
                .statusCode())
        .isEqualTo(200);
  }

  // --- Dead letters

  private static Source failing(TestHub hub, AtomicBoolean broken) {
    return new Source(hub)
        .handler(
            "note",
            "order.*",
            exchange -> {
              if (broken.get()) {
                throw new IllegalStateException(
                    "order "
                        + exchange.getVariable("providerEventId")
                        + " of "
                        + UUID.randomUUID()
                        + (exchange.getVariable("type", String.class).equals("order.lost")
                            ? ": HTTP 404"
                            : ": HTTP 503"));
              }
            });
  }

  private static void awaitDead(TestHub hub, Source source, int count) {
    await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () ->
                hub.query(
                        "SELECT count(*) FROM inbox_delivery WHERE status = 'dead' AND source = ?",
                        source.name())
                    .equals(Optional.of(Integer.toString(count))));
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void errors_that_differ_by_ids_alone_are_one_group_which_can_be_shown_and_replayed(Store store) {
    TestHub hub = HUBS.on(store);
    AtomicBoolean broken = new AtomicBoolean(true);
    Source source = failing(hub, broken);
    for (int i = 0; i < 6; i++) {
      source.event("evt_10" + i, i < 4 ? "order.paid" : "order.lost");
    }
    awaitDead(hub, source, 6);

    JsonNode groups = hub.json("/api/admin/dead-letters?source=" + source.name()).get("groups");

    assertThat(groups).hasSize(2);
    JsonNode large = groups.get(0);
    assertThat(large.get("type").asText()).isEqualTo("order.paid");
    assertThat(large.get("count").asLong()).isEqualTo(4);
    assertThat(large.get("error").asText())
        .endsWith("IllegalStateException: order # of #: HTTP 503");
    assertThat(groups.get(1).get("error").asText()).endsWith("HTTP 404");
    assertThat(large.get("route").asText()).isEqualTo(source.route("note"));
    String error = URLEncoder.encode(large.get("error").asText(), StandardCharsets.UTF_8);
    assertThat(
            hub.json("/api/admin/events?status=dead&source=" + source.name() + "&error=" + error)
                .get("events"))
        .hasSize(4);
    assertThat(
            hub.json("/api/admin/events?source=" + source.name() + "&error=" + error).get("events"))
        .hasSize(4);

    broken.set(false);
    JsonNode job =
        start(
            hub,
            Json.object()
                .put("status", "dead")
                .put("source", source.name())
                .put("error", large.get("error").asText())
                .toString());
    assertThat(job.get("total").asLong()).isEqualTo(4);
    assertThat(job.get("startedBy").asText()).isEqualTo("admin");
    awaitState(hub, job, "done");
    assertThat(job(hub, job).get("done").asLong()).isEqualTo(4);
    awaitDead(hub, source, 2);
  }

  private static JsonNode start(TestHub hub, String filter) {
    HttpResponse<String> answer = hub.operate("/api/admin/replay-jobs", filter);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
    return Json.own(answer.body());
  }

  private static JsonNode job(TestHub hub, JsonNode job) {
    return hub.json("/api/admin/replay-jobs/" + job.get("id").asText());
  }

  private static void awaitState(TestHub hub, JsonNode job, String state) {
    await().until(() -> job(hub, job).get("state").asText().equals(state));
  }

  private static HttpResponse<String> cancel(TestHub hub, String id) {
    return hub.send(
        "DELETE",
        "/api/admin/replay-jobs/" + id,
        new byte[0],
        "Authorization",
        "Bearer " + TestHub.ADMIN_KEY);
  }

  @Test
  void a_cancelled_replay_leaves_the_rest_dead() throws Exception {
    TestHub hub = HUBS.on(Store.POSTGRESQL);
    AtomicBoolean broken = new AtomicBoolean(true);
    Source source = failing(hub, broken);
    IntStream.range(0, 120).parallel().forEach(i -> source.event("evt_" + i, "order.paid"));
    awaitDead(hub, source, 120);
    broken.set(false);
    String filter = "{\"status\":\"dead\",\"source\":\"" + source.name() + "\"}";
    JsonNode job;
    try (Connection other = hub.database().dataSource().getConnection()) {
      // A lock on the seventieth event makes the second step wait.
      other.setAutoCommit(false);
      try (PreparedStatement lock =
          other.prepareStatement(
              "SELECT id FROM inbox_event WHERE id = (SELECT id FROM inbox_event WHERE source = ? ORDER BY id OFFSET 69 LIMIT 1) FOR UPDATE")) {
        lock.setString(1, source.name());
        lock.executeQuery();
      }
      job = start(hub, filter);
      await().until(() -> job(hub, job).get("done").asLong() == 50);
      assertThat(Json.own(cancel(hub, job.get("id").asText()).body()).get("state").asText())
          .isEqualTo("cancelled");
      other.rollback();
    }
    await().until(() -> job(hub, job).get("done").asLong() == 100);
    assertThat(job(hub, job).get("state").asText()).isEqualTo("cancelled");
    awaitDead(hub, source, 20);
    assertThat(Json.own(cancel(hub, job.get("id").asText()).body()).get("state").asText())
        .isEqualTo("cancelled");
    assertThat(reason(cancel(hub, UUID.randomUUID().toString()))).isEqualTo("replay-unknown");
    assertThat(reason(cancel(hub, "x"))).isEqualTo("replay-unknown");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"{}", "{\"source\":\"a\",\"dryRun\":true}", "{\"q\":\"x\"}", "", "{\"error\":1}"})
  void a_replay_in_steps_needs_a_filter(String body) {
    HttpResponse<String> answer = HUBS.on(Store.H2).operate("/api/admin/replay-jobs", body);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
    assertThat(reason(answer)).isEqualTo("payload-invalid");
  }

  // --- Routes

  private static JsonNode route(TestHub hub, String id) {
    for (JsonNode route : hub.json("/api/admin/routes").get("routes")) {
      if (route.get("id").asText().equals(id)) {
        return route;
      }
    }
    throw new AssertionError("no route " + id);
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void a_suspended_handler_takes_no_events_until_it_is_resumed(Store store) {
    TestHub hub = HUBS.on(store);
    Source source = failing(hub, new AtomicBoolean(false));
    source.event("evt_0", "order.paid", "done");
    String id = source.route("note");
    assertThat(route(hub, id).get("handled").asLong()).isEqualTo(1);

    HttpResponse<String> answer = hub.operate("/api/admin/routes/" + id + "/suspend", "");
    assertThat(answer.statusCode()).isEqualTo(202);
    await().until(() -> route(hub, id).get("state").asText().equals("suspended"));
    UUID event = source.event("evt_1", "order.paid");
    assertThat(source.status(event)).isEqualTo("received");
    assertThat(route(hub, id).get("suspendedBy").asText()).isEqualTo("admin");

    hub.operate("/api/admin/routes/" + id + "/resume", "");
    source.awaitStatus(event, "done");
    assertThat(route(hub, id).get("state").asText()).isEqualTo("started");
    assertThat(route(hub, id).get("suspendedBy").isNull()).isTrue();
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void a_route_tells_what_it_handled_how_much_failed_and_how_long_it_took(Store store) {
    TestHub hub = HUBS.on(store);
    AtomicBoolean broken = new AtomicBoolean(true);
    Source source = failing(hub, broken);
    String id = source.route("note");
    assertThat(route(hub, id).get("handled").asLong()).isZero();
    assertThat(route(hub, id).get("meanMs").isNull()).isTrue();

    source.event("evt_1", "order.paid", "dead");
    long failed = route(hub, id).get("failed").asLong();
    assertThat(failed).isPositive();
    assertThat(route(hub, id).get("handled").asLong()).isEqualTo(failed);
    assertThat(route(hub, id).get("meanMs").isNull()).isTrue();

    broken.set(false);
    source.event("evt_2", "order.paid", "done");
    assertThat(route(hub, id).get("handled").asLong()).isEqualTo(failed + 1);
    assertThat(route(hub, id).get("failed").asLong()).isEqualTo(failed);
    assertThat(route(hub, id).get("meanMs").isNumber()).isTrue();
  }

  @Test
  void another_node_holds_to_a_suspension_too() {
    TestHub hub = HUBS.on(Store.POSTGRESQL);
    hub.operate("/api/admin/routes/example-greet/suspend", "");
    try (TestHub other = TestHub.on(Store.POSTGRESQL).beside(hub).start()) {
      await().until(() -> route(other, "example-greet").get("state").asText().equals("suspended"));
      other.operate("/api/admin/routes/example-greet/resume", "");
      await().until(() -> route(hub, "example-greet").get("state").asText().equals("started"));
    }
  }

  @Test
  void only_handlers_can_be_suspended() {
    TestHub hub = HUBS.on(Store.H2);
    HttpResponse<String> source = hub.operate("/api/admin/routes/stripe-webhook/suspend", "");
    assertThat(source.statusCode()).isEqualTo(409);
    assertThat(reason(source)).isEqualTo("not-a-handler");
    assertThat(reason(hub.operate("/api/admin/routes/nothing/suspend", "")))
        .isEqualTo("route-unknown");
  }

  @Test
  void a_route_tells_where_it_stands_what_it_stores_and_whom_it_calls() {
    TestHub hub = HUBS.on(Store.H2);

    JsonNode webhook = route(hub, "stripe-webhook");
    assertThat(webhook.get("kind").asText()).isEqualTo("source");
    assertThat(webhook.get("file").asText()).isEqualTo("routes/stripe/stripe-webhook.camel.yaml");
    assertThat(webhook.get("stores").toString()).isEqualTo("[\"stripe\"]");
    JsonNode email = route(hub, "email-send");
    assertThat(email.get("kind").asText()).isEqualTo("handler");
    assertThat(email.get("handles").asText()).isEqualTo("email");
    assertThat(email.get("providers").toString())
        .isEqualTo("[\"resend\",\"s3\",\"sendgrid\",\"smtp\"]");
    assertThat(route(hub, "mixpanel-send-events").get("providers").toString())
        .isEqualTo("[\"mixpanel\"]");
    assertThat(route(hub, "admin-list-events").get("kind").asText()).isEqualTo("engine");
  }

  // --- Search

  @ParameterizedTest
  @EnumSource(Store.class)
  void lists_agree_whichever_way_they_are_looked_up(Store store) {
    TestHub hub = HUBS.on(store);
    AtomicBoolean broken = new AtomicBoolean(true);
    Source one = failing(hub, broken);
    Source two = failing(hub, broken);
    UUID first = one.event("find_me_1", "order.paid", "dead");
    two.event("find_me_2", "order.sent", "dead");
    one.event("find_me_3", "invoice.paid", "ignored");
    UUID last = two.event("find_me_4", "order.paid", "dead");

    assertThat(ids(hub, "q=" + first)).containsExactly("find_me_1");
    assertThat(ids(hub, "q=" + last.toString().toUpperCase(Locale.ROOT)))
        .containsExactly("find_me_4");
    assertThat(ids(hub, "q=find_me_3")).containsExactly("find_me_3");
    assertThat(ids(hub, "q=ND_ME"))
        .containsExactly("find_me_4", "find_me_3", "find_me_2", "find_me_1");
    assertThat(ids(hub, "q=find_me&status=dead"))
        .containsExactly("find_me_4", "find_me_2", "find_me_1");
    assertThat(ids(hub, "q=order%20find_me_2")).containsExactly("find_me_2");
    assertThat(ids(hub, "q=voice&type=*paid&source=" + one.name())).containsExactly("find_me_3");
    assertThat(ids(hub, "type=order.paid&q=find_me&limit=1")).containsExactly("find_me_4");
    assertThat(ids(hub, "type=order.paid,invoice.*&source=" + one.name()))
        .containsExactly("find_me_3", "find_me_1");
    assertThat(ids(hub, "type=*.sent&status=dead&source=" + two.name()))
        .containsExactly("find_me_2");
    assertThat(ids(hub, "type=order.*&status=done&source=" + two.name())).isEmpty();
    assertThat(ids(hub, "q=find_me&until=2020-01-01")).isEmpty();
  }

  private static List<String> ids(TestHub hub, String query) {
    JsonNode events = hub.json("/api/admin/events?" + query).get("events");
    return IntStream.range(0, events.size())
        .mapToObj(i -> events.get(i).get("providerEventId").asText())
        .toList();
  }
}
