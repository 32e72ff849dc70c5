package hub.inbox.engine;

import hub.db.Database;
import hub.db.SqlStates;
import hub.db.StoreBusyException;
import hub.db.StoreUnavailableException;
import hub.inbox.ReplayKeySpentException;
import hub.inbox.db.EventIds;
import hub.inbox.db.InboxStore;
import hub.inbox.db.NewEvent;
import hub.inbox.db.Receipt;
import hub.inbox.db.ReplayKey;
import hub.inbox.db.RoutedEvent;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
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

/**
 * Stores events. All events that arrive during one commit share the next one, those of one append
 * always the same. Thread-safe.
 */
public final class EventWriter implements Appender {
  private static final Logger LOG = LoggerFactory.getLogger(EventWriter.class);

  /** A larger batch would only make its events wait longer. One append may go beyond it. */
  private static final int BATCH_EVENTS = 256;

  /** How many callbacks one task runs, so that several threads share a batch's callbacks. */
  private static final int ANSWERS_PER_TASK = 16;

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
  private record InFlight(List<PendingAppend> batch, long since) {}

  private final Database database;
  private final InboxStore store;
  private final Handlers handlers;
  private final AppendTransaction transaction;
  private final HandlerDirectory directory;
  private final Executor callbacks;
  private final InboxMetrics metrics;
  private final StoreOutage storeOutage;
  private final EventIds ids;
  private final GroupCommit<PendingAppend> queue;
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
    this.transaction = new AppendTransaction(database, store, handlers, ids);
    this.directory = directory;
    this.ids = ids;
    this.callbacks = callbacks;
    this.metrics = metrics;
    this.queue =
        new GroupCommit<>(
            timing,
            "inbox-append",
            capacity,
            PendingAppend::size,
            BATCH_EVENTS,
            PendingAppend::bytes,
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

  @Override
  public void append(
      List<NewEvent> events, Optional<ReplayKey> replayKey, AppendCallback callback) {
    PendingAppend pending = new PendingAppend(events, replayKey, callback, timing.nanos());
    pending.decisions().forEach(handlers.matching()::decideAhead);
    if (waitingBytes.addAndGet(pending.bytes()) > WAITING_BYTES || !queue.offer(pending)) {
      waitingBytes.addAndGet(-pending.bytes());
      pending.failed(new StoreBusyException("too many events wait for the event store"));
    }
  }

  /** Appends that are rolled back; close it. */
  public Rehearsal rehearsal() {
    return new Rehearsal(database, store, ids, callbacks, timing);
  }

  private void writeWatched(List<PendingAppend> batch) {
    releaseBytes(batch);
    List<PendingAppend> pending = failLate(batch);
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
  private List<PendingAppend> failLate(List<PendingAppend> batch) {
    long now = timing.nanos();
    Map<Boolean, List<PendingAppend>> late =
        batch.stream()
            .collect(Collectors.partitioningBy(one -> now - one.since() > MAX_WAIT.toNanos()));
    if (!late.get(true).isEmpty()) {
      StoreBusyException error =
          new StoreBusyException("the event waited too long for the event store");
      callbacks.execute(() -> late.get(true).forEach(one -> one.failed(error)));
    }
    return late.get(false);
  }

  private void releaseBytes(List<PendingAppend> out) {
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
    List<PendingAppend> all = new ArrayList<>(now.batch());
    List<PendingAppend> queued = queue.drain();
    releaseBytes(queued);
    all.addAll(queued);
    StoreUnavailableException error = new StoreUnavailableException("the event store is silent");
    callbacks.execute(() -> all.forEach(one -> one.failed(error)));
  }

  private void write(List<PendingAppend> pending) {
    Optional<String> noRoom = database.noRoom();
    if (noRoom.isPresent()) {
      // Not an outage: handlers go on and have room to record their outcomes.
      failAll(pending, new StoreUnavailableException(noRoom.get()));
      return;
    }
    long askedAt = storeOutage.now();
    try {
      directory.requireKnown();
      AppendTransaction.Stored stored = transaction.store(pending);
      storeOutage.recordAnswer(askedAt);
      answer(stored.appends(), stored.receipts());
      if (stored.appends().size() < pending.size()) {
        refuse(pending, stored.appends());
      }
      notifyHandlers(stored.events(), stored.replayed());
      metrics.stored(stored.events(), stored.receipts());
    } catch (SQLException | RuntimeException e) {
      if (pending.size() > 1 && SqlStates.isDataError(e)) {
        // An append that the database refuses must not fail the others of its batch.
        pending.forEach(one -> write(List.of(one)));
      } else {
        fail(pending, e, askedAt);
      }
    }
  }

  private void answer(List<PendingAppend> appends, List<Receipt> receipts) {
    int next = 0;
    for (int from = 0; from < appends.size(); from += ANSWERS_PER_TASK) {
      List<PendingAppend> some =
          appends.subList(from, Math.min(from + ANSWERS_PER_TASK, appends.size()));
      int first = next;
      callbacks.execute(() -> PendingAppend.answer(some, receipts, first));
      next += events(some);
    }
  }

  /** Fails the appends of the batch that are not among the stored ones. */
  private void refuse(List<PendingAppend> pending, List<PendingAppend> stored) {
    Set<PendingAppend> refused = new LinkedHashSet<>(pending);
    stored.forEach(refused::remove);
    callbacks.execute(() -> refused.forEach(EventWriter::refuse));
  }

  private static void refuse(PendingAppend pending) {
    String source = pending.replayKey().orElseThrow().source();
    LOG.info(
        "inbox=append outcome=refused source={}: its token was used for another event", source);
    pending.failed(new ReplayKeySpentException(source));
  }

  private static int events(List<PendingAppend> appends) {
    int sum = 0;
    for (PendingAppend one : appends) {
      sum += one.size();
    }
    return sum;
  }

  private void notifyHandlers(List<RoutedEvent> events, Set<String> replayed) {
    Set<String> routes = new TreeSet<>(replayed);
    events.forEach(one -> routes.addAll(one.handlers()));
    routes.forEach(handlers::notifyHandler);
  }

  private void fail(List<PendingAppend> pending, Exception cause, long askedAt) {
    if (!storeOutage.recordIfOutage(cause, askedAt)) {
      LOG.warn("inbox=append outcome=failed events={} error={}", events(pending), cause.toString());
    }
    Exception error =
        SqlStates.isDataError(cause)
            ? cause
            : new StoreUnavailableException("the event store does not answer", cause);
    failAll(pending, error);
  }

  private void failAll(List<PendingAppend> pending, Exception error) {
    List<PendingAppend> all = new ArrayList<>(pending);
    if (error instanceof StoreUnavailableException) {
      // The events queued behind would wait for the same time-out again.
      List<PendingAppend> queued = queue.drain();
      releaseBytes(queued);
      all.addAll(queued);
    }
    callbacks.execute(() -> all.forEach(one -> one.failed(error)));
  }

  /** Stores the waiting events for at most {@code millis}, then fails the rest. */
  void close(long millis) {
    queue.close(millis);
    watch.interrupt();
    List<PendingAppend> left = queue.drain();
    releaseBytes(left);
    left.forEach(one -> one.failed(new StoreUnavailableException("the hub is stopping")));
  }
}
