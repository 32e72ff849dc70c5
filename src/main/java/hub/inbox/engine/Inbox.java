package hub.inbox.engine;

import hub.config.Setting;
import hub.config.Settings;
import hub.db.Database;
import hub.db.Dialect;
import hub.inbox.db.EventIds;
import hub.inbox.db.H2Inbox;
import hub.inbox.db.InboxStore;
import hub.inbox.db.PostgresInbox;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The running inbox: what producers and consumers of the component share. */
public final class Inbox {
  private static final Logger LOG = LoggerFactory.getLogger(Inbox.class);
  private static final int TALLY_SHARDS = 16;
  private static final long WAKEUPS_MILLIS = 3_000;
  private static final long COMMIT_MILLIS = 10_000;

  private final Database database;
  private final Settings settings;
  private final InboxStore store;
  private final Handlers handlers;
  private final EventWriter eventWriter;
  private final OutcomeWriter outcomeWriter;
  private final NotifyListener notifyListener;
  private final InboxMetrics metrics;
  private final Postponements postponements = new Postponements(Duration.ofMinutes(1));
  private final StoreOutage storeOutage;

  /** Of all that is handled again after a crash, one at a time may be the one that caused it. */
  private final Semaphore alone = new Semaphore(1);

  private final LeasedBytes bytes = LeasedBytes.ofHeap(Runtime.getRuntime().maxMemory());

  public Inbox(
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
    this.storeOutage = new StoreOutage(database::requireWrite, System::nanoTime);
    EventIds ids = new EventIds(Clock.systemUTC());
    this.eventWriter =
        new EventWriter(
            database,
            store,
            handlers,
            ids,
            callbacks,
            metrics,
            storeOutage,
            settings.count(Setting.QUEUE_EVENTS));
    this.outcomeWriter = new OutcomeWriter(database, store, metrics, storeOutage);
    this.notifyListener = postgres ? new NotifyListener(database, handlers, storeOutage) : null;
  }

  LeasedBytes bytes() {
    return bytes;
  }

  public Semaphore alone() {
    return alone;
  }

  public Database database() {
    return database;
  }

  public Settings settings() {
    return settings;
  }

  public InboxStore store() {
    return store;
  }

  Handlers handlers() {
    return handlers;
  }

  public Postponements postponements() {
    return postponements;
  }

  public InboxMetrics metrics() {
    return metrics;
  }

  public StoreOutage outage() {
    return storeOutage;
  }

  public EventWriter appender() {
    return eventWriter;
  }

  public OutcomeWriter finisher() {
    return outcomeWriter;
  }

  /** Writes what waits; {@code stopping} says how long that may take. */
  public void close(GracefulStop gracefulStop) {
    if (notifyListener != null) {
      notifyListener.close(gracefulStop.atMost(WAKEUPS_MILLIS));
    }
    storeOutage.close();
    eventWriter.close(gracefulStop.atMost(COMMIT_MILLIS));
    outcomeWriter.close(gracefulStop.atMost(COMMIT_MILLIS));
  }
}
