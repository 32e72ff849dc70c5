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

/**
 * The minute statistics of all nodes: the tables {@code figure} and {@code call_figure}.
 * Thread-safe.
 */
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

  /** By the primary key, the minutes of a node in order. Takes no locks. */
  private static final String SELECT_CALLS =
      """
      SELECT minute_at, node, provider, calls, errors, breaker, call_millis
      FROM call_figure
      WHERE minute_at >= ? AND minute_at < ?
      ORDER BY minute_at
      """;

  /** SQLSTATE of a row that exists already. */
  private static final String DUPLICATE = "23505";

  /**
   * One minute of one node.
   *
   * @param signatureFailures webhooks refused for their signature or timestamp
   */
  public record MinuteStats(Instant at, InboxMinute inbox, long signatureFailures) {}

  /**
   * One minute of one node's calls to one provider.
   *
   * @param breaker 0 closed, 1 half-open, 2 open
   */
  public record CallMinuteStats(
      Instant at, UUID node, String provider, CallMinute calls, int breaker) {}

  private final Database database;

  public MinuteStatsStore(Database database) {
    this.database = database;
  }

  /** Whether the database is believed to accept writes. */
  boolean ready() {
    return database.ready();
  }

  /** Writes minutes of a node. Idempotent: writing the same minutes again changes nothing. */
  public void add(UUID node, List<MinuteStats> minutes, List<CallMinuteStats> calls)
      throws SQLException {
    try {
      database.inTransaction(connection -> insert(connection, node, minutes, calls));
    } catch (SQLException e) {
      // An earlier commit succeeded but its answer was lost.
      if (!DUPLICATE.equals(e.getSQLState())) {
        throw e;
      }
    }
  }

  private static Void insert(
      Connection connection, UUID node, List<MinuteStats> minutes, List<CallMinuteStats> calls)
      throws SQLException {
    try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
      for (MinuteStats stats : minutes) {
        insert.setObject(1, stats.at().atOffset(ZoneOffset.UTC));
        insert.setObject(2, node);
        insert.setLong(3, stats.inbox().received());
        insert.setLong(4, stats.inbox().done());
        insert.setLong(5, stats.inbox().dead());
        insert.setLong(6, stats.inbox().failedAttempts());
        insert.setLong(7, stats.signatureFailures());
        insert.setString(8, stats.inbox().handleMillis());
        insert.executeUpdate();
      }
    }
    try (PreparedStatement insert = connection.prepareStatement(INSERT_CALLS)) {
      for (CallMinuteStats stats : calls) {
        insert.setObject(1, stats.at().atOffset(ZoneOffset.UTC));
        insert.setObject(2, node);
        insert.setString(3, stats.provider());
        insert.setLong(4, stats.calls().calls());
        insert.setLong(5, stats.calls().errors());
        insert.setInt(6, stats.breaker());
        insert.setString(7, stats.calls().millis());
        insert.executeUpdate();
      }
    }
    return null;
  }

  /** The minutes of all nodes, from {@code since} on and before {@code until}. */
  public List<MinuteStats> minutes(Instant since, Instant until) throws SQLException {
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

  /** The calls of all nodes, from {@code since} on and before {@code until}, oldest first. */
  public List<CallMinuteStats> calls(Instant since, Instant until) throws SQLException {
    return database.inTransaction(
        connection -> {
          List<CallMinuteStats> found = new ArrayList<>();
          try (PreparedStatement select = between(connection, SELECT_CALLS, since, until);
              ResultSet row = select.executeQuery()) {
            while (row.next()) {
              found.add(
                  new CallMinuteStats(
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

  /** Deletes the minutes before {@code end}. */
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
