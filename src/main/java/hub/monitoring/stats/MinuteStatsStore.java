package hub.monitoring.stats;

import hub.call.policy.CallMinute;
import hub.db.Database;
import hub.inbox.engine.InboxMinute;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** The figures of all nodes, in the store. Thread-safe. */
public final class MinuteStatsStore {
  private static final String INSERT =
      """
      INSERT INTO figure
        (minute_at, node, received, done, dead, failed_attempts, unproven, handle_millis)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?)
      """;

  private static final String INSERT_CALLS =
      """
      INSERT INTO call_figure (minute_at, node, provider, calls, errors, breaker, call_millis)
      VALUES (?, ?, ?, ?, ?, ?, ?)
      """;

  /** By the primary key. Takes no locks. */
  private static final String SELECT =
      """
      SELECT minute_at, received, done, dead, failed_attempts, unproven, handle_millis
      FROM figure
      WHERE minute_at >= ? AND minute_at < ?
      """;

  /** By the primary key, each node's minutes in their order. Takes no locks. */
  private static final String SELECT_CALLS =
      """
      SELECT minute_at, node, provider, calls, errors, breaker, call_millis
      FROM call_figure
      WHERE minute_at >= ? AND minute_at < ?
      ORDER BY minute_at
      """;

  /** SQL state of a row that is there already. */
  private static final String DUPLICATE = "23505";

  /**
   * One minute of one node.
   *
   * @param unproven webhooks refused for signature or time
   */
  public record MinuteStats(Instant at, InboxMinute inbox, long unproven) {}

  /**
   * One minute of one node's calls to one provider.
   *
   * @param breaker 0 closed, 1 half-open, 2 open
   */
  public record CallFigure(Instant at, UUID node, String provider, CallMinute calls, int breaker) {}

  private final Database database;

  public MinuteStatsStore(Database database) {
    this.database = database;
  }

  /** Whether the store can be written to, for all that is known. */
  boolean ready() {
    return database.ready();
  }

  /** Writes what a node did, once, however often it says so. */
  public void add(UUID node, List<MinuteStats> figures, List<CallFigure> calls)
      throws SQLException {
    try {
      database.inTransaction(connection -> insert(connection, node, figures, calls));
    } catch (SQLException e) {
      // Written before, by a commit whose answer was lost.
      if (!DUPLICATE.equals(e.getSQLState())) {
        throw e;
      }
    }
  }

  private static Void insert(
      Connection connection, UUID node, List<MinuteStats> figures, List<CallFigure> calls)
      throws SQLException {
    try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
      for (MinuteStats figure : figures) {
        insert.setObject(1, figure.at().atOffset(ZoneOffset.UTC));
        insert.setObject(2, node);
        insert.setLong(3, figure.inbox().received());
        insert.setLong(4, figure.inbox().done());
        insert.setLong(5, figure.inbox().dead());
        insert.setLong(6, figure.inbox().failedAttempts());
        insert.setLong(7, figure.unproven());
        insert.setString(8, figure.inbox().handleMillis());
        insert.executeUpdate();
      }
    }
    try (PreparedStatement insert = connection.prepareStatement(INSERT_CALLS)) {
      for (CallFigure figure : calls) {
        insert.setObject(1, figure.at().atOffset(ZoneOffset.UTC));
        insert.setObject(2, node);
        insert.setString(3, figure.provider());
        insert.setLong(4, figure.calls().calls());
        insert.setLong(5, figure.calls().errors());
        insert.setInt(6, figure.breaker());
        insert.setString(7, figure.calls().millis());
        insert.executeUpdate();
      }
    }
    return null;
  }

  /** Of all nodes, from {@code since} on and before {@code until}. */
  public List<MinuteStats> figures(Instant since, Instant until) throws SQLException {
    return database.inTransaction(
        connection -> {
          List<MinuteStats> found = new ArrayList<>();
          try (PreparedStatement select = between(connection, SELECT, since, until);
              ResultSet row = select.executeQuery()) {
            while (row.next()) {
              found.add(
                  new MinuteStats(
                      row.getTimestamp(1).toInstant(),
                      new InboxMinute(
                          row.getLong(2),
                          row.getLong(3),
                          row.getLong(4),
                          row.getLong(5),
                          row.getString(7)),
                      row.getLong(6)));
            }
          }
          return found;
        });
  }

  /** Of all nodes, from {@code since} on and before {@code until}, in the order of time. */
  public List<CallFigure> calls(Instant since, Instant until) throws SQLException {
    return database.inTransaction(
        connection -> {
          List<CallFigure> found = new ArrayList<>();
          try (PreparedStatement select = between(connection, SELECT_CALLS, since, until);
              ResultSet row = select.executeQuery()) {
            while (row.next()) {
              found.add(
                  new CallFigure(
                      row.getTimestamp(1).toInstant(),
                      row.getObject(2, UUID.class),
                      row.getString(3),
                      new CallMinute(row.getLong(4), row.getLong(5), row.getString(7)),
                      row.getInt(6)));
            }
          }
          return found;
        });
  }

  private static PreparedStatement between(
      Connection connection, String sql, Instant since, Instant until) throws SQLException {
    PreparedStatement select = connection.prepareStatement(sql);
    select.setObject(1, since.atOffset(ZoneOffset.UTC));
    select.setObject(2, until.atOffset(ZoneOffset.UTC));
    return select;
  }

  /** Forgets what was before {@code end}. */
  void deleteBefore(Instant end) throws SQLException {
    database.inTransaction(
        connection -> {
          for (String table : List.of("figure", "call_figure")) {
            try (PreparedStatement delete =
                connection.prepareStatement("DELETE FROM " + table + " WHERE minute_at < ?")) {
              delete.setObject(1, end.atOffset(ZoneOffset.UTC));
              delete.executeUpdate();
            }
          }
          return null;
        });
  }
}
