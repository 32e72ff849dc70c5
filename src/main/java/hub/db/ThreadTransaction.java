package hub.db;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
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
