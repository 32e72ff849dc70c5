package hub.inbox.simulation;

import java.lang.reflect.Field;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicLong;
import org.h2.engine.SessionLocal;
import org.h2.jdbc.JdbcConnection;
import org.h2.mvstore.tx.Transaction;

/**
 * Lets a wait for a row of H2 end when its time is over. Once a transaction has had a statement
 * rolled back, such as one that found a row locked, H2 lets others try again for its locks without
 * an end; but here its owner goes on only when they give up.
 */
final class H2Locks {
  /** Of the transaction's state: that something of it has been rolled back. */
  private static final long HAS_ROLLBACK = 1L << 45;

  private static final Field STATE = state();

  private H2Locks() {}

  private static Field state() {
    try {
      Field state = Transaction.class.getDeclaredField("statusAndLogId");
      state.setAccessible(true);
      return state;
    } catch (NoSuchFieldException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Call it when a statement has failed. */
  static void makeWaitsEnd(Connection connection) throws SQLException {
    SessionLocal session = (SessionLocal) connection.unwrap(JdbcConnection.class).getSession();
    try {
      Transaction transaction = session.getTransaction();
      ((AtomicLong) STATE.get(transaction)).updateAndGet(state -> state & ~HAS_ROLLBACK);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(e);
    }
  }
}
