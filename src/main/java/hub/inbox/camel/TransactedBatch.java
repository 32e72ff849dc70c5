package hub.inbox.camel;

import static java.util.stream.Collectors.toSet;

import hub.db.ThreadTransaction;
import hub.db.TransactionLimits;
import hub.inbox.db.Lane;
import hub.inbox.db.Outcome;
import hub.inbox.engine.Inbox;
import hub.inbox.engine.LeasedDeliveries;
import hub.inbox.engine.LeasedDelivery;
import hub.inbox.engine.PrefetchWindow;
import hub.inbox.engine.Timing;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Attempts events of a transacted handler, several in one commit, each behind its savepoint. When
 * the commit fails, they run once more, each in a transaction of its own. Thread-safe.
 */
final class TransactedBatch {
  /** Events of a commit, at most. */
  static final int MAX_EVENTS = 32;

  private static final Logger LOG = LoggerFactory.getLogger(TransactedBatch.class);

  /** After this time a commit takes no further event, and ends at a statement that takes longer. */
  private static final Duration MAX_TIME = Duration.ofMillis(250);

  /** How long an event waits for a lock while others of its commit wait for it. */
  private static final Duration MAX_LOCK_WAIT = Duration.ofMillis(200);

  /** The same while no other event of this handler runs: whoever has the lock is somebody else. */
  private static final Duration ORDERLY_LOCK_WAIT = Duration.ofMillis(50);

  /**
   * How long commits go one at a time after two of them waited for each other: the same events soon
   * meet again.
   */
  private static final long ORDERLY_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final Inbox inbox;
  private final Timing timing;
  private final String route;
  private final Attempt attempt;
  private final TransactedEvent alone;
  private final LeasedDeliveries leased;
  private final DeliveryWorkers workers;
  private final BooleanSupplier isPaused;

  /** For events of one commit. */
  private final TransactionLimits shared;

  /**
   * For one event a commit: the handler is slow, and its locks and statements have their limits.
   */
  private final TransactionLimits single;

  /** For an event that runs alone: all others wait for it, and it waits for none of them. */
  private final TransactionLimits orderly;

  private final LockWaits lockWaits;

  /** Read: commits beside each other. Write: one alone. */
  private final ReadWriteLock commitLock = new ReentrantReadWriteLock();

  private volatile long orderlyUntil;

  /**
   * @param concurrency workers that handle lanes, each by {@link #handle}
   * @param workers gets what ends outside of a transaction
   */
  TransactedBatch(
      Inbox inbox,
      String route,
      int concurrency,
      Attempt attempt,
      LeasedDeliveries leased,
      DeliveryWorkers workers,
      BooleanSupplier isPaused) {
    this.inbox = inbox;
    this.timing = inbox.timing();
    this.orderlyUntil = timing.nanos();
    this.route = route;
    this.attempt = attempt;
    this.alone = new TransactedEvent(inbox, route, attempt, leased, workers);
    this.leased = leased;
    this.workers = workers;
    this.isPaused = isPaused;
    // Between statements a handler has as long as its lease.
    Duration idle = leased.lease();
    this.shared = new TransactionLimits(idle, MAX_LOCK_WAIT, MAX_TIME);
    this.single = new TransactionLimits(idle, MAX_LOCK_WAIT, Duration.ZERO);
    this.orderly = new TransactionLimits(idle, ORDERLY_LOCK_WAIT, MAX_TIME);
    this.lockWaits =
        new LockWaits(
            inbox,
            route,
            alone,
            workers,
            concurrency,
            new TransactionLimits(idle, Duration.ZERO, Duration.ZERO),
            new TransactionLimits(idle, ORDERLY_LOCK_WAIT, Duration.ZERO));
  }

  /** Whether the lane's first event was given back because of a lock. */
  boolean isLocked(Deque<LeasedDelivery> lane) {
    return lockWaits.isKnown(lane.element());
  }

  /**
   * Handles the first events of the lanes, and removes them.
   *
   * @param lanes those that have nothing to do with events that run alone are removed, too
   * @param limit events, at most
   * @param givenBack gets the lanes that were removed before events run alone, which may take long
   */
  void handle(
      List<Deque<LeasedDelivery>> lanes,
      int limit,
      PrefetchWindow prefetchWindow,
      Consumer<List<Deque<LeasedDelivery>>> givenBack) {
    if (lanes.isEmpty()) {
      return;
    }
    boolean isOrderly = orderlyUntil - timing.nanos() > 0;
    SharedCommit progress = inTurn(isOrderly, () -> together(lanes, limit, prefetchWindow));
    if (progress.error.isEmpty()) {
      return;
    }
    Set<Object> begun = progress.begun.stream().map(TransactedBatch::laneOf).collect(toSet());
    giveBack(lanes, lane -> !begun.contains(lane), givenBack);
    boolean isContended = progress.isContended();
    RolledBackEvents events =
        new RolledBackEvents(route, alone, workers, progress.released::contains);
    List<LeasedDelivery> late =
        inTurn(
            isContended,
            () ->
                events.run(
                    progress.begun, progress::isLate, isContended ? orderly : limits(limit)));
    if (isContended && late.isEmpty()) {
      // This handler's own transactions were in each other's way, and nobody else's.
      orderlyUntil = timing.nanos() + ORDERLY_NANOS;
    }
    giveBackUnless(late, lanes, events, givenBack);
    // Beside all others: nobody waits for their turn.
    List<LeasedDelivery> locked = events.runSlow(late, single);
    giveBackUnless(locked, lanes, events, givenBack);
    events.runLocked(locked, lockWaits);
    releaseStopped(lanes, events);
  }

  /** Handles the first events of lanes that are {@linkplain #isLocked locked}. */
  void handleLocked(List<Deque<LeasedDelivery>> lanes) {
    // In a random order, so that no lane is always the last to get a row that several want.
    Collections.shuffle(lanes, ThreadLocalRandom.current());
    RolledBackEvents events = new RolledBackEvents(route, alone, workers, one -> false);
    events.runLocked(lanes.stream().map(Deque::remove).filter(this::tryStart).toList(), lockWaits);
    releaseStopped(lanes, events);
  }

  private static void giveBackUnless(
      List<LeasedDelivery> late,
      List<Deque<LeasedDelivery>> lanes,
      RolledBackEvents events,
      Consumer<List<Deque<LeasedDelivery>>> givenBack) {
    Set<Object> lateLanes = late.stream().map(TransactedBatch::laneOf).collect(toSet());
    giveBack(lanes, lane -> !lateLanes.contains(lane) && !events.isStopped(lane), givenBack);
  }

  private static void giveBack(
      List<Deque<LeasedDelivery>> lanes,
      Predicate<Object> isGiven,
      Consumer<List<Deque<LeasedDelivery>>> givenBack) {
    List<Deque<LeasedDelivery>> given =
        lanes.stream()
            .filter(lane -> !lane.isEmpty() && isGiven.test(laneOf(lane.element())))
            .toList();
    lanes.removeAll(given);
    givenBack.accept(given);
  }

  private TransactionLimits limits(int events) {
    return events == 1 ? single : shared;
  }

  private <T> T inTurn(boolean isAlone, Supplier<T> work) {
    Lock turn = isAlone ? commitLock.writeLock() : commitLock.readLock();
    turn.lock();
    try {
      return work.get();
    } finally {
      turn.unlock();
    }
  }

  private SharedCommit together(
      List<Deque<LeasedDelivery>> lanes, int limit, PrefetchWindow prefetchWindow) {
    // Handlers of several lanes that change the same rows then wait for each other in one order.
    lanes.sort(Comparator.comparing(lane -> keyOf(lane.element())));
    SharedCommit progress = new SharedCommit();
    try {
      inbox
          .transactions()
          .commit(
              transaction -> attemptSome(transaction, lanes, limit, progress),
              limits(limit),
              false);
      progress.ended.forEach(one -> prefetchWindow.record(one.nanos()));
      progress.begun.forEach(workers::end);
      progress.ended.forEach(attempt::note);
      return progress;
    } catch (SQLException | RuntimeException | Error e) {
      LOG.info(
          "inbox=transaction outcome=rolled-back route={} events={}: each runs once more, alone; error={}",
          route,
          progress.begun.size(),
          e.toString());
      if (progress.begun.isEmpty()) {
        // There was no connection: the first one waits for it.
        lanes.stream()
            .map(Deque::remove)
            .filter(this::tryStart)
            .limit(1)
            .forEach(progress.begun::add);
      }
      progress.error = Optional.of(e);
      return progress;
    }
  }

  private List<Outcome> attemptSome(
      ThreadTransaction transaction,
      List<Deque<LeasedDelivery>> lanes,
      int limit,
      SharedCommit progress)
      throws SQLException {
    long since = timing.nanos();
    for (Deque<LeasedDelivery> lane : lanes) {
      while (!lane.isEmpty()) {
        boolean isLate = timing.nanos() - since > MAX_TIME.toNanos();
        if (progress.ended.size() >= limit || (isLate && !progress.ended.isEmpty())) {
          return progress.outcomes;
        }
        if (!attemptNext(transaction, lane.remove(), progress)) {
          lane.forEach(behind -> release(behind, progress));
          lane.clear();
        }
      }
    }
    return progress.outcomes;
  }

  /** Returns whether the events behind it in its lane may run. */
  private boolean attemptNext(
      ThreadTransaction transaction, LeasedDelivery one, SharedCommit progress)
      throws SQLException {
    if (isPaused.getAsBoolean()) {
      release(one, progress);
      return false;
    }
    if (!tryStart(one)) {
      // Released by the stop.
      return false;
    }
    if (one.leaseExpired(leased.now())) {
      workers.drop(one);
      return false;
    }
    progress.begun.add(one);
    Attempt.Ended ended = alone.attempt(transaction, one);
    progress.ended.add(ended);
    progress.outcomes.add(ended.outcome());
    return ended.outcome().delay().isEmpty();
  }

  private void release(LeasedDelivery one, SharedCommit progress) {
    if (tryStart(one)) {
      progress.begun.add(one);
      progress.released.add(one);
      progress.outcomes.add(Outcome.released(one.delivery(), route));
    }
  }

  private void releaseStopped(List<Deque<LeasedDelivery>> lanes, RolledBackEvents events) {
    for (Deque<LeasedDelivery> lane : lanes) {
      if (!lane.isEmpty() && events.isStopped(laneOf(lane.element()))) {
        lane.stream()
            .filter(this::tryStart)
            .forEach(one -> workers.finish(one, Outcome.released(one.delivery(), route)));
        lane.clear();
      }
    }
  }

  static Object laneOf(LeasedDelivery one) {
    return one.laneOrSelf();
  }

  private boolean tryStart(LeasedDelivery one) {
    return one.tryStart(timing.nanos());
  }

  private static String keyOf(LeasedDelivery one) {
    return one.delivery().lane().map(Lane::key).orElse("");
  }
}
