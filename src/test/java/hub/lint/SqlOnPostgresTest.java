package hub.lint;

import static org.assertj.core.api.Assertions.assertThat;

import hub.config.Settings;
import hub.lint.Fault.Level;
import hub.testing.Store;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("postgres")
class SqlOnPostgresTest {
  @TempDir private Path root;

  @Test
  void the_configured_database_is_asked_and_nothing_is_run() throws Exception {
    Map<String, String> database = Store.POSTGRESQL.migrated(root.resolve("data"));
    HubFolder hub = new HubFolder(root);
    hub.write("routes/shop/migration/V1__note.sql", "CREATE TABLE note (id varchar(64));\n");
    List<String> statements =
        List.of(
            "SELECT headers::jsonb->>'a' FROM inbox_event WHERE id = ANY(:#ids::uuid[])",
            "INSERT INTO inbox_tally (source, shard, stored, ignored) VALUES ('a', 1, 2, 3) RETURNING sourc",
            "SELECT id FROM inbox_evnt WHERE id = #",
            "SELECT id FROM note",
            "SELECT id FORM inbox_event",
            "SELECT no_such_function(1)",
            "DELETE FROM inbox_event");
    for (int i = 0; i < statements.size(); i++) {
      hub.route(
          "step-" + i,
          "timer:tick",
          "- to:\n    uri: \"sql:" + statements.get(i).replace("\"", "\\\"") + "\"\n");
    }
    Settings settings = new Settings(key -> Optional.ofNullable(database.get(key)));

    List<Fault> faults =
        Lint.report(
            root.resolve("routes"),
            root.resolve("application.properties"),
            settings,
            new LintOptions(Level.ERROR, true));

    assertThat(faults)
        .extracting(fault -> fault.level() + " " + fault)
        .containsExactly(
            "ERROR routes/shop/step-1.camel.yaml:8: the database has no column 'sourc'; correct its name",
            "ERROR routes/shop/step-2.camel.yaml:8: the database has no table 'inbox_evnt'; correct its name, or make it",
            "ERROR routes/shop/step-4.camel.yaml:8: the SQL has a syntax error near 'inbox_event'; correct it",
            "WARNING routes/shop/step-5.camel.yaml:8: the database does not take the SQL: function no_such_function(integer) does not exist; correct it, or give a parameter its type by CAST");
    try (Connection connection =
            DriverManager.getConnection(database.get("hub.database.url"), "postgres", "postgres");
        ResultSet row =
            connection.createStatement().executeQuery("SELECT count(*) FROM hub.inbox_tally")) {
      row.next();
      assertThat(row.getInt(1)).isZero();
    }
  }
}
