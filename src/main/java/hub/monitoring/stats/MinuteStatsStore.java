package hub.monitoring.stats;

import hub.call.policy.CallMinute;
import hub.db.Database;
import hub.db.Jdbc;
import hub.db.SqlStates;
import hub.inbox.engine.InboxMinute;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
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
      if (!SqlStates.isUniqueViolation(e)) {
        throw e;
      }
    }
  }

  private static Void insert(
      Connection connection, UUID node, List<MinuteStats> minutes, List<CallMinuteStats> calls)
      throws SQLException {
    try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
      for (MinuteStats stats : minutes) {
        Jdbc.update(
            insert,
            stats.at(),
            node,
            stats.inbox().received(),
            stats.inbox().done(),
            stats.inbox().dead(),
            stats.inbox().failedAttempts(),
            stats.signatureFailures(),
            stats.inbox().handleMillis());
      }
    }
    try (PreparedStatement insert = connection.prepareStatement(INSERT_CALLS)) {
      for (CallMinuteStats stats : calls) {
        Jdbc.update(
            insert,
            stats.at(),
            node,
            stats.provider(),
            stats.calls().calls(),
            stats.calls().errors(),
            stats.breaker(),
            stats.calls().millis());
      }
    }
    return null;
  }

  /** The minutes of all nodes, from {@code since} on and before {@code until}. */
  public List<MinuteStats> minutes(Instant since, Instant until) throws SQLException {
    return database.inTransaction(
        connection -> Jdbc.list(connection, SELECT, MinuteStatsStore::minute, since, until));
  }

  private static MinuteStats minute(ResultSet row) throws SQLException {
    return new MinuteStats(
        row.getTimestamp(1).toInstant(),
        new InboxMinute(
            row.getLong(2), row.getLong(3), row.getLong(4), row.getLong(5), row.getString(7)),
        row.getLong(6));
  }

  /** The calls of all nodes, from {@code since} on and before {@code until}, oldest first. */
  public List<CallMinuteStats> calls(Instant since, Instant until) throws SQLException {
    return database.inTransaction(
        connection -> Jdbc.list(connection, SELECT_CALLS, MinuteStatsStore::call, since, until));
  }

  private static CallMinuteStats call(ResultSet row) throws SQLException {
    return new CallMinuteStats(
        row.getTimestamp(1).toInstant(),
        row.getObject(2, UUID.class),
        row.getString(3),
        new CallMinute(row.getLong(4), row.getLong(5), row.getString(7)),
        row.getInt(6));
  }

  /** Deletes the minutes before {@code end}. */
  void deleteBefore(Instant end) throws SQLException {
    database.inTransaction(
        connection -> {
          for (String table : List.of("figure", "call_figure")) {
            Jdbc.update(connection, "DELETE FROM " + table + " WHERE minute_at < ?", end);
          }
          return null;
        });
  }
}
