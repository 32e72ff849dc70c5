package hub.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import hub.cli.Shell.Result;
import hub.testing.LogLines;
import hub.testing.Source;
import hub.testing.Store;
import hub.testing.TestHub;
import hub.util.Json;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Slow: tail runs for seconds. */
@Tag("slow")
class HubCommandsTest {
  private static final Map<String, String> SECRETS =
      Map.of(
          "STRIPE_SECRET", "whsec_of_the_tests",
          "GITHUB_SECRET", "the-old-secret-of-github, the-new-secret-of-github",
          "SLACK_SECRET", "the-secret-of-slack",
          "SHOPIFY_SECRET", "the-secret-of-shopify",
          "STANDARD_SECRET",
              "whsec_"
                  + Base64.getEncoder().encodeToString("0123456789abcdef01234567".getBytes(UTF_8)),
          "HMAC_SECRET", "the-secret-of-the-shop",
          "BEARER_SECRET", "the-token-of-the-shop",
          "BASIC_SECRET", "user:a-password-of-tests");

  /** Of no event. */
  private static final String ID = "0195f3a0-0000-7000-8000-000000000000";

  private static TestHub hub;

  @BeforeAll
  static void start() {
    TestHub.Builder builder = TestHub.on(Store.H2);
    SECRETS.forEach(builder::with);
    route(builder, "stripe", Map.of());
    route(builder, "github", Map.of());
    route(builder, "slack", Map.of());
    route(builder, "shopify", Map.of());
    route(builder, "standard-webhooks", Map.of("secrets", "STANDARD_SECRET"));
    route(
        builder,
        "hmac",
        Map.of(
            "signatureHeader", "X-Shop-Signature",
            "signaturePrefix", "v9=",
            "algorithm", "sha512",
            "encoding", "base64",
            "timestampHeader", "X-Shop-Time",
            "signedContent", "{id}.{timestamp}.{body}",
            "eventId", "header:X-Shop-Id",
            "eventType", "$.event.kind"));
    route(builder, "bearer", Map.of("eventId", "$.id", "eventType", "$.type"));
    route(builder, "basic", Map.of("eventId", "$['a b'].id"));
    route(builder, "none", Map.of("eventId", "$.meta.id", "unsafe", "true"));
    hub = builder.start();
  }

  private static void route(TestHub.Builder builder, String scheme, Map<String, String> more) {
    Map<String, String> parameters = new LinkedHashMap<>();
    parameters.put("source", scheme);
    parameters.put("scheme", scheme);
    if (!scheme.equals("none")) {
      parameters.put("secrets", scheme.toUpperCase(java.util.Locale.ROOT) + "_SECRET");
    }
    parameters.putAll(more);
    StringBuilder yaml = new StringBuilder();
    parameters.forEach(
        (name, value) ->
            yaml.append("        ").append(name).append(": \"").append(value).append("\"\n"));
    builder.route(
        scheme + "-webhook",
        """
        - route:
            id: %1$s-webhook
            description: Receives.
            from:
              uri: kamelet:webhook-source
              parameters:
        %2$s      steps:
                - to:
                    uri: inbox:%1$s
        """
            .formatted(scheme, yaml));
  }

  @AfterAll
  static void stop() {
    hub.close();
  }

  private static Shell shell() {
    Shell shell = Shell.of(hub);
    SECRETS.forEach(shell::with);
    return shell;
  }

  private static String answer(Result result) {
    assertThat(result.code()).as(result.out() + result.err()).isZero();
    assertThat(result.out()).startsWith("HTTP 200");
    return Json.own(result.out().lines().skip(1).findFirst().orElseThrow()).get("status").asText();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "stripe",
        "github",
        "slack",
        "shopify",
        "standard-webhooks",
        "hmac",
        "bearer",
        "none"
      })
  void a_sample_is_accepted_and_a_second_one_of_the_same_id_is_known(String source) {
    assertThat(answer(shell().run("send", source))).isEqualTo("accepted");
    assertThat(answer(shell().run("send", source, "--id", "evt_again"))).isEqualTo("accepted");
    assertThat(answer(shell().run("send", source, "--id", "evt_again"))).isEqualTo("duplicate");
    assertThat(
            shell().run("events", "--source", source, "--q", "evt_again", "--json").out().lines())
        .hasSize(1);
  }

  @Test
  void the_type_stands_where_the_source_reads_it() {
    for (String source : List.of("stripe", "github", "slack", "shopify", "hmac")) {
      shell().run("send", source, "--id", "typed", "--type", "order.paid");

      assertThat(shell().run("events", "--source", source, "--q", "typed", "--json").out())
          .as(source)
          .contains("\"type\":\"order.paid\"");
    }
  }

  @Test
  void a_file_is_sent_byte_for_byte_and_so_is_standard_input() throws IOException {
    String body = "{\"id\": \"from-a-file\",\r\n \"name\": \"Zoë\"}";
    Files.writeString(hub.folder().resolve("body.json"), body);

    assertThat(answer(shell().run("send", "stripe", "body.json"))).isEqualTo("accepted");
    assertThat(answer(shell().typing(body).run("send", "stripe", "-"))).isEqualTo("duplicate");

    String id =
        Json.own(shell().run("events", "--q", "from-a-file", "--json").out()).get("id").asText();
    assertThat(hub.json("/api/admin/events/" + id).get("payload").asText()).isEqualTo(body);
  }

  @Test
  void a_refusal_is_a_failure_and_is_shown() {
    Result result =
        shell()
            .with("OTHER", "the-wrong-secret-of-all")
            .run("send", "stripe", "--secret-name", "OTHER");

    assertThat(result.code()).isEqualTo(1);
    assertThat(result.out()).startsWith("HTTP 400").contains("signature-mismatch");
  }

  @Test
  void a_header_of_ones_own_wins() {
    Result result = shell().run("send", "github", "--header", "X-Hub-Signature-256: sha256=00");

    assertThat(result.out()).startsWith("HTTP 400").contains("signature-m");
    assertThat(shell().run("send", "github", "--header", "nonsense").code()).isEqualTo(2);
  }

  @Test
  void what_cannot_be_sent_is_told_before_anything_is() throws IOException {
    Result unknown = shell().run("send", "strip");
    assertThat(unknown.code()).isEqualTo(2);
    assertThat(unknown.err()).contains("receives 'strip'; there is basic, bearer, github");

    Result secret = shell().without("STRIPE_SECRET").run("send", "stripe");
    assertThat(secret.code()).isEqualTo(2);
    assertThat(secret.err()).startsWith("STRIPE_SECRET is not set: ");

    Result file = shell().run("send", "stripe", "no-such-file.json");
    assertThat(file.code()).isEqualTo(2);
    assertThat(file.err()).contains("no-such-file.json cannot be read");

    Result sample = shell().run("send", "basic");
    assertThat(sample.code()).isEqualTo(2);
    assertThat(sample.err()).contains("give a FILE");

    Result url = shell().run("send", "stripe", "--url", "ftp://example");
    assertThat(url.code()).isEqualTo(2);
    assertThat(url.err()).contains("no http or https address");
    assertThat(answer(shell().typing("{\"a b\":{\"id\":\"1\"}}").run("send", "basic", "-")))
        .isEqualTo("accepted");
  }

  @Test
  void a_hub_that_does_not_run_is_a_failure_with_a_remedy() {
    for (String[] command :
        new String[][] {
          {"events"},
          {"send", "stripe"},
          {"replay", ID},
          {"show", ID},
          {"tail", "--for", "1"},
          {"rotate-keys"}
        }) {
      List<String> args = new ArrayList<>(List.of(command));
      args.addAll(List.of("--url", "http://localhost:1/"));
      Result result = shell().run(args.toArray(String[]::new));

      assertThat(result.code()).as(command[0]).isEqualTo(1);
      assertThat(result.err()).contains("Nothing answers at http://localhost:1/", "--url");
    }
  }

  @Test
  void the_operators_key_is_needed_and_may_have_another_name() {
    for (String[] command :
        new String[][] {
          {"events"}, {"replay", ID}, {"show", ID}, {"tail", "--for", "1"}, {"rotate-keys"}
        }) {
      Result missing = shell().without("hub.admin-key").run(command);
      assertThat(missing.code()).as(command[0]).isEqualTo(2);
      assertThat(missing.err()).startsWith("HUB_ADMIN_KEY is not set: ");
      Result wrong = shell().with("hub.admin-key", "wrong").run(command);
      assertThat(wrong.code()).as(command[0]).isEqualTo(1);
      assertThat(wrong.err()).contains("401 key-wrong: ", "This is the hub at http://localhost:");
    }
    Shell named = shell().without("hub.admin-key").with("STAGING_KEY", TestHub.ADMIN_KEY);
    assertThat(named.run("events", "--key-variable", "STAGING_KEY").code()).isZero();
    assertThat(named.run("events", "--key-variable", "NO_KEY").err())
        .startsWith("NO_KEY is not set");
  }

  @Test
  void events_are_listed_in_columns_or_as_json_and_as_many_as_asked_for() {
    Source source = new Source(hub).handler("broken", "*", HubCommandsTest::fail);
    UUID id = source.event("evt_1", "order\u001b[31m", "dead");
    Source many = new Source(hub);
    for (int i = 0; i < 210; i++) {
      many.event("evt_" + i, "x");
    }

    Result table = shell().run("events", "--source", source.name());
    assertThat(table.code()).isZero();
    assertThat(table.out().lines()).hasSize(2);
    assertThat(table.out().lines().findFirst().orElseThrow()).startsWith("RECEIVED");
    assertThat(table.out())
        .contains(id.toString(), source.name(), "dead", "IllegalStateException: no")
        .doesNotContain("\u001b");
    JsonNode json = Json.own(shell().run("events", "--json", "--source", source.name()).out());
    assertThat(json.get("providerEventId").asText()).isEqualTo("evt_1");
    String[] all = {"events", "--json", "--limit", "205", "--source", many.name()};
    assertThat(shell().run(all).out().lines()).hasSize(205).doesNotHaveDuplicates();
    assertThat(shell().run("events", "--json", "--source", many.name()).out().lines()).hasSize(50);
    assertThat(shell().run("events", "--source", "nobody").out()).startsWith("no events");
    assertThat(shell().run("events", "--status", "lost").code()).isEqualTo(2);
    assertThat(shell().run("events", "--limit", "0").code()).isEqualTo(2);
  }

  private static void fail(org.apache.camel.Exchange exchange) {
    throw new IllegalStateException("no");
  }

  @Test
  void events_run_again_by_id_or_by_what_they_have_in_common() {
    AtomicBoolean repaired = new AtomicBoolean();
    Source source =
        new Source(hub)
            .handler(
                "mended",
                "*",
                exchange -> {
                  if (!repaired.get()) {
                    fail(exchange);
                  }
                });
    UUID one = source.event("1", "x", "dead");
    UUID two = source.event("2", "x", "dead");
    UUID three = source.event("3", "y", "dead");
    repaired.set(true);

    String name = source.name();
    Result dry = shell().run("replay", "--source", name, "--status", "dead", "--dry-run");
    assertThat(dry.code()).isZero();
    assertThat(dry.out().strip()).isEqualTo("3 events would run again");
    assertThat(source.status(one)).isEqualTo("dead");

    Result byId = shell().run("replay", one.toString(), two.toString());
    assertThat(byId.code()).isZero();
    assertThat(byId.out().lines()).containsExactly(one + " received", two + " received");
    source.awaitStatus(one, "done");
    source.awaitStatus(two, "done");
    assertThat(source.status(three)).isEqualTo("dead");

    Result rest = shell().run("replay", "--source", name, "--status", "dead", "--type", "*");
    assertThat(rest.out().strip()).isEqualTo("1 event run again");
    source.awaitStatus(three, "done");
  }

  @Test
  void a_replay_that_means_nothing_or_too_much_is_not_begun() {
    assertThat(shell().run("replay").code()).isEqualTo(2);
    assertThat(shell().run("replay", "--dry-run").code()).isEqualTo(2);
    assertThat(shell().run("replay", "x", "--source", "y").code()).isEqualTo(2);
    assertThat(shell().run("replay", "x", "--dry-run").code()).isEqualTo(2);
    assertThat(shell().run("replay", "--since", "yesterday").code()).isEqualTo(2);
    Result unknown = shell().run("replay", UUID.randomUUID().toString());
    assertThat(unknown.code()).isEqualTo(1);
    assertThat(unknown.err()).contains("404 event-unknown: ");
  }

  @Test
  void an_event_is_shown_by_the_beginning_of_its_id() {
    Source source = new Source(hub).handler("broken", "*", HubCommandsTest::fail);
    UUID id = source.event("evt_show", "order\u001b[31m", "dead");
    String whole = id.toString();

    // The first eight characters say the minute; those of this test's events may be the same.
    Result shown = shell().run("show", whole.substring(0, 30));

    assertThat(shown.code()).as(shown.err()).isZero();
    assertThat(shown.out())
        .contains("status        dead", source.route("broken"), "IllegalStateException: no")
        .contains(", by schedule: ", "payload")
        .doesNotContain("\u001b");
    JsonNode json = Json.own(shell().run("show", whole.replace("-", ""), "--json").out());
    assertThat(json).isEqualTo(hub.json("/api/admin/events/" + whole));
    Result test = shell().run("show", whole, "--as-test");
    assertThat(test.code()).as(test.err()).isZero();
    assertThat(test.out()).startsWith("- name: ").contains("source: " + source.name());
  }

  @Test
  void a_beginning_of_no_id_or_of_several_is_told() {
    Source source = new Source(hub);
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      ids.add(source.event("evt_many_" + i, "x").toString());
    }
    // All of them were stored within four minutes, most surely.
    String common = ids.get(11).substring(0, 8);

    for (String command : List.of("show", "replay")) {
      Result several = shell().run(command, common);
      assertThat(several.code()).as(several.out()).isEqualTo(2);
      assertThat(several.err())
          .startsWith(common + " is the beginning of several ids; write more of one:")
          .contains(ids.get(11), source.name());
      Result none = shell().run(command, "ffffffff");
      assertThat(none.code()).isEqualTo(1);
      assertThat(none.err()).startsWith("No event has an id that begins with ffffffff");
      Result tooShort = shell().run(command, common.substring(0, 7));
      assertThat(tooShort.code()).isEqualTo(2);
      assertThat(tooShort.err()).contains("first eight characters or more");
    }
    assertThat(shell().run("replay", ID.replace('0', 'f').substring(0, 9), ids.get(0)).code())
        .isEqualTo(1);
  }

  @Test
  void times_may_be_told_as_so_long_ago() {
    Source source = new Source(hub);
    source.event("evt_ago", "x");

    assertThat(shell().run("events", "--source", source.name(), "--since", "1h").out())
        .contains(source.name());
    assertThat(shell().run("events", "--source", source.name(), "--until", "15m").out())
        .startsWith("no events");
    Result wrong = shell().run("events", "--since", "1 fortnight");
    assertThat(wrong.code()).isEqualTo(2);
    assertThat(wrong.err()).contains("since: not an ISO 8601 time");
  }

  @Test
  void many_are_sent_with_new_ids_and_summed_up() {
    Result sent = shell().run("send", "github", "push", "--count", "20", "--rate", "200", "--json");

    assertThat(sent.code()).as(sent.out() + sent.err()).isZero();
    JsonNode summary = Json.own(sent.out());
    assertThat(summary.at("/statuses/200").asInt()).isEqualTo(20);
    assertThat(summary.get("p99Ms").asDouble())
        .isGreaterThanOrEqualTo(summary.get("p50Ms").asDouble());
    Result text = shell().run("send", "github", "--count", "2", "--id", "evt_same_each_time");
    assertThat(text.out())
        .startsWith("sent 2 of 2 in ")
        .contains("  200          2", "latency p50 ");
    assertThat(shell().run("events", "--q", "evt_same_each_time", "--json").out().lines())
        .hasSize(1);
    Result refused =
        shell()
            .with("OTHER", "the-wrong-secret-of-all")
            .run("send", "stripe", "--secret-name", "OTHER", "--count", "3");
    assertThat(refused.code()).isEqualTo(1);
    assertThat(refused.out()).contains("  400          3");
    assertThat(shell().run("send", "github", "--count", "0").code()).isEqualTo(2);
    assertThat(shell().run("send", "github", "--rate", "0").code()).isEqualTo(2);
  }

  @Test
  void an_origin_gets_the_path_of_the_source() {
    String origin = hub.url("").toString();

    assertThat(answer(shell().with("camel.server.port", "1").run("send", "github", "--to", origin)))
        .isEqualTo("accepted");
    assertThat(
            answer(
                shell()
                    .with("camel.server.port", "1")
                    .with("HUB_URL", origin)
                    .run("send", "github")))
        .isEqualTo("accepted");
  }

  @Test
  void what_answers_but_is_no_hub_is_told() throws IOException {
    try (Receiver other = new Receiver()) {
      Result result = shell().run("events", "--url", other.url(""));

      assertThat(result.code()).isEqualTo(1);
      assertThat(result.err()).contains("but not as a hub: another program listens there");
    }
  }

  @Test
  void the_key_is_found_in_the_file_that_its_owner_alone_reads() throws IOException {
    java.nio.file.Path folder = Files.createTempDirectory("hub-key");
    java.nio.file.Path file = folder.resolve("data/secrets/HUB_ADMIN_KEY");
    Files.createDirectories(file.getParent());
    Files.writeString(file, TestHub.ADMIN_KEY + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    Shell elsewhere =
        new Shell(folder).with("HUB_URL", hub.url("").toString()).with("hub.data-dir", "data");

    Result open = elsewhere.run("events");
    assertThat(open.code()).isEqualTo(2);
    assertThat(open.err()).contains("chmod 600 " + file).doesNotContain(TestHub.ADMIN_KEY);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    assertThat(elsewhere.run("events").code()).isZero();
  }

  @Test
  @Tag("long")
  @Tag("waits")
  void tail_shows_an_old_event_that_runs_again_and_fills_no_log() throws Exception {
    AtomicBoolean repaired = new AtomicBoolean();
    Source source =
        new Source(hub)
            .handler(
                "mended",
                "*",
                exchange -> {
                  if (!repaired.get()) {
                    fail(exchange);
                  }
                });
    UUID old = source.event("old", "x", "dead");
    repaired.set(true);

    try (LogLines requests = LogLines.of("hub.request")) {
      CompletableFuture<Result> tail =
          CompletableFuture.supplyAsync(
              () -> shell().run("tail", "--source", source.name(), "--json", "--for", "4"));
      TimeUnit.MILLISECONDS.sleep(1500); // it has looked
      assertThat(shell().run("replay", old.toString().substring(0, 35)).code()).isZero();

      Result result = tail.get(30, TimeUnit.SECONDS);
      assertThat(result.out().lines().map(line -> Json.own(line).get("status").asText()))
          .as(result.out())
          .endsWith("done");
      assertThat(requests.lines()).noneMatch(line -> line.contains("source=" + source.name()));
      assertThat(requests.lines())
          .filteredOn(
              line -> line.startsWith("INFO") && line.contains("GET path=/api/admin/events "))
          .hasSize(1); // of replay
    }
  }

  @Test
  @Tag("long")
  @Tag("waits")
  void tail_shows_a_replay_that_ends_as_the_run_before_it() throws Exception {
    Source source = new Source(hub).handler("again", "*", exchange -> {});
    UUID done = source.event("again", "x", "done");

    CompletableFuture<Result> tail =
        CompletableFuture.supplyAsync(
            () -> shell().run("tail", "--source", source.name(), "--json", "--for", "4"));
    TimeUnit.MILLISECONDS.sleep(1500); // it has looked
    assertThat(shell().run("replay", done.toString()).code()).isZero();

    Result result = tail.get(30, TimeUnit.SECONDS);
    assertThat(result.out().lines().map(line -> Json.own(line).get("status").asText()))
        .as(result.out())
        .endsWith("done");
  }

  @Test
  void sql_reads_the_inbox_and_tells_who_asked() {
    Source source = new Source(hub).handler("read", "*", exchange -> {});
    UUID event = source.event("read \u001b[31m", "x", "done");
    String where = " from inbox_event where source = '" + source.name() + "'";

    try (LogLines log = LogLines.of("hub.console.SqlApi")) {
      Result table = shell().run("sql", "select id, type, provider_event_id" + where);
      assertThat(table.code()).as(table.err()).isZero();
      assertThat(table.out().lines().toList())
          .satisfiesExactly(
              heading -> assertThat(heading).matches("id +type +provider_event_id"),
              row -> assertThat(row).contains(event.toString()).doesNotContain("\u001b"),
              end -> assertThat(end).isEqualTo("(1 row)"));
      assertThat(log.lines())
          .anyMatch(
              line -> line.contains("sql=done rows=1 operator=") && line.contains(source.name()));
    }
    Result json = shell().run("sql", "select count(*) as events" + where, "--json");
    assertThat(json.out().strip())
        .isEqualTo("{\"columns\":[\"events\"],\"rows\":[[1]],\"cut\":false}");

    Result refused = shell().run("sql", "select * from token");
    assertThat(refused.code()).isEqualTo(2);
    assertThat(refused.err())
        .contains("sql-refused", "What can be read: inbox_arrival, inbox_delivery");
    assertThat(shell().run("sql", "drop table inbox_event").code()).isEqualTo(2);
    assertThat(shell().run("sql").code()).isEqualTo(2);
  }

  @Test
  @Tag("long")
  @Tag("waits")
  void tail_shows_what_comes_and_what_becomes_of_it() throws Exception {
    Source source =
        new Source(hub).handler("later", "*", "&retryDelaysSeconds=3600", HubCommandsTest::fail);
    UUID before = source.event("before", "x", "retrying");

    CompletableFuture<Result> tail =
        CompletableFuture.supplyAsync(
            () -> shell().run("tail", "--source", source.name(), "--for", "8"));
    List<UUID> sent = new ArrayList<>();
    await()
        .pollInterval(java.time.Duration.ofMillis(500))
        .until(
            () -> {
              sent.add(source.event("during" + sent.size(), "x", "retrying"));
              return sent.size() == 8;
            });

    Result result = tail.get(30, TimeUnit.SECONDS);
    assertThat(result.code()).isZero();
    assertThat(result.out()).contains("retrying", sent.get(6).toString());
    assertThat(result.out()).doesNotContain(before.toString());
  }

  @Test
  void doctor_knows_a_running_hub() {
    Result result =
        shell()
            .with("hub.data-dir", hub.folder().resolve("data").toString())
            .with("camel.server.enabled", "true")
            .with("camel.server.port", Integer.toString(hub.port()))
            .run("doctor");

    assertThat(result.out())
        .contains("ok    port " + hub.port() + ": in use by a running hub", "source stripe");
  }

  @Test
  void the_key_that_the_first_start_makes_opens_the_hub_to_the_commands_of_its_user()
      throws IOException {
    try (TestHub first = TestHub.on(Store.H2).without("hub.admin-key").start()) {
      java.nio.file.Path file = first.folder().resolve("data/secrets/HUB_ADMIN_KEY");
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
          .isEqualTo("rw-------");
      Result result =
          Shell.of(first)
              .without("hub.admin-key")
              .with("hub.data-dir", first.folder().resolve("data").toString())
              .run("events");

      assertThat(result.code()).as(result.err()).isZero();
    }
    assertThat(hub.folder().resolve("data/secrets/HUB_ADMIN_KEY")).doesNotExist();
  }

  @Test
  @Tag("long")
  @Tag("waits")
  void tail_goes_on_when_the_hub_is_back() throws Exception {
    AtomicBoolean up = new AtomicBoolean(true);
    HttpServer server = HttpServer.create(new InetSocketAddress("localhost", 0), 0);
    server.createContext(
        "/api/admin/events",
        exchange -> {
          byte[] body =
              (up.get()
                      ? "{\"events\":[],\"nextCursor\":null}"
                      : "{\"type\":\"urn:hub:problem:starting\",\"detail\":\"Wait.\"}")
                  .getBytes(UTF_8);
          exchange.getResponseHeaders().add("X-Request-Id", "1");
          exchange.sendResponseHeaders(up.get() ? 200 : 503, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
    try {
      String url = "http://localhost:" + server.getAddress().getPort();
      CompletableFuture<Result> tail =
          CompletableFuture.supplyAsync(() -> shell().run("tail", "--url", url, "--for", "4"));
      TimeUnit.MILLISECONDS.sleep(1200);
      up.set(false);
      TimeUnit.MILLISECONDS.sleep(1200);
      up.set(true);

      Result result = tail.get(30, TimeUnit.SECONDS);
      assertThat(result.code()).isZero();
      assertThat(result.err().lines())
          .containsExactly("503 starting: Wait. Trying again.", "The hub answers again.");
    } finally {
      server.stop(0);
    }
  }
}
