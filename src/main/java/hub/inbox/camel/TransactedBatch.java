package hub.inbox.camel;

import hub.db.SqlStates;
import hub.db.ThreadTransaction;
import hub.inbox.db.Lane;
import hub.inbox.db.Outcome;
import hub.inbox.engine.Inbox;
import hub.inbox.engine.LeaseExpiredException;
import hub.inbox.engine.LeasedDeliveries;
import hub.inbox.engine.LeasedDelivery;
import hub.inbox.engine.PrefetchWindow;
import hub.inbox.engine.Timing;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;
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

  /** After this time a commit takes no further event. */
  private static final long MAX_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

  /** Transactions of one event, each ended by the database, before that counts as its failure. */
  private static final int TRIES = 5;

  private static final int MAX_PAUSE_MILLIS = 50;

  /**
   * How long commits go one at a time after the database ended one: it takes a second to find a
   * deadlock, and the same events soon meet again.
   */
  private static final long ORDERLY_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final Inbox inbox;
  private final Timing timing;
  private final String route;
  private final Attempt attempt;
  private final LeasedDeliveries leased;
  private final DeliveryWorkers workers;
  private final BooleanSupplier isPaused;

  /** Read: commits beside each other. Write: one alone. */
  private final ReadWriteLock turns = new ReentrantReadWriteLock();

  private volatile long orderlyUntil;

  /** What a transaction has done so far. */
  private static final class Progress {
    /** In order, also those that are released without an attempt. */
    private final List<LeasedDelivery> begun = new ArrayList<>();

    private final Set<LeasedDelivery> released = new HashSet<>();
    private final List<Attempt.Ended> ended = new ArrayList<>();
    private final List<Outcome> outcomes = new ArrayList<>();
  }

  /** The database ended the transaction in which an event was attempted. */
  private static final class TransactionEndedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TransactionEndedException(Throwable cause) {
      super(cause);
    }
  }

  /**
   * @param workers gets what ends outside of a transaction
   */
  TransactedBatch(
      Inbox inbox,
      String route,
      Attempt attempt,
      LeasedDeliveries leased,
      DeliveryWorkers workers,
      BooleanSupplier isPaused) {
    this.inbox = inbox;
    this.timing = inbox.timing();
    this.orderlyUntil = timing.nanos();
    this.route = route;
    this.attempt = attempt;
    this.leased = leased;
    this.workers = workers;
    this.isPaused = isPaused;
  }

  /**
   * Handles the first events of the lanes, and removes them.
   *
   * @param limit events, at most
   */
  void handle(List<Deque<LeasedDelivery>> lanes, int limit, PrefetchWindow prefetchWindow) {
    if (lanes.isEmpty()) {
      return;
    }
    boolean isOrderly = orderlyUntil - timing.nanos() > 0;
    Optional<Progress> rolledBack = inTurn(isOrderly, () -> together(lanes, limit, prefetchWindow));
    if (rolledBack.isPresent()) {
      orderlyUntil = timing.nanos() + ORDERLY_NANOS;
      inTurn(
          true,
          () -> {
            eachAlone(rolledBack.get(), lanes);
            return Optional.empty();
          });
    }
  }

  private <T> T inTurn(boolean isAlone, Supplier<T> work) {
    Lock turn = isAlone ? turns.writeLock() : turns.readLock();
    turn.lock();
    try {
      return work.get();
    } finally {
      turn.unlock();
    }
  }

  /** Returns what has to run again. */
  private Optional<Progress> together(
      List<Deque<LeasedDelivery>> lanes, int limit, PrefetchWindow prefetchWindow) {
    // Handlers of several lanes that change the same rows then wait for each other in one order.
    lanes.sort(Comparator.comparing(lane -> keyOf(lane.element())));
    Progress progress = new Progress();
    try {
      inbox.transactions().commit(transaction -> attemptSome(transaction, lanes, limit, progress));
      progress.ended.forEach(one -> prefetchWindow.record(one.nanos()));
      progress.begun.forEach(workers::end);
      progress.ended.forEach(attempt::note);
      return Optional.empty();
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
      return Optional.of(progress);
    }
  }

  private List<Outcome> attemptSome(
      ThreadTransaction transaction,
      List<Deque<LeasedDelivery>> lanes,
      int limit,
      Progress progress)
      throws SQLException {
    long since = timing.nanos();
    for (Deque<LeasedDelivery> lane : lanes) {
      while (!lane.isEmpty()) {
        boolean isLate = timing.nanos() - since > MAX_NANOS;
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
  private boolean attemptNext(ThreadTransaction transaction, LeasedDelivery one, Progress progress)
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
    Attempt.Ended ended = attempt(transaction, one);
    progress.ended.add(ended);
    progress.outcomes.add(ended.outcome());
    return ended.outcome().delay().isEmpty();
  }

  private void release(LeasedDelivery one, Progress progress) {
    if (tryStart(one)) {
      progress.begun.add(one);
      progress.released.add(one);
      progress.outcomes.add(Outcome.released(one.delivery(), route));
    }
  }

  /** Attempts an event; one that failed leaves nothing in the transaction. */
  private Attempt.Ended attempt(ThreadTransaction transaction, LeasedDelivery one)
      throws SQLException {
    ThreadTransaction.Mark mark = transaction.mark();
    TransactedRun run = new TransactedRun();
    Attempt.Ended ended = attempt.attempt(one.delivery(), run::attachTo);
    Optional<Throwable> failure = ended.failure().map(HandlingFailure::cause);
    for (Throwable error : Stream.concat(failure.stream(), run.failure().stream()).toList()) {
      if (SqlStates.isCausedByContention(error)) {
        throw new TransactionEndedException(error);
      }
    }
    if (failure.isEmpty() && run.failure().isEmpty()) {
      return ended;
    }
    transaction.rollBackTo(mark);
    return failure.isPresent() ? ended : attempt.failed(one.delivery(), run.failure().get());
  }

  private void eachAlone(Progress progress, List<Deque<LeasedDelivery>> lanes) {
    Set<Object> stopped = new HashSet<>();
    for (LeasedDelivery one : progress.begun) {
      if (progress.released.contains(one) || stopped.contains(laneOf(one))) {
        workers.finish(one, Outcome.released(one.delivery(), route));
      } else if (!alone(one)) {
        stopped.add(laneOf(one));
      }
    }
    for (Deque<LeasedDelivery> lane : lanes) {
      if (!lane.isEmpty() && stopped.contains(laneOf(lane.element()))) {
        lane.stream()
            .filter(this::tryStart)
            .forEach(one -> workers.finish(one, Outcome.released(one.delivery(), route)));
        lane.clear();
      }
    }
  }

  private static Object laneOf(LeasedDelivery one) {
    return one.delivery().lane().<Object>map(key -> key).orElse(one);
  }

  private boolean tryStart(LeasedDelivery one) {
    return one.tryStart(timing.nanos());
  }

  /** Returns whether the events behind it in its lane may run. */
  private boolean alone(LeasedDelivery one) {
    for (int tries = 1; ; tries++) {
      try {
        // Waits for the store. When the answer to the commit was lost, the lease tells what became
        // of it: whoever has finished the event has no lease any more.
        leased.awaitRenewed(List.of(one));
        Progress progress = new Progress();
        inbox
            .transactions()
            .commit(
                transaction -> {
                  Attempt.Ended ended = attempt(transaction, one);
                  progress.ended.add(ended);
                  return List.of(ended.outcome());
                });
        workers.end(one);
        progress.ended.forEach(attempt::note);
        return progress.ended.get(0).outcome().delay().isEmpty();
      } catch (LeaseExpiredException e) {
        return giveAway(one);
      } catch (SQLException | RuntimeException | Error e) {
        LOG.debug("event={} route={} rolled back", one.delivery().eventId(), route, e);
        if (tries == TRIES || !pause()) {
          Attempt.Ended failed = attempt.failed(one.delivery(), e);
          attempt.note(failed);
          workers.finish(one, failed.outcome());
          return failed.outcome().delay().isEmpty();
        }
      }
    }
  }

  private boolean giveAway(LeasedDelivery one) {
    if (one.isLost()) {
      LOG.info(
          "event={} route={} outcome=fenced: its commit was not answered but happened, or another process has it",
          one.delivery().eventId(),
          route);
      workers.drop(one);
      // Each of those behind it asks for its own lease.
      return true;
    }
    workers.finish(one, Outcome.released(one.delivery(), route));
    return false;
  }

  /** Lets the other one of a deadlock end. */
  private boolean pause() {
    try {
      timing.sleep(ThreadLocalRandom.current().nextInt(MAX_PAUSE_MILLIS));
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static String keyOf(LeasedDelivery one) {
    return one.delivery().lane().map(Lane::key).orElse("");
  }
}
