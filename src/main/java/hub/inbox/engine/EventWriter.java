package hub.inbox.engine;

import hub.db.Database;
import hub.db.SqlStates;
import hub.db.StoreBusyException;
import hub.db.StoreUnavailableException;
import hub.inbox.db.EventIds;
import hub.inbox.db.InboxStore;
import hub.inbox.db.NewEvent;
import hub.inbox.db.Receipt;
import hub.inbox.db.RoutedEvent;
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
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Stores events. All events that arrive during one commit share the next one. Thread-safe. */
public final class EventWriter {
  private static final Logger LOG = LoggerFactory.getLogger(EventWriter.class);

  /** A larger batch would only make its events wait longer. */
  private static final int BATCH_EVENTS = 256;

  /** How many callbacks one task runs, so that several threads share a batch's callbacks. */
  private static final int ANSWERS_PER_TASK = 16;

  /** A retry of the transaction succeeds after a deadlock or a lost race between nodes. */
  private static final int TRIES = 3;

  /** Bounds the memory of one commit. */
  private static final int BATCH_BYTES = 8 << 20;

  /** Bounds the memory of all waiting events. */
  private static final long WAITING_BYTES = 64L << 20;

  /** Senders wait 3 to 30 s for an answer; the hub answers 503 before that. */
  private static final Duration STALLED_AFTER = Duration.ofSeconds(4);

  /** An event that waited longer is not stored: its sender has given up and will send it again. */
  private static final Duration MAX_WAIT = Duration.ofSeconds(5);

  private static final long WATCH_INTERVAL_MILLIS = 250;

  /** The batch that is being written, and since when ({@link Timing#nanos}). */
  private record InFlight(List<PendingEvent> batch, long since) {}

  private final Database database;
  private final InboxStore store;
  private final Handlers handlers;
  private final HandlerDirectory directory;
  private final Executor callbacks;
  private final InboxMetrics metrics;
  private final StoreOutage storeOutage;
  private final EventIds ids;
  private final GroupCommit<PendingEvent> queue;
  private final AtomicLong waitingBytes = new AtomicLong();
  private final Timing timing;
  private final Thread watch;
  private volatile InFlight inFlight = new InFlight(List.of(), 0);

  EventWriter(
      Database database,
      InboxStore store,
      Handlers handlers,
      HandlerDirectory directory,
      EventIds ids,
      Executor callbacks,
      InboxMetrics metrics,
      StoreOutage storeOutage,
      Timing timing,
      int capacity) {
    this.timing = timing;
    this.storeOutage = storeOutage;
    this.database = database;
    this.store = store;
    this.handlers = handlers;
    this.directory = directory;
    this.ids = ids;
    this.callbacks = callbacks;
    this.metrics = metrics;
    this.queue =
        new GroupCommit<>(
            timing,
            "inbox-append",
            capacity,
            BATCH_EVENTS,
            PendingEvent::bytes,
            BATCH_BYTES,
            this::writeWatched);
    this.watch = timing.start("inbox-append-watch", this::watch);
  }

  private void watch() {
    try {
      while (true) {
        timing.sleep(WATCH_INTERVAL_MILLIS);
        failStalledCommit();
      }
    } catch (InterruptedException e) {
      // Closed.
    }
  }

  /** Stores the event; calls back after the commit, or when it has failed. */
  public void append(NewEvent event, AppendCallback callback) {
    PendingEvent pending = new PendingEvent(event, callback, timing.nanos());
    if (waitingBytes.addAndGet(pending.bytes()) > WAITING_BYTES || !queue.offer(pending)) {
      waitingBytes.addAndGet(-pending.bytes());
      pending.failed(new StoreBusyException("too many events wait for the event store"));
    }
  }

  /** Appends that are rolled back; close it. */
  public Rehearsal rehearsal() {
    return new Rehearsal(database, store, ids, callbacks, timing);
  }

  private RoutedEvent routed(NewEvent event) {
    return new RoutedEvent(ids.next(), event, handlers.matching(event.source(), event.type()));
  }

  private void writeWatched(List<PendingEvent> batch) {
    releaseBytes(batch);
    List<PendingEvent> pending = failLate(batch);
    if (pending.isEmpty()) {
      return;
    }
    inFlight = new InFlight(pending, timing.nanos());
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

  /** Fails the events that have waited too long and returns the others. */
  private List<PendingEvent> failLate(List<PendingEvent> batch) {
    long now = timing.nanos();
    Map<Boolean, List<PendingEvent>> late =
        batch.stream()
            .collect(Collectors.partitioningBy(one -> now - one.since() > MAX_WAIT.toNanos()));
    if (!late.get(true).isEmpty()) {
      StoreBusyException error =
          new StoreBusyException("the event waited too long for the event store");
      callbacks.execute(() -> late.get(true).forEach(one -> one.failed(error)));
    }
    return late.get(false);
  }

  private void releaseBytes(List<PendingEvent> out) {
    out.forEach(one -> waitingBytes.addAndGet(-one.bytes()));
  }

  /**
   * Fails all events when a commit takes too long: a database that stalls reports no error. If the
   * commit succeeds after all, the sender's next delivery is a duplicate.
   */
  private void failStalledCommit() {
    InFlight now = inFlight;
    if (now.batch().isEmpty() || timing.nanos() - now.since() < STALLED_AFTER.toNanos()) {
      return;
    }
    List<PendingEvent> all = new ArrayList<>(now.batch());
    List<PendingEvent> queued = queue.drain();
    releaseBytes(queued);
    all.addAll(queued);
    StoreUnavailableException error = new StoreUnavailableException("the event store is silent");
    callbacks.execute(() -> all.forEach(one -> one.failed(error)));
  }

  private void write(List<PendingEvent> pending) {
    Optional<String> noRoom = database.noRoom();
    if (noRoom.isPresent()) {
      // Not an outage: handlers go on and have room to record their outcomes.
      failAll(pending, new StoreUnavailableException(noRoom.get()));
      return;
    }
    long askedAt = storeOutage.now();
    try {
      directory.requireKnown();
      List<RoutedEvent> events = pending.stream().map(one -> routed(one.event())).toList();
      Stored stored = store(events);
      List<Receipt> receipts = stored.receipts();
      storeOutage.recordAnswer(askedAt);
      answer(pending, receipts);
      notifyHandlers(events, stored.replayed());
      metrics.stored(events, receipts);
    } catch (SQLException | RuntimeException e) {
      if (pending.size() > 1 && SqlStates.isDataError(e)) {
        // An event that the database refuses must not fail the others of its batch.
        pending.forEach(one -> write(List.of(one)));
      } else {
        fail(pending, e, askedAt);
      }
    }
  }

  /**
   * The result of one transaction.
   *
   * @param replayed routes that get a dead event again
   */
  private record Stored(List<Receipt> receipts, Set<String> replayed) {}

  private Stored store(List<RoutedEvent> events) throws SQLException {
    for (int attempt = 1; ; attempt++) {
      try {
        return database.inTransaction(connection -> store(connection, events));
      } catch (SQLException e) {
        if (attempt == TRIES || !SqlStates.isDeadlock(e)) {
          throw e;
        }
      }
    }
  }

  private Stored store(Connection connection, List<RoutedEvent> events) throws SQLException {
    List<Receipt> receipts = store.append(connection, events);
    Set<String> replayed = SenderReplay.replayDead(connection, store, handlers, events, receipts);
    store.announce(connection, replayed);
    return new Stored(receipts, replayed);
  }

  private void answer(List<PendingEvent> pending, List<Receipt> receipts) {
    for (int from = 0; from < pending.size(); from += ANSWERS_PER_TASK) {
      int start = from;
      int end = Math.min(from + ANSWERS_PER_TASK, pending.size());
      callbacks.execute(
          () -> {
            for (int i = start; i < end; i++) {
              pending.get(i).stored(receipts.get(i));
            }
          });
    }
  }

  private void notifyHandlers(List<RoutedEvent> events, Set<String> replayed) {
    Set<String> routes = new TreeSet<>(replayed);
    events.forEach(one -> routes.addAll(one.handlers()));
    routes.forEach(handlers::notifyHandler);
  }

  private void fail(List<PendingEvent> pending, Exception cause, long askedAt) {
    if (!storeOutage.recordIfOutage(cause, askedAt)) {
      LOG.warn("inbox=append outcome=failed events={} error={}", pending.size(), cause.toString());
    }
    Exception error =
        SqlStates.isDataError(cause)
            ? cause
            : new StoreUnavailableException("the event store does not answer", cause);
    failAll(pending, error);
  }

  private void failAll(List<PendingEvent> pending, Exception error) {
    List<PendingEvent> all = new ArrayList<>(pending);
    if (error instanceof StoreUnavailableException) {
      // The events queued behind would wait for the same time-out again.
      List<PendingEvent> queued = queue.drain();
      releaseBytes(queued);
      all.addAll(queued);
    }
    callbacks.execute(() -> all.forEach(one -> one.failed(error)));
  }

  /** Stores the waiting events for at most {@code millis}, then fails the rest. */
  void close(long millis) {
    queue.close(millis);
    watch.interrupt();
    List<PendingEvent> left = queue.drain();
    releaseBytes(left);
    left.forEach(one -> one.failed(new StoreUnavailableException("the hub is stopping")));
  }
}
