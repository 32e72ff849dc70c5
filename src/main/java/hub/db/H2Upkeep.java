package hub.db;

import hub.util.DaemonThreads;
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
 * new copies of the pages it changed. H2's own compaction does not run with {@code WRITE_DELAY=0},
 * so this class compacts the file: in small steps, because appends wait during a step, and only
 * while there are writes. It also flushes the file to the disk each second, and keeps the database
 * open while the pool has no connection.
 */
final class H2Upkeep implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(H2Upkeep.class);

  /**
   * How old a chunk of the file must be before H2 may reuse its space. With H2's default of 45 s a
   * burst of events takes many times its size.
   */
  static final int RETENTION_MILLIS = 5_000;

  /** Compacts while less than this share of the file is in use, in percent. */
  private static final int TARGET_FILL = 60;

  /** About 20 ms of work; an append may have to wait that long. */
  private static final int STEP_BYTES = 1 << 20;

  private static final long BETWEEN_STEPS_MILLIS = 100;
  private static final long BETWEEN_CHECKS_MILLIS = 1_000;

  private final DataSource database;
  private final Thread thread;
  private final CountDownLatch closed = new CountDownLatch(1);

  /** Runs until closed, with one connection of its own. */
  H2Upkeep(DataSource database) {
    this.database = database;
    this.thread = DaemonThreads.named("store-upkeep", this::run);
    this.thread.start();
  }

  private void run() {
    do {
      try (Connection connection = database.getConnection()) {
        watch(storeOf(connection));
      } catch (SQLException | MVStoreException e) {
        LOG.debug("upkeep failed", e);
      } catch (InterruptedException e) {
        return;
      }
    } while (awaitNextTry());
  }

  private static MVStore storeOf(Connection connection) throws SQLException {
    SessionLocal session = (SessionLocal) connection.unwrap(JdbcConnection.class).getSession();
    return session.getDatabase().getStore().getMvStore();
  }

  /** Goes on for twice the retention time after a write: younger chunks cannot be freed yet. */
  private void watch(MVStore store) throws InterruptedException {
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
        compact(store);
      }
      if (closedWithin(BETWEEN_CHECKS_MILLIS)) {
        return;
      }
    }
  }

  /** Takes steps for about the time between two checks. */
  private void compact(MVStore store) throws InterruptedException {
    long steps = BETWEEN_CHECKS_MILLIS / BETWEEN_STEPS_MILLIS;
    for (long i = 0; i < steps && store.compact(TARGET_FILL, STEP_BYTES); i++) {
      // The old pages become free only after their copies are written.
      store.commit();
      if (closedWithin(BETWEEN_STEPS_MILLIS)) {
        return;
      }
    }
  }

  private boolean awaitNextTry() {
    try {
      return !closedWithin(BETWEEN_CHECKS_MILLIS);
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
      // Not interrupted: H2 closes its file when a thread is interrupted while it writes.
      thread.join(TimeUnit.SECONDS.toMillis(5));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
