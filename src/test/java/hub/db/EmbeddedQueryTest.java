package hub.db;

import static org.assertj.core.api.Assertions.assertThat;

import hub.config.Setting;
import hub.config.Settings;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedQueryTest {
  private static final String FIRST =
      "SELECT provider_event_id FROM inbox_event WHERE source IN ('a', 'b') LIMIT 1";

  @TempDir Path folder;

  @Test
  void a_query_that_is_run_again_begins_anew() throws SQLException {
    Settings settings =
        new Settings(
            key ->
                key.equals(Setting.DATA_DIR.key())
                    ? Optional.of(folder.toString())
                    : Optional.empty());
    try (Database database = Database.open(settings);
        Connection connection = database.dataSource().getConnection()) {
      try (Statement insert = connection.createStatement()) {
        for (String id : List.of("1", "2", "3")) {
          insert.executeUpdate(
              "INSERT INTO inbox_event (id, source, provider_event_id, type, ordering_key, received_at, headers, payload) VALUES (RANDOM_UUID(), 'a', '%s', 't', NULL, CURRENT_TIMESTAMP, '{}', X'00')"
                  .formatted(id));
        }
      }
      List<String> answers = new ArrayList<>();
      for (int run = 0; run < 4; run++) {
        answers.add(first(connection));
      }
      assertThat(answers).containsOnly(answers.get(0));

      try (Statement delete = connection.createStatement()) {
        delete.executeUpdate("DELETE FROM inbox_event");
      }
      assertThat(first(connection)).isEqualTo("nothing");
    }
  }

  private static String first(Connection connection) throws SQLException {
    try (Statement query = connection.createStatement();
        ResultSet row = query.executeQuery(FIRST)) {
      return row.next() ? row.getString(1) : "nothing";
    }
  }
}
