package hub.db;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.h2.engine.SessionLocal;
import org.h2.jdbc.JdbcConnection;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.MVStoreException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the embedded database's file small. H2 never changes a page in place: every commit writes
 * new copies of the pages it touched, and with {@code WRITE_DELAY=0} H2's own housekeeping, which
 * would gather what is still alive and free the rest, does not run. This does it, in small steps,
 * because appends wait while a step runs, and only while something is written. It also makes the
 * disk take what the operating system holds, each second, and keeps the database open while the
 * pool has no connection.
 */
final class H2Upkeep implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(H2Upkeep.class);

  /**
   * How old a piece of the file must be before its space may be used again. H2's 45 s let a burst
   * take many times its size.
   */
  static final int RETENTION_MILLIS = 5_000;

  /** Live share of the file, in percent, below which it is worth gathering. */
  private static final int TARGET_FILL = 60;

  /** About 20 ms of work, which is what an append may have to wait. */
  private static final int STEP_BYTES = 1 << 20;

  private static final long BETWEEN_STEPS_MILLIS = 100;
  private static final long BETWEEN_LOOKS_MILLIS = 1_000;

  private final DataSource database;
  private final Thread thread;
  private final CountDownLatch closed = new CountDownLatch(1);

  /** Runs until closed, with one connection that it keeps. */
  H2Upkeep(DataSource database) {
    this.database = database;
    this.thread = new Thread(this::run, "store-upkeep");
    this.thread.setDaemon(true);
    this.thread.start();
  }

  private void run() {
    do {
      try (Connection connection = database.getConnection()) {
        look(storeOf(connection));
      } catch (SQLException | MVStoreException e) {
        LOG.debug("upkeep broke off", e);
      } catch (InterruptedException e) {
        return;
      }
    } while (goesOn());
  }

  private static MVStore storeOf(Connection connection) throws SQLException {
    SessionLocal session = (SessionLocal) connection.unwrap(JdbcConnection.class).getSession();
    return session.getDatabase().getStore().getMvStore();
  }

  /** What was written last can be gathered only when it is old enough. */
  private void look(MVStore store) throws InterruptedException {
    long seen = -1;
    long until = System.nanoTime();
    while (!closedWithin(0) && !store.isClosed()) {
      long written = store.getFileStore().getWriteCount();
      if (written != seen) {
        store.sync();
        seen = written;
        until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(2L * RETENTION_MILLIS);
      }
      if (until - System.nanoTime() > 0) {
        gather(store);
      }
      if (closedWithin(BETWEEN_LOOKS_MILLIS)) {
        return;
      }
    }
  }

  /** Steps for about the time between two looks. */
  private void gather(MVStore store) throws InterruptedException {
    long steps = BETWEEN_LOOKS_MILLIS / BETWEEN_STEPS_MILLIS;
    for (long i = 0; i < steps && store.compact(TARGET_FILL, STEP_BYTES); i++) {
      // Only when the copies are written do the originals become free.
      store.commit();
      if (closedWithin(BETWEEN_STEPS_MILLIS)) {
        return;
      }
    }
  }

  private boolean goesOn() {
    try {
      return !closedWithin(BETWEEN_LOOKS_MILLIS);
    } catch (InterruptedException e) {
      return false;
    }
  }

  private boolean closedWithin(long millis) throws InterruptedException {
    return closed.await(millis, TimeUnit.MILLISECONDS);
  }

  @Override
  public void close() {
    closed.countDown();
    try {
      // Not interrupted: H2 closes its file when a thread is interrupted in the midst of writing.
      thread.join(TimeUnit.SECONDS.toMillis(5));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
