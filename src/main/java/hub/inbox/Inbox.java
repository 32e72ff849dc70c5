package hub.inbox;

import hub.settings.Setting;
import hub.settings.Settings;
import hub.store.Database;
import hub.store.Dialect;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The running inbox: what producers and consumers of the component share. */
final class Inbox {
  private static final Logger LOG = LoggerFactory.getLogger(Inbox.class);
  private static final int TALLY_SHARDS = 16;
  private static final long WAKEUPS_MILLIS = 3_000;
  private static final long COMMIT_MILLIS = 10_000;

  private final Database database;
  private final Settings settings;
  private final InboxStore store;
  private final Handlers handlers;
  private final Appender appender;
  private final Finisher finisher;
  private final Wakeups wakeups;
  private final InboxMetrics metrics;
  private final Postponements postponements = new Postponements(Duration.ofMinutes(1));
  private final Outage outage;

  /** Of all that is handled again after a crash, one at a time may be the one that caused it. */
  private final Semaphore alone = new Semaphore(1);

  private final HeldBytes bytes = HeldBytes.ofHeap(Runtime.getRuntime().maxMemory());

  Inbox(
      Database database,
      Settings settings,
      Handlers handlers,
      ExecutorService callbacks,
      InboxMetrics metrics)
      throws SQLException {
    this.database = database;
    this.settings = settings;
    this.handlers = handlers;
    this.metrics = metrics;
    boolean postgres = database.dialect() == Dialect.POSTGRESQL;
    this.store =
        postgres
            ? new PostgresInbox((short) ThreadLocalRandom.current().nextInt(TALLY_SHARDS))
            : new H2Inbox(handlers::isOrdered);
    if (database.ready()) {
      int released = database.inTransaction(store::releaseAll);
      if (released > 0) {
        LOG.info("inbox=start released={}: events that the last run left unfinished", released);
      }
    }
    this.outage = new Outage(database::requireWrite, System::nanoTime);
    EventIds ids = new EventIds(Clock.systemUTC());
    this.appender =
        new Appender(
            database,
            store,
            handlers,
            ids,
            callbacks,
            metrics,
            outage,
            settings.count(Setting.QUEUE_EVENTS));
    this.finisher = new Finisher(database, store, metrics, outage);
    this.wakeups = postgres ? new Wakeups(database, handlers, outage) : null;
  }

  HeldBytes bytes() {
    return bytes;
  }

  Semaphore alone() {
    return alone;
  }

  Database database() {
    return database;
  }

  Settings settings() {
    return settings;
  }

  InboxStore store() {
    return store;
  }

  Handlers handlers() {
    return handlers;
  }

  Postponements postponements() {
    return postponements;
  }

  InboxMetrics metrics() {
    return metrics;
  }

  Outage outage() {
    return outage;
  }

  Appender appender() {
    return appender;
  }

  Finisher finisher() {
    return finisher;
  }

  /** Writes what waits; {@code stopping} says how long that may take. */
  void close(Stopping stopping) {
    if (wakeups != null) {
      wakeups.close(stopping.atMost(WAKEUPS_MILLIS));
    }
    outage.close();
    appender.close(stopping.atMost(COMMIT_MILLIS));
    finisher.close(stopping.atMost(COMMIT_MILLIS));
  }
}
