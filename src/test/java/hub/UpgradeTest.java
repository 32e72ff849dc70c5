package hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import hub.testing.Recorder;
import hub.testing.Store;
import hub.testing.TestHub;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A database that an older hub has filled: this one goes on with it. */
@Tag("postgres")
class UpgradeTest {
  private static final Duration SOON = Duration.ofSeconds(30);

  /** The one that the tokens of the older hub are encrypted with. */
  private static final String KEY =
      "up:"
          + Base64.getEncoder()
              .encodeToString(
                  "0123456789abcdefghijklmnopqrstuv".getBytes(StandardCharsets.US_ASCII));

  private static final String PROVIDER =
      """
      github:
        authorization-uri: http://localhost:1/authorize
        token-uri: http://localhost:1/token
        user-info-uri: http://localhost:1/user
        client-id: hub
        client-secret: a-secret-of-the-hub
        claims: {subject: $.id}
      """;

  @TempDir Path folder;

  private static String handler(String id, String source, String types) {
    return """
        - route:
            id: %1$s
            description: Handles.
            from:
              uri: inbox:%2$s
              parameters:
                types: "%3$s"
              steps:
                - process:
                    id: note-%1$s
                    ref: %1$s
        """
        .formatted(id, source, types);
  }

  /** Makes the older schema, in which the older hub's rows are then. */
  private Map<String, String> filled(Store store) throws Exception {
    Map<String, String> settings = store.fresh(folder);
    boolean embedded = settings.isEmpty();
    String url =
        embedded ? "jdbc:h2:file:" + folder.resolve("hub") : settings.get("hub.database.url");
    String user = embedded ? "sa" : settings.get("hub.database.user");
    String password = embedded ? "" : settings.get("hub.database.password");
    Flyway.configure()
        .dataSource(url, user, password)
        .locations("classpath:db/migration/" + (embedded ? "h2" : "postgresql"))
        .target("7")
        .load()
        .migrate();
    try (Connection connection = DriverManager.getConnection(url, user, password);
        Statement statement = connection.createStatement()) {
      statement.execute(rows(embedded));
      statement.execute(
          "UPDATE inbox_delivery SET due_at = CURRENT_TIMESTAMP WHERE due_at IS NOT NULL");
      for (String sql : embedded ? BACKLOG_H2 : BACKLOG_POSTGRESQL) {
        statement.execute(sql);
      }
    }
    return settings;
  }

  private static final int KEYS = 20;

  /** As many of each key: a multiple of {@link #KEYS}. */
  private static final int WAITING_EVENTS = Integer.getInteger("upgrade.backlog", 2_000);

  /** Waiting events of some keys, as the older hub stored them for an ordered handler. */
  private static final String BACKLOG =
      """
      INSERT INTO inbox_event (id, source, provider_event_id, type, ordering_key, received_at, headers, payload)
      SELECT CAST('00000000-0000-7000-8000-' || LPAD(CAST(n AS varchar), 12, '0') AS uuid), 'backlog', 'b' || n, 'order',
             'key' || MOD(n, 20), CURRENT_TIMESTAMP, '{}', CAST('{}' AS %s)
      FROM %s
      """;

  /** The first event of a key waits for its retry, and one was in hand when the older hub ended. */
  private static final List<String> WAITING =
      List.of(
          """
          INSERT INTO inbox_delivery (event_id, route, source, ordering_key, status, attempts, due_at)
          SELECT id, 'in-order', source, ordering_key, 'received', 0, CURRENT_TIMESTAMP FROM inbox_event WHERE source = 'backlog'
          """,
          """
          UPDATE inbox_delivery SET status = 'retrying', attempts = 1, due_at = CURRENT_TIMESTAMP + INTERVAL '2' SECOND
          WHERE route = 'in-order' AND event_id = '00000000-0000-7000-8000-000000000007'
          """,
          """
          UPDATE inbox_delivery SET status = 'processing', attempts = 1, lease_token = event_id, due_at = CURRENT_TIMESTAMP + INTERVAL '1' SECOND
          WHERE route = 'in-order' AND event_id = '00000000-0000-7000-8000-000000000008'
          """);

  private static final List<String> BACKLOG_H2 =
      Stream.concat(
              Stream.of(
                  BACKLOG.formatted(
                      "varbinary", "SYSTEM_RANGE(1, %d) s (n)".formatted(WAITING_EVENTS))),
              WAITING.stream())
          .toList();

  private static final List<String> BACKLOG_POSTGRESQL =
      Stream.concat(
              Stream.of(
                  BACKLOG.formatted(
                      "bytea", "generate_series(1, %d) AS s (n)".formatted(WAITING_EVENTS))),
              WAITING.stream())
          .toList();

  @ParameterizedTest
  @EnumSource(Store.class)
  void an_older_hubs_ordered_backlog_is_handled_in_its_order(Store store) throws Exception {
    Recorder recorder = new Recorder();
    TestHub.Builder builder =
        TestHub.on(store)
            .with("hub.data-dir", folder.toString())
            .bind("in-order", recorder)
            .route(
                "in-order",
                handler("in-order", "backlog", "*")
                    .replace("types: \"*\"", "orderBy: orderingKey"));
    filled(store).forEach(builder::with);

    try (TestHub hub = builder.start()) {
      int all = WAITING_EVENTS + 1;
      hub.append("backlog", "b" + all, "order", "key1", "{}");
      await().atMost(Duration.ofMinutes(5)).until(() -> recorder.runs().size() >= all);
      int each = WAITING_EVENTS / KEYS;
      for (int key = 0; key < KEYS; key++) {
        String name = "key" + key;
        List<Integer> numbers =
            recorder.runs().stream()
                .filter(run -> run.key().equals(name))
                .map(run -> Integer.valueOf(run.event().substring(1)))
                .toList();
        assertThat(numbers).as(name).hasSize(key == 1 ? each + 1 : each).isSorted();
      }
      assertThat(recorder.runs()).hasSize(all);
    }
  }

  private static String rows(boolean embedded) throws IOException {
    try (InputStream file = UpgradeTest.class.getResourceAsStream("/upgrade/version-7.sql")) {
      String sql = new String(file.readAllBytes(), StandardCharsets.UTF_8);
      return sql.replaceAll("hex\\('(\\w*)'\\)", embedded ? "X'$1'" : "decode('$1', 'hex')");
    }
  }

  private static String status(TestHub hub, String event, String route) {
    return hub.query(
            "SELECT d.status || ' ' || d.attempts FROM inbox_delivery d JOIN inbox_event e ON e.id = d.event_id"
                + " WHERE e.provider_event_id = ? AND d.route = ?",
            event,
            route)
        .orElse("none");
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void an_older_hubs_events_are_finished_and_its_tokens_and_subscriptions_serve(Store store)
      throws Exception {
    Recorder ship = new Recorder();
    Recorder bill = new Recorder();
    Recorder late = new Recorder();
    Recorder refuse = new Recorder();
    TestHub.Builder builder =
        TestHub.on(store)
            .with("hub.data-dir", folder.toString())
            .with("hub.encryption-keys", KEY)
            .with("hub.api-keys", "test:" + TestHub.API_KEY + ":payments+tokens")
            .with("STRIPE_SECRET_KEY", "sk_test_0123456789abcdef")
            .loginProviders(PROVIDER)
            .routeFile("stripe/stripe-get-subscription.camel.yaml")
            .routeFile("kamelets/*.camel.yaml")
            .routeFile("policies/*.camel.yaml")
            .bind("ship", ship)
            .bind("bill", bill)
            .bind("late", late)
            .bind("refuse", refuse)
            .route("ship", handler("ship", "shop", "order.*"))
            .route("bill", handler("bill", "shop", "order.half"))
            .route("late", handler("late", "later", "*"))
            .route("refuse", handler("refuse", "refused", "*"));
    filled(store).forEach(builder::with);

    try (TestHub hub = builder.start()) {
      await()
          .atMost(SOON)
          .untilAsserted(
              () -> {
                assertThat(status(hub, "half-1", "bill")).isEqualTo("done 2");
                assertThat(status(hub, "waiting-1", "late")).isEqualTo("done 1");
              });
      assertThat(bill.runs("half-1")).hasSize(1);
      assertThat(bill.runs("half-1").get(0).body()).isEqualTo("{\"n\":2}");
      assertThat(late.runs("waiting-1")).hasSize(1);

      assertThat(status(hub, "dead-1", "refuse")).isEqualTo("dead 2");
      String dead =
          hub.query(
                  "SELECT CAST(id AS varchar) FROM inbox_event WHERE provider_event_id = 'dead-1'")
              .orElseThrow();
      assertThat(hub.operate("/api/admin/events/" + dead + "/replay", "{}").statusCode())
          .isLessThan(300);
      await()
          .atMost(SOON)
          .untilAsserted(() -> assertThat(status(hub, "dead-1", "refuse")).startsWith("done"));
      assertThat(refuse.runs("dead-1")).hasSize(1);
      assertThat(hub.json("/api/admin/events/" + dead).toString())
          .as("the attempts of before")
          .contains("there is no such customer");

      // What was done stays done.
      assertThat(ship.runs()).isEmpty();
      assertThat(status(hub, "done-1", "ship")).isEqualTo("done 1");
      assertThat(status(hub, "half-1", "ship")).isEqualTo("done 1");

      assertThat(hub.get("/api/auth/tokens/github/583231").body())
          .contains("gho_before_the_upgrade");
      assertThat(hub.get("/api/payments/subscriptions/sub_upgrade").body())
          .contains("cus_RxHubExample", "incomplete");
      assertThat(hub.query("SELECT account FROM subscription WHERE id = 'sub_upgrade'"))
          .as("the platform's own")
          .contains("");
    }
  }
}
