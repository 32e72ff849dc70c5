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
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The running inbox, shared by all producers and consumers of the component. */
public final class Inbox {
  private static final Logger LOG = LoggerFactory.getLogger(Inbox.class);
  private static final long LISTENER_CLOSE_MILLIS = 3_000;
  private static final long DIRECTORY_CLOSE_MILLIS = 3_000;
  private static final long WRITER_CLOSE_MILLIS = 10_000;

  private final Database database;
  private final Settings settings;
  private final InboxStore store;
  private final Handlers handlers;
  private final HandlerDirectory directory;
  private final EventWriter eventWriter;
  private final OutcomeWriter outcomeWriter;
  private final HandlerTransactions transactions;
  private final NotifyListener notifyListener;
  private final InboxMetrics metrics;
  private final Postponements postponements = new Postponements(Duration.ofMinutes(1));
  private final StoreOutage storeOutage;
  private final Timing timing;

  /** Only one event at a time is recovered after a crash: it may be the one that caused it. */
  private final Semaphore recoveryPermit = new Semaphore(1);

  private final LeasedBytes leasedBytes = LeasedBytes.ofHeap(Runtime.getRuntime().maxMemory());

  /** The inbox of a hub. */
  public Inbox(
      Database database,
      Settings settings,
      Handlers handlers,
      ExecutorService callbacks,
      InboxMetrics metrics,
      Clock clock)
      throws SQLException {
    this(
        database,
        store(database, handlers),
        settings,
        handlers,
        callbacks,
        metrics,
        new EventIds(clock),
        () -> clock);
  }

  /**
   * The parts of an inbox.
   *
   * @param callbacks runs what waits for an append
   * @param ids of this process's events
   */
  public Inbox(
      Database database,
      InboxStore store,
      Settings settings,
      Handlers handlers,
      Executor callbacks,
      InboxMetrics metrics,
      EventIds ids,
      Timing timing)
      throws SQLException {
    this.database = database;
    this.store = store;
    this.settings = settings;
    this.handlers = handlers;
    this.metrics = metrics;
    this.timing = timing;
    if (database.ready()) {
      int released = database.inTransaction(store::releaseAll);
      if (released > 0) {
        LOG.info("inbox=start released={}: events that the last run left unfinished", released);
      }
    }
    this.storeOutage = new StoreOutage(database::requireWrite, timing);
    this.directory =
        new HandlerDirectory(
            database,
            store,
            handlers,
            storeOutage,
            timing,
            ids.next(),
            Duration.ofMinutes(settings.count(Setting.ABSENT_HANDLER_MINUTES)));
    this.eventWriter =
        new EventWriter(
            database,
            store,
            handlers,
            directory,
            ids,
            callbacks,
            metrics,
            storeOutage,
            timing,
            settings.count(Setting.QUEUE_EVENTS));
    this.outcomeWriter = new OutcomeWriter(database, store, metrics, storeOutage, timing);
    this.transactions =
        new HandlerTransactions(
            database,
            store,
            new JoinedAppends(database, store.joining(), handlers, directory, ids, metrics),
            metrics,
            storeOutage,
            settings);
    this.notifyListener =
        database.dialect() == Dialect.POSTGRESQL
            ? new NotifyListener(database, handlers, directory, storeOutage)
            : null;
  }

  private static InboxStore store(Database database, Handlers handlers) {
    return database.dialect() == Dialect.POSTGRESQL
        ? new PostgresInbox(
            (short) ThreadLocalRandom.current().nextInt(PostgresInbox.SHARDS), handlers::isOrdered)
        : new H2Inbox(handlers::isOrdered);
  }

  /** Its clocks, waits and threads. */
  public Timing timing() {
    return timing;
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

  /** The handlers of all nodes. */
  public HandlerDirectory directory() {
    return directory;
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

  public HandlerTransactions transactions() {
    return transactions;
  }

  /**
   * Writes all that waits, within the time that {@code gracefulStop} leaves.
   *
   * @param served false: the start has failed, and no other node is to count on its handlers
   */
  public void close(GracefulStop gracefulStop, boolean served) {
    if (notifyListener != null) {
      notifyListener.close(gracefulStop.limit(LISTENER_CLOSE_MILLIS));
    }
    storeOutage.close();
    eventWriter.close(gracefulStop.limit(WRITER_CLOSE_MILLIS));
    outcomeWriter.close(gracefulStop.limit(WRITER_CLOSE_MILLIS));
    directory.close(gracefulStop.limit(DIRECTORY_CLOSE_MILLIS), served);
  }
}
