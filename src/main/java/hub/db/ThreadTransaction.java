package hub.db;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.springframework.jdbc.datasource.ConnectionHolder;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * A transaction that everything on its thread joins: Camel's {@code sql:} component, which finds it
 * by Spring's rules, and {@link Database#joining}. Not thread-safe.
 */
public final class ThreadTransaction extends ConnectionHolder {
  private final List<Object> kept = new ArrayList<>();

  /** Where {@link #rollBackTo} goes back to. */
  public record Mark(Savepoint savepoint, int kept) {}

  /** Work in such a transaction. */
  @FunctionalInterface
  public interface Work<T> {
    T in(ThreadTransaction transaction) throws SQLException;
  }

  private ThreadTransaction(Connection connection) {
    super(connection);
  }

  /** Runs {@code work} with {@code connection} bound to the thread; commits nothing. */
  static <T> T bound(DataSource pool, Connection connection, Work<T> work) throws SQLException {
    ThreadTransaction transaction = new ThreadTransaction(connection);
    TransactionSynchronizationManager.bindResource(pool, transaction);
    try {
      return work.in(transaction);
    } finally {
      TransactionSynchronizationManager.unbindResource(pool);
    }
  }

  /** Null outside of a transaction. */
  static ThreadTransaction currentOrNull(DataSource pool) {
    return (ThreadTransaction) TransactionSynchronizationManager.getResource(pool);
  }

  public Connection connection() {
    return getConnection();
  }

  /**
   * Lets the database end the transaction when one of its statements takes longer, or waits for a
   * lock for most of that time. PostgreSQL only: H2 would keep the limit for whoever gets the
   * connection next.
   */
  public void limitStatements(Duration limit) throws SQLException {
    limit(limit.toMillis() * 4 / 5 + "ms", limit.toMillis() + "ms");
  }

  /** Gives the remaining statements the session's time again. PostgreSQL only. */
  public void liftLimit() throws SQLException {
    limit(PostgresSession.LOCK_TIMEOUT, PostgresSession.STATEMENT_TIMEOUT);
  }

  private void limit(String ofLocks, String ofStatements) throws SQLException {
    try (Statement statement = connection().createStatement()) {
      statement.execute(
          "SET LOCAL lock_timeout = '%s'; SET LOCAL statement_timeout = '%s'"
              .formatted(ofLocks, ofStatements));
    }
  }

  /** Keeps what is to be done at the end, unless {@link #rollBackTo} takes it back. */
  public void keep(Object item) {
    kept.add(item);
  }

  /** What is kept of that type, in order. */
  public <T> List<T> kept(Class<T> type) {
    return kept.stream().filter(type::isInstance).map(type::cast).toList();
  }

  public Mark mark() throws SQLException {
    return new Mark(connection().setSavepoint(), kept.size());
  }

  /**
   * Undoes what was done since {@code mark}.
   *
   * @throws SQLException also when the transaction has ended, as after a deadlock
   */
  public void rollBackTo(Mark mark) throws SQLException {
    connection().rollback(mark.savepoint());
    kept.subList(mark.kept(), kept.size()).clear();
  }
}
