package hub.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;
import static org.awaitility.Awaitility.await;

import hub.config.Settings;
import hub.testing.LogLines;
import hub.testing.Store;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The store reports its state correctly. Slow: a server gets a test write every eight seconds. */
@Tag("postgres")
@Tag("slow")
@Tag("waits")
class StoreTruthTest {
  @TempDir Path folder;

  private Settings settings(Map<String, String> more) {
    Map<String, String> values = new HashMap<>(more);
    values.putIfAbsent("hub.data-dir", folder.resolve("data").toString());
    return new Settings(key -> Optional.ofNullable(values.get(key)));
  }

  private static int run(Database database, String sql) throws Exception {
    return database.inTransaction(
        connection -> {
          try (var statement = connection.createStatement()) {
            return statement.executeUpdate(sql);
          }
        });
  }

  private static long count(Database database, String sql) throws Exception {
    return database.inTransaction(
        connection -> {
          try (var statement = connection.createStatement();
              var row = statement.executeQuery(sql)) {
            row.next();
            return row.getLong(1);
          }
        });
  }

  @Test
  void an_empty_file_where_there_was_a_database_is_refused() throws Exception {
    try (Database database = Database.open(settings(Map.of()))) {
      run(database, "DROP ALL OBJECTS");
    }
    assertThatThrownBy(() -> Database.open(settings(Map.of())))
        .isInstanceOf(StoreRefusedException.class)
        .hasMessageContaining("has lost its tables")
        .hasMessageContaining("put back its newest backup");

    Path file = folder.resolve("data/hub.mv.db");
    Files.write(file, new byte[0]);

    assertThatThrownBy(() -> Database.open(settings(Map.of())))
        .isInstanceOf(StoreRefusedException.class)
        .hasMessageContaining("is empty")
        .hasMessageContaining("put back its newest backup");
    Files.delete(file);
    assertThatThrownBy(() -> Database.open(settings(Map.of()))).hasMessageContaining("is gone");
    Files.write(file, new byte[20_000]);
    assertThatThrownBy(() -> Database.open(settings(Map.of())))
        .isInstanceOf(StoreRefusedException.class);
  }

  @Test
  void every_file_of_the_data_folder_is_the_owners_alone() throws Exception {
    try (Database database = Database.open(settings(Map.of()))) {
      Path later = Files.writeString(folder.resolve("data/later"), "x");
      Path secret =
          Files.writeString(
              Files.createDirectories(folder.resolve("data/secrets")).resolve("KEY"), "x");
      await()
          .atMost(Duration.ofSeconds(20))
          .untilAsserted(
              () ->
                  assertThat(List.of(later, secret))
                      .extracting(Files::getPosixFilePermissions)
                      .extracting(PosixFilePermissions::toString)
                      .containsOnly("rw-------"));
      assertThat(database.trouble()).isEmpty();
    }
    try (Stream<Path> all = Files.list(folder.resolve("data"))) {
      assertThat(all)
          .allSatisfy(
              path ->
                  assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                      .isIn("rw-------", "rwx------"))
          .extracting(path -> path.getFileName().toString())
          .doesNotContain("hub.trace.db");
    }
  }

  @Test
  void a_version_that_must_not_run_on_a_newer_schema_is_refused() throws Exception {
    for (Store store : Store.values()) {
      Map<String, String> fresh = store.fresh(folder);
      try (Database database = Database.open(settings(fresh))) {
        run(database, "UPDATE hub_schema SET oldest_version = '0.10.0'");
      }
      assertThatThrownBy(() -> Database.open(settings(fresh)))
          .isInstanceOf(StoreRefusedException.class)
          .hasMessageContaining("none before 0.10.0 may run on it");
    }
  }

  @Test
  void a_database_with_somebodys_tables_in_public_is_no_hindrance() throws Exception {
    Map<String, String> fresh = Store.POSTGRESQL.fresh(folder);
    try (var connection =
            DriverManager.getConnection(fresh.get("hub.database.url"), "postgres", "postgres");
        var statement = connection.createStatement()) {
      statement.execute("CREATE TABLE theirs (id int)");
    }
    try (Database database = Database.open(settings(fresh))) {
      assertThat(
              count(database, "SELECT count(*) FROM hub.inbox_event WHERE current_schema()='hub'"))
          .isZero();
      assertThat(count(database, "SELECT count(*) FROM theirs")).isZero();
      assertThat(
              count(
                  database,
                  "SELECT count(*) FROM pg_settings WHERE name IN ('statement_timeout','lock_timeout') AND setting IN ('25000','15000')"))
          .isEqualTo(2);
    }
  }

  @Test
  void an_installation_in_public_goes_on_there() throws Exception {
    Map<String, String> fresh = new HashMap<>(Store.POSTGRESQL.fresh(folder));
    fresh.put("hub.database.schema", "public");
    Database.open(settings(fresh)).close();
    fresh.remove("hub.database.schema");
    try (Database database = Database.open(settings(fresh))) {
      assertThat(count(database, "SELECT count(*) FROM pg_namespace WHERE nspname = 'hub'"))
          .isZero();
    }
  }

  @Test
  void a_store_that_reads_and_cannot_write_is_in_trouble() throws Exception {
    Map<String, String> fresh = Store.POSTGRESQL.fresh(folder);
    try (Database database = Database.open(settings(fresh))) {
      String name = fresh.get("hub.database.url").replaceFirst(".*/([a-z0-9]+)\\?.*", "$1");
      run(database, "ALTER DATABASE " + name + " SET default_transaction_read_only = on");
      count(
          database,
          "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = '"
              + name
              + "' AND pid <> pg_backend_pid()");
      database
          .dataSource()
          .unwrap(com.zaxxer.hikari.HikariDataSource.class)
          .getHikariPoolMXBean()
          .softEvictConnections();
      await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> database.trouble().orElse("").contains("takes no write"));

      try (var connection =
              DriverManager.getConnection(
                  fresh.get("hub.database.url").replace("/" + name, "/postgres"),
                  "postgres",
                  "postgres");
          var statement = connection.createStatement()) {
        statement.execute("ALTER DATABASE " + name + " RESET default_transaction_read_only");
      }
      await().atMost(Duration.ofSeconds(20)).until(() -> database.trouble().isEmpty());
    }
  }

  @Test
  void the_program_knows_its_own_version() throws Exception {
    String pom = Files.readString(Path.of("pom.xml"));
    assertThat(pom.replaceFirst("(?s).*?<version>([^<]+)</version>.*", "$1"))
        .isEqualTo(Migrations.PROGRAM);
  }

  @Test
  void migrations_of_a_newer_version_that_permit_this_one_only_warn() throws Exception {
    for (Store store : Store.values()) {
      Map<String, String> fresh = new HashMap<>(store.fresh(folder));
      fresh.put("hub.data-dir", folder.resolve("newer-" + store).toString());
      try (Database database = Database.open(settings(fresh))) {
        run(
            database,
            "INSERT INTO \"flyway_schema_history\" (\"installed_rank\",\"version\",\"description\",\"type\",\"script\",\"installed_by\",\"execution_time\",\"success\") VALUES (99,'99','later','SQL','V99__later.sql','x',1,TRUE)");
      }
      try (LogLines lines = LogLines.of("hub.db");
          Database database = Database.open(settings(fresh))) {
        assertThat(database.ready()).isTrue();
        assertThat(lines.lines()).anyMatch(line -> line.startsWith("WARN store=newer"));
      }
    }
  }

  @Test
  void a_store_that_must_not_be_used_is_named_by_the_doctor_too() throws Exception {
    Database.open(settings(Map.of())).close();
    Files.delete(folder.resolve("data/hub.mv.db"));
    assertThat(StoreProbe.of(settings(Map.of())))
        .returns(StoreProbe.State.FAILED, StoreProbe::state)
        .extracting(StoreProbe::detail, STRING)
        .contains("is gone");
  }

  @Test
  void a_file_that_cannot_be_opened_is_told_with_what_to_look_at() throws Exception {
    Database.open(settings(Map.of())).close();
    assertThatThrownBy(() -> Database.open(settings(Map.of("hub.database.password", "another"))))
        .isInstanceOf(StoreRefusedException.class)
        .hasMessageContaining("DATABASE_PASSWORD")
        .hasMessageNotContaining("backup");
  }
}
