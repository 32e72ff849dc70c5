package hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import hub.db.Jdbc;
import hub.testing.LogLines;
import hub.testing.Recorder;
import hub.testing.Store;
import hub.testing.TestHub;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Nodes of two versions on one PostgreSQL, as while an upgrade goes from node to node. The last
 * version takes part by its statements, the next one by its migration.
 */
@Tag("postgres")
@Tag("waits")
class RollingUpgradeTest {
  private static final Duration SOON = Duration.ofSeconds(30);

  /** What a migration of the next version may do, so that this one can still run. */
  private static final String NEXT =
      """
      CREATE TABLE next_thing (id int PRIMARY KEY);
      ALTER TABLE inbox_event ADD COLUMN next_note text;
      ALTER TABLE inbox_delivery ADD COLUMN next_count int NOT NULL DEFAULT 0;
      """;

  @TempDir private Path folder;

  private static String handler(String id) {
    return """
        - route:
            id: %1$s
            description: Handles.
            from:
              uri: inbox:shop
              steps:
                - process:
                    id: note-%1$s
                    ref: %1$s
        """
        .formatted(id);
  }

  private static TestHub start(TestHub.Builder builder, Recorder recorder) {
    return builder.bind("ship", recorder).route("ship", handler("ship")).start();
  }

  private static Connection connect(TestHub hub) throws SQLException {
    Map<String, String> database = hub.databaseSettings();
    Connection connection =
        DriverManager.getConnection(
            database.get("hub.database.url"),
            database.get("hub.database.user"),
            database.get("hub.database.password"));
    try (Statement statement = connection.createStatement()) {
      statement.execute("SET search_path = hub, public");
    }
    return connection;
  }

  /** The statements of a version by their names. */
  private static Map<String, String> statements(int version) throws IOException {
    try (InputStream file =
        RollingUpgradeTest.class.getResourceAsStream("/upgrade/statements-" + version + ".sql")) {
      Map<String, String> statements = new HashMap<>();
      String text = new String(file.readAllBytes(), StandardCharsets.UTF_8);
      for (String part : text.split("(?m)^-- (?=\\w+$)")) {
        String[] nameAndSql = part.split("\n", 2);
        statements.put(nameAndSql[0], nameAndSql[1]);
      }
      return statements;
    }
  }

  /** A node of the version with 14 migrations: the handler {@code bill}, and appends. */
  private record LastVersion(Connection connection, Map<String, String> statements) {
    private java.sql.Array array(String type, Object... values) throws SQLException {
      return connection.createArrayOf(type, values);
    }

    void publish() throws SQLException {
      Jdbc.update(
          connection,
          statements.get("publish"),
          UUID.randomUUID(),
          "bill",
          "shop",
          "",
          false,
          "",
          SOON.toMillis());
    }

    /** {@return whether it was new} */
    boolean append(String id) throws SQLException {
      UUID event = UUID.randomUUID();
      return Jdbc.first(
              connection,
              statements.get("append"),
              row -> true,
              array("text"),
              array("text"),
              1,
              array("uuid", event),
              array("text", "shop"),
              array("text", id),
              array("text", "order"),
              array("text", (Object) null),
              array("text", Instant.now().toString()),
              array("text", "{}"),
              connection.createArrayOf("bytea", new byte[][] {{'{', '}'}}),
              array("int", 1),
              array("uuid", event, event),
              array("text", "ship", "bill"),
              array("text", null, null),
              array("int", 1, 1),
              0,
              array("uuid"))
          .isPresent();
    }

    /** Claims and finishes what is there for {@code bill}; {@return the provider's ids} */
    List<String> handle() throws SQLException {
      UUID token = UUID.randomUUID();
      record Claimed(UUID event, String id) {}
      List<Claimed> claimed =
          Jdbc.list(
              connection,
              statements.get("claim"),
              row ->
                  new Claimed(
                      row.getObject("event_id", UUID.class), row.getString("provider_event_id")),
              "bill",
              10,
              10,
              10,
              token,
              60_000L,
              "bill",
              1_000_000L,
              true,
              200);
      for (Claimed one : claimed) {
        assertThat(
                Jdbc.list(
                    connection,
                    statements.get("finish"),
                    row -> true,
                    array("uuid", one.event()),
                    array("text", "bill"),
                    array("uuid", token),
                    array("text", "done"),
                    array("bigint", (Object) null),
                    array("int", 0),
                    array("text", (Object) null),
                    array("boolean", false),
                    array("text", "2026-11-30T00:00:00.000Z 1 done\n"),
                    array("text", "")))
            .hasSize(1);
      }
      return claimed.stream().map(Claimed::id).toList();
    }
  }

  @Test
  void the_last_versions_nodes_append_claim_and_finish_beside_one_of_this_version()
      throws Exception {
    Recorder ship = new Recorder();
    try (TestHub hub = start(TestHub.on(Store.POSTGRESQL), ship);
        Connection connection = connect(hub)) {
      LastVersion last = new LastVersion(connection, statements(14));
      last.publish();

      assertThat(last.append("by-last")).isTrue();
      await().atMost(SOON).until(() -> ship.runs("by-last").size() == 1);
      assertThat(last.append("by-last")).as("a repetition").isFalse();

      hub.append("shop", "by-last", "order", null, "{}");
      assertThat(ship.runs("by-last")).as("each knows what the other has stored").hasSize(1);

      assertThat(last.handle()).containsExactly("by-last");
      await()
          .atMost(SOON)
          .until(
              () ->
                  hub.json("/api/admin/events?source=shop")
                      .at("/events/0/status")
                      .asText()
                      .equals("done"));

      // This version knows the last one's handlers from the table.
      await()
          .atMost(SOON)
          .untilAsserted(
              () -> {
                String id = "by-this-" + UUID.randomUUID();
                hub.append("shop", id, "order", null, "{}");
                assertThat(last.handle()).contains(id);
              });
    }
  }

  @Test
  void nodes_go_on_when_a_newer_version_has_migrated_until_it_says_that_they_must_not()
      throws Exception {
    Recorder before = new Recorder();
    Recorder after = new Recorder();
    Files.writeString(folder.resolve("V18__next.sql"), NEXT);
    try (TestHub hub = start(TestHub.on(Store.POSTGRESQL), before);
        LogLines log = LogLines.of("hub.db.Migrations")) {
      migrateToNext(hub);
      hub.append("shop", "migrated", "order", null, "{}");
      await().atMost(SOON).until(() -> before.runs("migrated").size() == 1);

      try (TestHub another = start(TestHub.on(Store.POSTGRESQL).beside(hub), after)) {
        assertThat(log.lines())
            .anyMatch(line -> line.startsWith("WARN store=newer: a newer version has run 1 "));
        another.append("shop", "both", "order", null, "{}");
        await()
            .atMost(SOON)
            .until(() -> before.runs("both").size() + after.runs("both").size() == 1);
      }

      hub.update("UPDATE hub_schema SET oldest_version = '0.2.0'");
      assertThatThrownBy(() -> start(TestHub.on(Store.POSTGRESQL).beside(hub), after))
          .hasStackTraceContaining("none before 0.2.0 may run on it")
          .hasStackTraceContaining("restore the backup that was made before the upgrade");
      hub.append("shop", "later", "order", null, "{}");
      await().atMost(SOON).until(() -> before.runs("later").size() == 1);
      assertThat(hub.query("SELECT count(*) FROM inbox_delivery WHERE status <> 'done'"))
          .isEqualTo(Optional.of("0"));
    }
  }

  private void migrateToNext(TestHub hub) {
    Map<String, String> database = hub.databaseSettings();
    Flyway.configure()
        .dataSource(
            database.get("hub.database.url"),
            database.get("hub.database.user"),
            database.get("hub.database.password"))
        .schemas("hub")
        .defaultSchema("hub")
        .locations("classpath:db/migration/postgresql", "filesystem:" + folder)
        .load()
        .migrate();
  }
}
