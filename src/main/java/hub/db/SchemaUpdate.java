package hub.db;

import hub.util.DaemonThreads;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.flywaydb.core.api.FlywayException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Migrates the schema once: at the start, or in the background as soon as the store can be reached.
 * Thread-safe.
 */
final class SchemaUpdate {
  private static final Logger LOG = LoggerFactory.getLogger(Database.class);

  private final StoreConfig config;
  private final Migrations migrations;
  private final OwnMigrations own;
  private final CountDownLatch done = new CountDownLatch(1);
  private volatile boolean closed;

  SchemaUpdate(StoreConfig config) {
    this.config = config;
    this.migrations = new Migrations(config.dialect(), config.migrating(), config.session());
    this.own =
        new OwnMigrations(config.dialect(), config.migrating(), config.session(), config.routes());
  }

  /**
   * Migrates, or starts a thread for it while the store cannot be reached.
   *
   * @param existed whether the embedded database's file was there before
   * @throws StoreRefusedException when the store must not be used as it is
   * @throws FlywayException when the store can be reached but reports an error
   */
  void start(boolean existed) {
    try {
      if (existed && config.embedded().isPresent() && migrations.isNew()) {
        config.folder().refuseEmptied();
      }
      run();
    } catch (FlywayException e) {
      if (!isUnreachable(e)) {
        throw e;
      }
      LOG.warn(
          "store=unreachable: events are answered 503 until it is back ({})",
          e.getMessage().lines().findFirst().orElse(""));
      DaemonThreads.named("store-migrate", this::runUntilDone).start();
    }
  }

  private void run() {
    migrations.run();
    own.run();
    done.countDown();
  }

  private void runUntilDone() {
    String lastLogged = "";
    while (!closed) {
      try {
        run();
        LOG.info("store=reachable: schema is up to date");
        return;
      } catch (FlywayException | StoreRefusedException e) {
        String message = String.valueOf(e.getMessage());
        if (!isUnreachable(e) && !message.equals(lastLogged)) {
          LOG.error("store=refused, trying again: {}", message);
          lastLogged = message;
        }
        try {
          TimeUnit.SECONDS.sleep(1);
        } catch (InterruptedException interrupted) {
          Thread.currentThread().interrupt();
          return;
        }
      }
    }
  }

  private static boolean isUnreachable(Throwable error) {
    for (Throwable t = error; t != null; t = t.getCause()) {
      if (t instanceof SQLException sql
          && (SqlStates.isUnreachable(sql)
              || (t instanceof SQLTransientConnectionException && t.getCause() == null))) {
        return true;
      }
    }
    return false;
  }

  /**
   * Runs migrations of one's own that have come since.
   *
   * @throws StoreRefusedException as {@link OwnMigrations#run}
   */
  void runNew() {
    own.run();
  }

  boolean isDone() {
    return done.getCount() == 0;
  }

  /** Waits until it is done; false when {@code millis} passed first. */
  boolean await(long millis) throws InterruptedException {
    return done.await(millis, TimeUnit.MILLISECONDS);
  }

  /** Gives up if it is not done yet. */
  void close() {
    closed = true;
  }
}
