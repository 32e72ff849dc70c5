package hub.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import hub.config.Settings;
import hub.testing.Store;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Statements of people, on either store. */
@Tag("postgres")
@Tag("waits")
class ReadOnlySqlTest {
  private static final String EVENT =
      """
      INSERT INTO inbox_event (id, source, provider_event_id, type, received_at, headers, payload, sequence)
      VALUES ('0195f3a0-0000-7000-8000-000000000001', 'shop', 'e1', 'order.paid', TIMESTAMP WITH TIME ZONE '2026-01-02 03:04:05+00', '{}', CAST('ab' AS %s), 1)
      """;

  @TempDir private Path folder;

  @ParameterizedTest
  @EnumSource(Store.class)
  void the_inbox_and_tables_of_own_migrations_are_read(Store store) throws Exception {
    try (Database database = open(store)) {
      ReadOnlySql sql = database.readOnlySql().orElseThrow();
      ReadOnlySql.Result events =
          sql.run(
              "select type, received_at, sequence, payload, ordering_key, id from inbox_event;");
      assertThat(events.columns())
          .containsExactly("type", "received_at", "sequence", "payload", "ordering_key", "id");
      assertThat(events.rows()).hasSize(1);
      assertThat(events.rows().get(0).subList(0, 2))
          .containsExactly("order.paid", "2026-01-02T03:04:05Z");
      assertThat(events.rows().get(0).get(3)).isEqualTo("6162");
      assertThat(events.rows().get(0).get(4)).isNull();
      assertThat(events.rows().get(0).get(5)).isEqualTo("0195f3a0-0000-7000-8000-000000000001");
      // Also a second time, with the same user.
      assertThat(sql.run("-- of ours; all\nWITH n AS (SELECT id FROM note) SELECT * FROM n").rows())
          .containsExactly(List.of(7));
      assertThat(sql.run("TABLE inbox_delivery").rows()).isEmpty();
      assertThat(sql.run("select * from inbox_lane, inbox_handler, subscription").isCut())
          .isFalse();
    }
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void what_holds_secrets_is_not_read_and_nothing_is_written(Store store) throws Exception {
    try (Database database = open(store)) {
      ReadOnlySql sql = database.readOnlySql().orElseThrow();
      for (String closed : ReadableTables.CLOSED) {
        assertThatThrownBy(() -> sql.run("select * from " + closed))
            .as(closed)
            .isInstanceOf(StoreRefusedException.class)
            .hasMessageContaining("inbox_event, inbox_handler")
            .hasMessageContaining("note");
      }
      for (String text :
          List.of(
              "delete from inbox_event",
              "select 1; delete from inbox_event",
              "/* select */ update note set id = 8",
              "")) {
        assertThatThrownBy(() -> sql.run(text))
            .as(text)
            .isInstanceOf(StoreRefusedException.class)
            .hasMessageMatching("It (is more than one|does not begin with).*");
      }
      for (String text : store == Store.H2 ? ofH2() : ofPostgres()) {
        assertThatThrownBy(() -> sql.run(text)).as(text).isInstanceOf(StoreRefusedException.class);
      }
      assertThat(sql.run("select id from note").rows()).containsExactly(List.of(7));
      assertThat(sql.run("select count(*) from inbox_event").rows()).containsExactly(List.of(1L));
    }
  }

  private static List<String> ofH2() {
    return List.of(
        "select * from final table (delete from note)",
        "select db_object_sql('USER', 'SA')",
        "select file_read('/etc/passwd')",
        "select * from csvread('/etc/passwd')",
        "select csvwrite('/tmp/hub-read-only-sql-test.csv', 'select 1')",
        "select * from link_schema('x', 'org.h2.Driver', 'jdbc:h2:mem:x', 'sa', '', 'PUBLIC')",
        "select * from \"flyway_schema_history\"");
  }

  private static List<String> ofPostgres() {
    return List.of(
        "with gone as (delete from note returning id) select * from gone",
        "select pg_read_file('/etc/passwd')",
        "select set_config('role', 'postgres', true), query_to_xml('select * from token', true, true, '')",
        "select lo_import('/etc/passwd')",
        "select * from pg_authid",
        "select * from flyway_schema_history");
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void more_than_a_thousand_rows_are_cut(Store store) throws Exception {
    try (Database database = open(store)) {
      String series = store == Store.H2 ? "system_range(1, %d)" : "generate_series(1, %d)";
      ReadOnlySql sql = database.readOnlySql().orElseThrow();
      ReadOnlySql.Result all = sql.run("select * from " + series.formatted(1_000));
      assertThat(all.rows()).hasSize(1_000);
      assertThat(all.isCut()).isFalse();
      ReadOnlySql.Result cut = sql.run("select * from " + series.formatted(1_001));
      assertThat(cut.rows()).hasSize(1_000);
      assertThat(cut.isCut()).isTrue();
      ReadOnlySql.Result text = sql.run("select repeat('x', 100000)");
      assertThat(text.rows().get(0).get(0).toString()).hasSize(4_097).endsWith("…");
      assertThat(text.isCut()).isTrue();
    }
  }

  /** A hub whose user owns its database and may not make users, as many companies want it. */
  @Test
  void without_the_right_to_make_users_the_one_of_the_docs_runs_statements() throws Exception {
    Map<String, String> settings = settings(Store.POSTGRESQL.fresh(folder));
    // An address that names a user goes before the setting.
    String url = settings.get("hub.database.url").replaceFirst("\\?.*", "");
    settings.put("hub.database.url", url);
    try (Connection owner = DriverManager.getConnection(url, "postgres", "postgres")) {
      execute(owner, "CREATE ROLE hub_app LOGIN PASSWORD 'app' NOSUPERUSER NOCREATEROLE");
      execute(owner, "ALTER DATABASE " + owner.getCatalog() + " OWNER TO hub_app");
      settings.put("hub.database.user", "hub_app");
      settings.put("hub.database.password", "app");
      assertThatThrownBy(() -> read(settings))
          .isInstanceOf(StoreRefusedException.class)
          .hasMessageContaining("may not make the user that statements run as")
          .hasMessageContaining("CREATE ROLE hub_reader LOGIN")
          .hasMessageContaining("hub.database.reader-user")
          .hasMessageContaining("ALTER ROLE \"hub_app\" CREATEROLE");

      settings.put("hub.database.reader-user", "hub_reader");
      settings.put("hub.database.reader-password", "correct-horse-battery-staple");
      assertThatThrownBy(() -> read(settings))
          .isInstanceOf(StoreRefusedException.class)
          .hasMessageContaining("CREATE ROLE \"hub_reader\" LOGIN");
      Matcher statement =
          Pattern.compile("```sql\n(CREATE ROLE [^`]+)```")
              .matcher(Files.readString(Path.of("src/docs/cli.md")));
      assertThat(statement.find()).isTrue();
      execute(owner, statement.group(1));
      try (Database database = open(settings)) {
        ReadOnlySql sql = database.readOnlySql().orElseThrow();
        assertThat(sql.run("select id from note").rows()).containsExactly(List.of(7));
        assertThat(sql.run("select current_user").rows()).containsExactly(List.of("hub_reader"));
        for (String closed : List.of("token", "login_session", "flyway_schema_history")) {
          assertThatThrownBy(() -> sql.run("select * from " + closed))
              .as(closed)
              .isInstanceOf(StoreRefusedException.class)
              .hasMessageContaining("permission denied");
        }
      }

      execute(owner, "ALTER ROLE hub_reader NOLOGIN");
      assertThatThrownBy(() -> read(settings))
          .isInstanceOf(StoreRefusedException.class)
          .hasMessageContaining("ALTER ROLE \"hub_reader\" LOGIN PASSWORD")
          .hasMessageNotContaining("correct-horse");

      settings.put("hub.database.reader-user", "hub_app");
      settings.put("hub.database.reader-password", "app");
      assertThatThrownBy(() -> read(settings))
          .isInstanceOf(StoreRefusedException.class)
          .hasMessageContaining("hub_app, who may change the table");
      execute(owner, "DROP OWNED BY hub_reader; DROP ROLE hub_reader");
      execute(
          owner, "REASSIGN OWNED BY hub_app TO postgres; DROP OWNED BY hub_app; DROP ROLE hub_app");
    }
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      boolean unused = statement.execute(sql);
    }
  }

  private static ReadOnlySql.Result read(Map<String, String> settings) throws SQLException {
    try (Database database = open(settings)) {
      return database.readOnlySql().orElseThrow().run("select id from note");
    }
  }

  /** Every table of the hub is either opened on purpose or closed. */
  @Test
  void no_table_of_the_hub_was_forgotten() throws IOException {
    Pattern made = Pattern.compile("(?i)create table (?:if not exists )?(\\w+)");
    try (Stream<Path> files = Files.list(Path.of("src/main/resources/db/migration/postgresql"))) {
      Set<String> tables = new TreeSet<>();
      for (Path file : files.toList()) {
        tables.addAll(
            made.matcher(Files.readString(file))
                .results()
                .map(one -> one.group(1))
                .collect(Collectors.toSet()));
      }
      tables.removeAll(
          Set.of(
              "inbox_event",
              "inbox_delivery",
              "inbox_lane",
              "inbox_handler",
              "inbox_arrival",
              "subscription"));
      assertThat(ReadableTables.CLOSED).containsAll(tables);
    }
  }

  private Database open(Store store) throws Exception {
    Database database = open(settings(store.migrated(folder.resolve("data"))));
    database.inTransaction(
        connection ->
            Jdbc.update(connection, EVENT.formatted(store == Store.H2 ? "varbinary" : "bytea")));
    return database;
  }

  private static Database open(Map<String, String> settings) {
    return Database.open(new Settings(key -> Optional.ofNullable(settings.get(key))));
  }

  /** A hub that has the table note beside its own. */
  private Map<String, String> settings(Map<String, String> database) throws IOException {
    Path migration = folder.resolve("routes/shop/migration/V1__note.sql");
    Files.createDirectories(migration.getParent());
    // Naming a table of the hub opens nothing.
    Files.writeString(
        migration,
        "CREATE TABLE note (id integer);\nINSERT INTO note (id) VALUES (7);\n-- create table token\n");
    Map<String, String> settings = new HashMap<>(database);
    settings.put("hub.data-dir", folder.resolve("data").toString());
    settings.put(
        "camel.main.routesIncludePattern", "file:" + folder.resolve("routes") + "/**/*.camel.yaml");
    return settings;
  }
}
