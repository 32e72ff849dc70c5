package hub.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import hub.settings.Settings;
import hub.testing.Store;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the store says of itself is so. */
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
    Database.open(settings(Map.of())).close();
    Path file = folder.resolve("data/hub.mv.db");
    Files.write(file, new byte[0]);

    assertThatThrownBy(() -> Database.open(settings(Map.of())))
        .isInstanceOf(StoreRefused.class)
        .hasMessageContaining("is empty")
        .hasMessageContaining("put back its newest backup");
    Files.delete(file);
    assertThatThrownBy(() -> Database.open(settings(Map.of()))).hasMessageContaining("is gone");
    Files.write(file, new byte[20_000]);
    assertThatThrownBy(() -> Database.open(settings(Map.of())))
        .isInstanceOf(StoreRefused.class);
  }

  @Test
  void every_file_of_the_data_folder_is_the_owners_alone() throws Exception {
    try (Database database = Database.open(settings(Map.of()))) {
      Path later = Files.writeString(folder.resolve("data/later"), "x");
      await()
          .atMost(Duration.ofSeconds(20))
          .untilAsserted(
              () ->
                  assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(later)))
                      .isEqualTo("rw-------"));
      assertThat(database.trouble()).isEmpty();
    }
    try (Stream<Path> all = Files.list(folder.resolve("data"))) {
      assertThat(all.map(p -> p.getFileName().toString())).doesNotContain("hub.trace.db");
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
          .isInstanceOf(StoreRefused.class)
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
      database.dataSource().unwrap(com.zaxxer.hikari.HikariDataSource.class)
          .getHikariPoolMXBean().softEvictConnections();
      await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> database.trouble().orElse("").contains("takes no write"));
    }
  }

  @Test
  void a_full_disk_closes_the_store_until_there_is_room_and_loses_nothing() throws Exception {
    Path disk = Files.createDirectories(folder.resolve("disk"));
    Assumptions.assumeTrue(
        new ProcessBuilder("mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", disk.toString())
                .start()
                .waitFor()
            == 0);
    Path filler = disk.resolve("filler");
    int stored = 0;
    try (Database database =
        Database.open(settings(Map.of("hub.data-dir", disk.resolve("data").toString())))) {
      run(database, "CREATE TABLE kept (id int PRIMARY KEY, bytes varbinary)");
      fill(filler);
      int failed = 0;
      for (int i = 0; i < 400 && failed < 5; i++) {
        try {
          run(database, "INSERT INTO kept VALUES (" + i + ", SECURE_RAND(100000))");
          stored++;
        } catch (Exception e) {
          failed++;
        }
      }
      assertThat(failed).isEqualTo(5);
      assertThat(database.trouble()).isPresent();
      Files.delete(filler);
      long freed = System.nanoTime();
      await()
          .atMost(Duration.ofSeconds(10))
          .ignoreExceptions()
          .until(() -> run(database, "INSERT INTO kept VALUES (-1, X'00')") == 1);
      System.out.println("recovered ms " + (System.nanoTime() - freed) / 1_000_000 + " stored " + stored);
      assertThat(count(database, "SELECT count(*) FROM kept")).isGreaterThanOrEqualTo(stored + 1);
      await().atMost(Duration.ofSeconds(10)).until(() -> database.trouble().isEmpty());
    } finally {
      new ProcessBuilder("umount", "-l", disk.toString()).start().waitFor();
    }
  }

  private static void fill(Path file) throws Exception {
    try (OutputStream out = Files.newOutputStream(file)) {
      while (true) {
        out.write(new byte[65_536]);
      }
    } catch (java.io.IOException e) {
      // Full.
    }
  }
}
