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

  /** Of each statement. */
  private final List<Answer> answers = new ArrayList<>();

  @FunctionalInterface
  private interface Answer {
    void read(ResultSet rows) throws SQLException;
  }

  /**
   * Adds a statement.
   *
   * @param sql without a semicolon
   * @param values its parameters, as {@link Jdbc} takes them
   */
  public RoundTrip add(String sql, Object... values) {
    return add(sql, rows -> {}, values);
  }

  /**
   * Adds a statement whose rows are read.
   *
   * @param sql without a semicolon
   * @param values its parameters, as {@link Jdbc} takes them
   * @return all its rows, in their order; empty until {@link #run}
   */
  public <T> List<T> read(RowReader<T> reader, String sql, Object... values) {
    List<T> read = new ArrayList<>();
    add(
        sql,
        rows -> {
          while (rows.next()) {
            read.add(reader.read(rows));
          }
        },
        values);
    return read;
  }

  private RoundTrip add(String sql, Answer answer, Object... values) {
    statements.add(sql);
    answers.add(answer);
    parameters.addAll(Arrays.asList(values));
    return this;
  }

  /** Runs the statements that were added. */
  public void run(Connection connection) throws SQLException {
    try (PreparedStatement all = connection.prepareStatement(String.join(";\n", statements))) {
      Jdbc.bind(all, parameters.toArray());
      all.execute();
      for (Answer answer : answers) {
        try (ResultSet rows = all.getResultSet()) {
          if (rows != null) {
            answer.read(rows);
          }
        }
        all.getMoreResults();
      }
    }
  }
}
