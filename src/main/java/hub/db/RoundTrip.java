package hub.db;

import hub.db.Jdbc.RowReader;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Sends several statements to PostgreSQL at once instead of waiting for each one's answer. They
 * still run one after another: each sees what others have committed before it began, and after one
 * that fails none runs. Not thread-safe.
 */
public final class RoundTrip {
  private final List<String> statements = new ArrayList<>();
  private final List<Object> parameters = new ArrayList<>();

  /**
   * Adds a statement.
   *
   * @param sql without a semicolon
   * @param values its parameters, as {@link Jdbc} takes them
   */
  public RoundTrip add(String sql, Object... values) {
    statements.add(sql);
    parameters.addAll(Arrays.asList(values));
    return this;
  }

  /**
   * Runs the statements that were added.
   *
   * @param asked the place of the statement whose rows are read, from 0
   * @return all its rows, in their order
   */
  public <T> List<T> list(Connection connection, int asked, RowReader<T> reader)
      throws SQLException {
    try (PreparedStatement all = connection.prepareStatement(String.join(";\n", statements))) {
      Jdbc.bind(all, parameters.toArray());
      all.execute();
      for (int i = 0; i < asked; i++) {
        all.getMoreResults();
      }
      List<T> rows = new ArrayList<>();
      try (ResultSet row = all.getResultSet()) {
        while (row.next()) {
          rows.add(reader.read(row));
        }
      }
      return rows;
    }
  }
}
