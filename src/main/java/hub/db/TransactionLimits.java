package hub.db;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;

/**
 * How long a transaction on PostgreSQL may wait before the database ends it. Zero leaves a limit of
 * the session as it is.
 *
 * @param idle between two statements; never less than the session's
 * @param lock for a lock
 * @param statement for one statement
 */
public record TransactionLimits(Duration idle, Duration lock, Duration statement) {
  public TransactionLimits {
    idle = idle.compareTo(PostgresSession.IDLE_TIMEOUT) < 0 ? PostgresSession.IDLE_TIMEOUT : idle;
  }

  /** Sets them as the first statement of a transaction. */
  void begin(Connection connection) throws SQLException {
    set(connection, idle.toMillis(), lock.toMillis(), statement.toMillis());
  }

  /** Gives what is left of the transaction the session's limits again. */
  void end(Connection connection) throws SQLException {
    set(
        connection,
        PostgresSession.IDLE_TIMEOUT.toMillis(),
        PostgresSession.LOCK_TIMEOUT.toMillis(),
        PostgresSession.STATEMENT_TIMEOUT.toMillis());
  }

  private void set(Connection connection, long idleMillis, long lockMillis, long statementMillis)
      throws SQLException {
    StringBuilder sql = new StringBuilder();
    if (idle.compareTo(PostgresSession.IDLE_TIMEOUT) > 0) {
      add(sql, "idle_in_transaction_session_timeout", idleMillis);
    }
    if (!lock.isZero()) {
      add(sql, "lock_timeout", lockMillis);
    }
    if (!statement.isZero()) {
      add(sql, "statement_timeout", statementMillis);
    }
    if (!sql.isEmpty()) {
      try (Statement all = connection.createStatement()) {
        all.execute(sql.toString());
      }
    }
  }

  private static void add(StringBuilder sql, String name, long millis) {
    sql.append("SET LOCAL ").append(name).append(" = ").append(millis).append(';');
  }
}
