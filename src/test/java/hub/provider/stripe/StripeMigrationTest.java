package hub.provider.stripe;

import static org.assertj.core.api.Assertions.assertThat;

import hub.config.Settings;
import hub.db.Database;
import hub.db.Jdbc;
import hub.testing.Store;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Tag("postgres")
class StripeMigrationTest {
  private static final Path FILE = Path.of("routes/stripe/migration/V1__subscription.sql");

  private static final String COLUMNS =
      """
      SELECT column_name || ' ' || data_type || ' ' || is_nullable || ' ' || COALESCE(character_maximum_length, 0)
      FROM information_schema.columns WHERE lower(table_name) = 'subscription' ORDER BY 1
      """;

  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource(Store.class)
  void the_folder_makes_the_table_as_earlier_versions_did_and_leaves_theirs_alone(Store store)
      throws Exception {
    Map<String, String> settings = new HashMap<>(store.migrated(folder));
    settings.put("hub.data-dir", folder.toString());
    try (Database database =
        Database.open(new Settings(key -> Optional.ofNullable(settings.get(key))))) {
      execute(database, "INSERT INTO subscription (id, status) VALUES ('sub_1', 'active')");
      List<String> ofHub = columns(database);

      execute(database, Files.readString(FILE));
      assertThat(rows(database)).as("what is there stays").isEqualTo("1");

      execute(database, "DROP TABLE subscription");
      execute(database, Files.readString(FILE));
      assertThat(columns(database)).isNotEmpty().isEqualTo(ofHub);
      execute(database, "INSERT INTO subscription (id, account) VALUES ('sub_1', 'a')");
      execute(database, "INSERT INTO subscription (id, account) VALUES ('sub_1', 'b')");
      assertThat(rows(database)).as("an id of each account").isEqualTo("2");
    }
  }

  private static void execute(Database database, String sql) throws SQLException {
    database.inTransaction(
        connection -> {
          try (Statement statement = connection.createStatement()) {
            return statement.execute(sql);
          }
        });
  }

  private static List<String> columns(Database database) throws SQLException {
    return database.inTransaction(
        connection -> Jdbc.list(connection, COLUMNS, row -> row.getString(1)));
  }

  private static String rows(Database database) throws SQLException {
    return database.inTransaction(
        connection ->
            Jdbc.first(connection, "SELECT count(*) FROM subscription", row -> row.getString(1))
                .orElseThrow());
  }
}
