package hub.inbox.camel;

import hub.db.TransactionLimits;
import hub.inbox.db.Outcome;
import hub.inbox.engine.HandlerTransactions;
import hub.inbox.engine.Inbox;
import hub.inbox.engine.LeasedDelivery;
import hub.inbox.engine.Timing;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

/**
 * Events of a transacted handler that want a row which somebody else has locked. A few of them wait
 * for it. The others are given back and tried again every second, so that they keep no worker and
 * no connection. Thread-safe.
 */
final class LockWaits {
  /** Events of a handler that wait at the same time: enough for two rows. */
  private static final int MAX_WAITING = 2;

  private static final Duration LEFT_FOR = Duration.ofSeconds(1);

  /** Of many events no more than these come back in a second: each costs a claim. */
  private static final int BACK_IN_A_SECOND = 100;

  /**
   * As long as PostgreSQL lets an event wait that is not given back. Then its attempt has failed.
   */
  private static final Duration LONGEST = Duration.ofSeconds(15);

  /** Another node has taken the event since. */
  private static final Duration FORGET_AFTER = Duration.ofMinutes(10);

  private final HandlerTransactions transactions;
  private final Timing timing;
  private final String route;
  private final TransactedEvent alone;
  private final DeliveryWorkers workers;
  private final Semaphore turns;
  private final TransactionLimits patient;
  private final TransactionLimits brief;

  /** When each was found to wait. */
  private final Map<UUID, Long> since = new ConcurrentHashMap<>();

  /**
   * @param concurrency one worker at least never waits
   * @param patient for an event that waits
   * @param brief for one that is tried
   */
  LockWaits(
      Inbox inbox,
      String route,
      TransactedEvent alone,
      DeliveryWorkers workers,
      int concurrency,
      TransactionLimits patient,
      TransactionLimits brief) {
    this.transactions = inbox.transactions();
    this.timing = inbox.timing();
    this.route = route;
    this.alone = alone;
    this.workers = workers;
    this.turns = new Semaphore(Math.min(MAX_WAITING, concurrency - 1));
    this.patient = patient;
    this.brief = brief;
  }

  /** Whether the event was given back because of a lock. */
  boolean isKnown(LeasedDelivery one) {
    return since.containsKey(one.delivery().eventId());
  }

  Round begin() {
    long now = timing.nanos();
    since.values().removeIf(at -> now - at > FORGET_AFTER.toNanos());
    return new Round(now);
  }

  /** Handles some events, until one of them has waited. For one thread. */
  final class Round implements AutoCloseable {
    private final long begun;
    private final boolean mayWait;
    private boolean isOver;

    private Round(long begun) {
      this.begun = begun;
      boolean hasTurn = turns.tryAcquire();
      this.mayWait = hasTurn && transactions.reserveForWait();
      if (hasTurn && !mayWait) {
        turns.release();
      }
    }

    /** Returns whether the events behind it in its lane may run. */
    boolean handle(LeasedDelivery one) {
      UUID event = one.delivery().eventId();
      // Who is new here has just been tried.
      Long before = since.putIfAbsent(event, begun);
      if (isOver || (before == null && !mayWait)) {
        leave(one);
        return false;
      }
      boolean isLast = mayWait || begun - before >= LONGEST.toNanos();
      TransactedEvent.End end =
          alone.handle(
              one, new TransactedEvent.Patience(mayWait ? patient : brief, mayWait, isLast));
      isOver = timing.nanos() - begun > LEFT_FOR.toNanos();
      if (end == TransactedEvent.End.LOCKED) {
        isOver = true;
        leave(one);
        return false;
      }
      since.remove(event);
      return end == TransactedEvent.End.NEXT;
    }

    private void leave(LeasedDelivery one) {
      Duration delay = LEFT_FOR.multipliedBy(1 + since.size() / BACK_IN_A_SECOND);
      workers.finish(one, Outcome.left(one.delivery(), route, delay));
    }

    @Override
    public void close() {
      if (mayWait) {
        transactions.endWait();
        turns.release();
      }
    }
  }
}
