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

/** The running inbox, shared by all producers and consumers of the component. */
public final class Inbox {
  private static final Logger LOG = LoggerFactory.getLogger(Inbox.class);
  private static final int COUNT_SHARDS = 16;
  private static final long LISTENER_CLOSE_MILLIS = 3_000;
  private static final long WRITER_CLOSE_MILLIS = 10_000;

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

  /** Only one event at a time is recovered after a crash: it may be the one that caused it. */
  private final Semaphore recoveryPermit = new Semaphore(1);

  private final LeasedBytes leasedBytes = LeasedBytes.ofHeap(Runtime.getRuntime().maxMemory());

  public Inbox(
      Database database,
      Settings settings,
      Handlers handlers,
      ExecutorService callbacks,
      InboxMetrics metrics,
      Clock clock)
      throws SQLException {
    this.database = database;
    this.settings = settings;
    this.handlers = handlers;
    this.metrics = metrics;
    boolean postgres = database.dialect() == Dialect.POSTGRESQL;
    this.store =
        postgres
            ? new PostgresInbox(
                (short) ThreadLocalRandom.current().nextInt(COUNT_SHARDS), handlers::isOrdered)
            : new H2Inbox(handlers::isOrdered);
    if (database.ready()) {
      int released = database.inTransaction(store::releaseAll);
      if (released > 0) {
        LOG.info("inbox=start released={}: events that the last run left unfinished", released);
      }
    }
    this.storeOutage = new StoreOutage(database::requireWrite, System::nanoTime);
    EventIds ids = new EventIds(clock);
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

  LeasedBytes leasedBytes() {
    return leasedBytes;
  }

  public Semaphore recoveryPermit() {
    return recoveryPermit;
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

  public StoreOutage storeOutage() {
    return storeOutage;
  }

  public EventWriter eventWriter() {
    return eventWriter;
  }

  public OutcomeWriter outcomeWriter() {
    return outcomeWriter;
  }

  /** Writes all that waits, within the time that {@code gracefulStop} leaves. */
  public void close(GracefulStop gracefulStop) {
    if (notifyListener != null) {
      notifyListener.close(gracefulStop.limit(LISTENER_CLOSE_MILLIS));
    }
    storeOutage.close();
    eventWriter.close(gracefulStop.limit(WRITER_CLOSE_MILLIS));
    outcomeWriter.close(gracefulStop.limit(WRITER_CLOSE_MILLIS));
  }
}
