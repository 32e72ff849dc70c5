package hub.inbox.engine;

import hub.db.Database;
import hub.db.StoreBusyException;
import hub.db.StoreUnavailableException;
import hub.inbox.db.EventIds;
import hub.inbox.db.InboxStore;
import hub.inbox.db.NewEvent;
import hub.inbox.db.Receipt;
import hub.inbox.db.SqlStates;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Stores events: all that arrive while one commit runs share the next. Thread-safe. */
public final class EventWriter {
  private static final Logger LOG = LoggerFactory.getLogger(EventWriter.class);

  /** Beyond this a larger batch only makes its members wait longer. */
  private static final int BATCH = 256;

  /** How many answers one thread gives before another one helps. */
  private static final int SLICE = 16;

  /** A deadlock or a lost race between nodes is over when the transaction is tried again. */
  private static final int TRIES = 3;

  /** Keeps one commit's memory in bounds where bodies are large. */
  private static final int BATCH_BYTES = 8 << 20;

  /** What may wait for the store in memory, whatever the number of events. */
  private static final long WAITING_BYTES = 64L << 20;

  /** Providers wait 3 to 30 s for an answer; one of the hub's own comes before. */
  private static final Duration SILENCE = Duration.ofSeconds(4);

  /** What waited longer than a sender does is not stored: it would come again all the same. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private static final long WATCH_MILLIS = 250;

  /** Learns what became of an event; called once, on a thread that may work but not wait long. */
  public interface Callback {
    void stored(Receipt receipt);

    void failed(Exception error);
  }

  /**
   * An event and who wants to know of it; told once, by whoever comes first: the commit, or the one
   * that gave up waiting for it.
   */
  private record Pending(NewEvent event, Callback callback, AtomicBoolean told, long since) {
    void stored(Receipt receipt) {
      if (told.compareAndSet(false, true)) {
        guarded(() -> callback.stored(receipt));
      }
    }

    void failed(Exception error) {
      if (told.compareAndSet(false, true)) {
        guarded(() -> callback.failed(error));
      }
    }

    /** One sender's fault must not cost its neighbours their answers. */
    private static void guarded(Runnable answer) {
      try {
        answer.run();
      } catch (RuntimeException | Error e) {
        LOG.error("inbox=append outcome=unanswered", e);
      }
    }

    int bytes() {
      return event.payload().length + event.headers().length();
    }
  }

  /** The batch that is being written, and since when. */
  private record InFlight(List<Pending> batch, long since) {}

  private final Database database;
  private final InboxStore store;
  private final Handlers handlers;
  private final Executor callbacks;
  private final InboxMetrics metrics;
  private final StoreOutage storeOutage;
  private final EventIds ids;
  private final GroupCommit<Pending> queue;
  private final AtomicLong waitingBytes = new AtomicLong();
  private final ScheduledExecutorService watch;
  private volatile InFlight inFlight = new InFlight(List.of(), 0);

  EventWriter(
      Database database,
      InboxStore store,
      Handlers handlers,
      EventIds ids,
      Executor callbacks,
      InboxMetrics metrics,
      StoreOutage storeOutage,
      int capacity) {
    this.storeOutage = storeOutage;
    this.database = database;
    this.store = store;
    this.handlers = handlers;
    this.ids = ids;
    this.callbacks = callbacks;
    this.metrics = metrics;
    this.queue =
        new GroupCommit<>(
            "inbox-append", capacity, BATCH, Pending::bytes, BATCH_BYTES, this::writeWatched);
    this.watch =
        Executors.newSingleThreadScheduledExecutor(
            work -> {
              Thread thread = new Thread(work, "inbox-append-watch");
              thread.setDaemon(true);
              return thread;
            });
    var unused =
        watch.scheduleWithFixedDelay(
            this::giveUpOnSilence, WATCH_MILLIS, WATCH_MILLIS, TimeUnit.MILLISECONDS);
  }

  /** Calls back after the commit that stored the event. */
  public void append(NewEvent event, Callback callback) {
    Pending pending = new Pending(event, callback, new AtomicBoolean(), System.nanoTime());
    if (waitingBytes.addAndGet(pending.bytes()) > WAITING_BYTES || !queue.offer(pending)) {
      waitingBytes.addAndGet(-pending.bytes());
      pending.failed(new StoreBusyException("too many events wait for the event store"));
    }
  }

  private void writeWatched(List<Pending> batch) {
    taken(batch);
    List<Pending> pending = inTime(batch);
    if (pending.isEmpty()) {
      return;
    }
    inFlight = new InFlight(pending, System.nanoTime());
    try {
      write(pending);
    } catch (RuntimeException | Error e) {
      pending.forEach(
          one -> one.failed(new StoreUnavailableException("the event was not stored", e)));
      throw e;
    } finally {
      inFlight = new InFlight(List.of(), 0);
    }
  }

  /** Those whose senders still wait; the others are told to come again. */
  private List<Pending> inTime(List<Pending> batch) {
    long now = System.nanoTime();
    Map<Boolean, List<Pending>> late =
        batch.stream()
            .collect(Collectors.partitioningBy(one -> now - one.since() > PATIENCE.toNanos()));
    if (!late.get(true).isEmpty()) {
      StoreBusyException error =
          new StoreBusyException("the event waited too long for the event store");
      callbacks.execute(() -> late.get(true).forEach(one -> one.failed(error)));
    }
    return late.get(false);
  }

  private void taken(List<Pending> out) {
    out.forEach(one -> waitingBytes.addAndGet(-one.bytes()));
  }

  /**
   * A database that is gone says so; one that stalls says nothing. Its senders are told to come
   * back, and find their event stored if the commit went through after all.
   */
  private void giveUpOnSilence() {
    InFlight now = inFlight;
    if (now.batch().isEmpty() || System.nanoTime() - now.since() < SILENCE.toNanos()) {
      return;
    }
    List<Pending> all = new ArrayList<>(now.batch());
    List<Pending> queued = queue.drain();
    taken(queued);
    all.addAll(queued);
    StoreUnavailableException error = new StoreUnavailableException("the event store is silent");
    callbacks.execute(() -> all.forEach(one -> one.failed(error)));
  }

  private void write(List<Pending> pending) {
    Optional<String> noRoom = database.noRoom();
    if (noRoom.isPresent()) {
      // No outage: handlers go on, and have room to write down what they did.
      refuse(pending, new StoreUnavailableException(noRoom.get()));
      return;
    }
    List<InboxStore.Row> rows = new ArrayList<>(pending.size());
    for (Pending one : pending) {
      NewEvent event = one.event();
      rows.add(
          new InboxStore.Row(ids.next(), event, handlers.matching(event.source(), event.type())));
    }
    long asked = storeOutage.now();
    try {
      Stored stored = store(rows);
      List<Receipt> receipts = stored.receipts();
      storeOutage.over(asked);
      answer(pending, receipts);
      wake(rows, stored.woken());
      metrics.stored(rows, receipts);
    } catch (SQLException | RuntimeException e) {
      if (pending.size() > 1 && SqlStates.isAboutData(e)) {
        // One row that the database refuses must not take its neighbours with it.
        pending.forEach(one -> write(List.of(one)));
      } else {
        fail(pending, e, asked);
      }
    }
  }

  /**
   * What one transaction did.
   *
   * @param woken routes that have an event again that was dead
   */
  private record Stored(List<Receipt> receipts, Set<String> woken) {}

  private Stored store(List<InboxStore.Row> rows) throws SQLException {
    for (int attempt = 1; ; attempt++) {
      try {
        return database.inTransaction(connection -> store(connection, rows));
      } catch (SQLException e) {
        if (attempt == TRIES || !SqlStates.isTransient(e)) {
          throw e;
        }
      }
    }
  }

  private Stored store(Connection connection, List<InboxStore.Row> rows) throws SQLException {
    List<Receipt> receipts = store.append(connection, rows);
    Set<String> woken = SenderReplay.wake(connection, rows, receipts);
    store.announce(connection, woken);
    return new Stored(receipts, woken);
  }

  private void answer(List<Pending> pending, List<Receipt> receipts) {
    for (int from = 0; from < pending.size(); from += SLICE) {
      int start = from;
      int end = Math.min(from + SLICE, pending.size());
      callbacks.execute(
          () -> {
            for (int i = start; i < end; i++) {
              pending.get(i).stored(receipts.get(i));
            }
          });
    }
  }

  private void wake(List<InboxStore.Row> rows, Set<String> woken) {
    Set<String> routes = new TreeSet<>(woken);
    rows.forEach(row -> routes.addAll(row.handlers()));
    routes.forEach(handlers::wake);
  }

  private void fail(List<Pending> pending, Exception cause, long asked) {
    if (!storeOutage.explains(cause, asked)) {
      LOG.warn("inbox=append outcome=failed events={} error={}", pending.size(), cause.toString());
    }
    Exception error =
        SqlStates.isAboutData(cause)
            ? cause
            : new StoreUnavailableException("the event store does not answer", cause);
    refuse(pending, error);
  }

  private void refuse(List<Pending> pending, Exception error) {
    List<Pending> all = new ArrayList<>(pending);
    if (error instanceof StoreUnavailableException) {
      // Whoever queued behind them would wait for the same time-out again.
      List<Pending> queued = queue.drain();
      taken(queued);
      all.addAll(queued);
    }
    callbacks.execute(() -> all.forEach(one -> one.failed(error)));
  }

  /** Stores what waits, at most {@code millis} long; the rest learns that it is not stored. */
  void close(long millis) {
    queue.close(millis);
    watch.shutdownNow();
    List<Pending> left = queue.drain();
    taken(left);
    left.forEach(one -> one.failed(new StoreUnavailableException("the hub is stopping")));
  }
}
