package hub.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import hub.config.Settings;
import hub.db.SchemaHistory.Migration;
import hub.testing.Store;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.flywaydb.core.api.FlywayException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Tag("postgres")
class SchemaHistoryTest {
  @TempDir private Path folder;

  private Settings settings(Store store) {
    Map<String, String> values = new HashMap<>(store.fresh(folder));
    values.put("hub.data-dir", folder.toString());
    return new Settings(key -> Optional.ofNullable(values.get(key)));
  }

  private static SchemaHistory history(Database database) throws SQLException {
    try (Connection connection = database.dataSource().getConnection()) {
      return SchemaHistory.read(connection, connection.getSchema());
    }
  }

  private static void run(Database database, String sql) throws SQLException {
    database.inTransaction(connection -> Jdbc.update(connection, sql));
  }

  @ParameterizedTest
  @EnumSource
  void a_migrated_schema_is_current_by_one_look_and_its_newest_version_is_known(Store store)
      throws Exception {
    try (Database database = Database.open(settings(store))) {
      assertThat(history(database).isCurrent(database.dialect())).isTrue();
      Path files = Path.of("src/main/resources/db/migration", database.dialect().folder());
      try (Stream<Path> all = Files.list(files)) {
        assertThat(all).as("NEWEST is the newest").hasSize(SchemaHistory.NEWEST);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_schema_that_lacks_one_or_has_one_more_or_one_that_failed_is_not_current(Store store)
      throws Exception {
    try (Database database = Database.open(settings(store))) {
      List<Migration> applied = history(database).applied();
      List<Migration> more = new ArrayList<>(applied);
      more.add(applied.get(0));
      List<Migration> failed = new ArrayList<>(applied);
      Migration last = failed.remove(SchemaHistory.NEWEST - 1);
      failed.add(new Migration(last.version(), last.script(), last.checksum(), false));

      assertThat(
              List.of(
                  applied.subList(1, applied.size()),
                  applied.subList(0, applied.size() - 1),
                  more,
                  failed))
          .noneMatch(other -> new SchemaHistory(other).isCurrent(database.dialect()));
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_migration_that_ran_otherwise_still_stops_the_start(Store store) throws Exception {
    Settings settings = settings(store);
    try (Database database = Database.open(settings)) {
      run(
          database,
          "UPDATE \"flyway_schema_history\" SET \"checksum\" = 1 WHERE \"version\" = '2'");
    }
    assertThatThrownBy(() -> Database.open(settings))
        .isInstanceOf(FlywayException.class)
        .hasMessageContaining("checksum mismatch");
  }
}
