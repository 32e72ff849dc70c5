package hub.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import hub.config.Settings;
import hub.testing.Store;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tables of one's own, by the files of {@code routes/NAME/migration}. */
@Tag("postgres")
@Tag("waits")
class OwnMigrationsTest {
  private static final String NOTE = "CREATE TABLE note (id integer PRIMARY KEY);\n";

  @TempDir private Path folder;
  private Map<String, String> settings;

  @BeforeEach
  void noRoutesYet() throws IOException {
    Files.createDirectories(folder.resolve("routes"));
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void each_runs_once_in_the_order_of_its_number_and_each_folder_counts_by_itself(Store store)
      throws Exception {
    write("shop/migration/V2__more.sql", "ALTER TABLE note ADD COLUMN text varchar(9);\n");
    write("shop/migration/V10__last.sql", "INSERT INTO note (id, text) VALUES (1, 'a');\n");
    write("shop/migration/V1__note.sql", NOTE);
    write("crm-2/migration/V1__customer.sql", "CREATE TABLE customer (id integer);\n");
    try (Database database = open(store)) {
      assertThat(count(database, "SELECT count(*) FROM note WHERE text = 'a'")).isEqualTo(1);
      assertThat(count(database, "SELECT count(*) FROM customer")).isZero();
      assertThat(
              count(
                  database,
                  "SELECT count(*) FROM \"crm-2_schema_history\" WHERE \"version\" = '1'"))
          .isEqualTo(1);
    }
    try (Database database = open(store)) {
      assertThat(count(database, "SELECT count(*) FROM note")).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void a_file_for_one_kind_of_database_goes_before_the_plain_one(Store store) throws Exception {
    write("shop/migration/V1__note.sql", "CREATE TABLE plain (id integer);\n");
    write("shop/migration/V1__note.h2.sql", "CREATE TABLE of_h2 (id integer);\n");
    write("shop/migration/V2__more.sql", "CREATE TABLE more (id integer);\n");
    String table = store == Store.H2 ? "of_h2" : "plain";
    try (Database database = open(store)) {
      assertThat(count(database, "SELECT count(*) FROM " + table)).isZero();
      assertThat(count(database, "SELECT count(*) FROM more")).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void one_that_was_changed_after_it_ran_stops_the_start(Store store) throws Exception {
    write("shop/migration/V1__note.sql", NOTE);
    open(store).close();
    write("shop/migration/V1__note.sql", NOTE + "-- more\n");
    assertThatThrownBy(() -> open(store))
        .isInstanceOf(StoreRefusedException.class)
        .hasMessage(
            file("shop/migration/V1__note.sql")
                + ": was changed after it had run; put it back as it was, and write what is new into a file of the next number");
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void one_with_a_lower_number_than_what_has_run_stops_the_start(Store store) throws Exception {
    write("shop/migration/V2__note.sql", NOTE);
    open(store).close();
    write("shop/migration/V1__late.sql", "CREATE TABLE late (id integer);\n");
    assertThatThrownBy(() -> open(store))
        .isInstanceOf(StoreRefusedException.class)
        .hasMessage(
            file("shop/migration/V1__late.sql")
                + ": one of a higher number has run already; give this one the next number");
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void one_that_fails_stops_the_start_with_its_line_and_runs_when_it_is_mended(Store store)
      throws Exception {
    write("shop/migration/V1__note.sql", NOTE + "\nINSERT INTO nowhere VALUES (1);\n");
    assertThatThrownBy(() -> open(store))
        .isInstanceOf(StoreRefusedException.class)
        .hasMessageStartingWith(file("shop/migration/V1__note.sql") + ":3: ")
        .message()
        .containsIgnoringCase("nowhere")
        .contains(
            store == Store.H2
                ? "H2 cannot take back what the statements before it in this file made"
                : "nothing of this file has stayed");
    write(
        "shop/migration/V1__note.sql",
        (store == Store.H2 ? "DROP TABLE note;\n" : "") + NOTE + "INSERT INTO note VALUES (1);\n");
    try (Database database = open(store)) {
      assertThat(count(database, "SELECT count(*) FROM note")).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void what_this_node_does_not_know_does_not_stop_it(Store store) throws Exception {
    write("shop/migration/V1__note.sql", NOTE);
    write("shop/migration/V2__more.sql", "CREATE TABLE more (id integer);\n");
    write("shop/migration/V3__most.sql", "CREATE TABLE most (id integer);\n");
    open(store).close();
    Files.delete(file("shop/migration/V1__note.sql"));
    Files.delete(file("shop/migration/V3__most.sql"));
    try (Database database = open(store)) {
      assertThat(count(database, "SELECT count(*) FROM more")).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void all_wrong_names_are_told_at_once(Store store) throws Exception {
    write("shop/migration/note.sql", NOTE);
    write("shop/migration/V1__a.sql", NOTE);
    write("shop/migration/V1__b.sql", NOTE);
    write("shop/migration/V2__c." + (store == Store.H2 ? "postgresql" : "h2") + ".sql", NOTE);
    write("shop/migration/.V3__d.sql.swp", "");
    assertThatThrownBy(() -> open(store))
        .isInstanceOf(StoreRefusedException.class)
        .message()
        .isEqualTo(
            """
            %s: is no name of a migration; write V<number>__<name>.sql, for one kind of database alone V<number>__<name>.h2.sql or .postgresql.sql
            %s: has the number of V1__a.sql; give it the next free one
            %s: nothing has this number for %s; add a file of the same number that ends in .%s.sql, which may be empty"""
                .formatted(
                    file("shop/migration/note.sql"),
                    file("shop/migration/V1__b.sql"),
                    file(
                        "shop/migration/V2__c."
                            + (store == Store.H2 ? "postgresql" : "h2")
                            + ".sql"),
                    store == Store.H2 ? "H2" : "PostgreSQL",
                    store == Store.H2 ? "h2" : "postgresql"));
  }

  @ParameterizedTest
  @EnumSource(value = Store.class, names = "H2", mode = EnumSource.Mode.EXCLUDE)
  void two_nodes_that_start_at_once_run_each_once(Store store) throws Exception {
    write("shop/migration/V1__note.sql", NOTE + "SELECT pg_sleep(0.2);\n");
    write("shop/migration/V2__row.sql", "INSERT INTO note VALUES (1);\n");
    Settings same = settings(store);
    List<CompletableFuture<Database>> nodes = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      nodes.add(CompletableFuture.supplyAsync(() -> Database.open(same)));
    }
    for (CompletableFuture<Database> node : nodes) {
      try (Database database = node.get()) {
        assertThat(count(database, "SELECT count(*) FROM note")).isEqualTo(1);
      }
    }
  }

  private void write(String path, String sql) throws IOException {
    Files.createDirectories(file(path).getParent());
    Files.writeString(file(path), sql);
  }

  private Path file(String path) {
    return folder.resolve("routes").resolve(path);
  }

  private Database open(Store store) {
    return Database.open(settings(store));
  }

  private Settings settings(Store store) {
    if (settings == null) {
      settings = new HashMap<>(store.migrated(folder.resolve("data")));
      settings.put("hub.data-dir", folder.resolve("data").toString());
      settings.put("camel.main.routesIncludePattern", "file:" + folder + "/routes/**/*.camel.yaml");
    }
    return new Settings(key -> Optional.ofNullable(settings.get(key)));
  }

  private static long count(Database database, String sql) throws SQLException {
    try (Connection connection = database.dataSource().getConnection();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getLong(1);
    }
  }
}
