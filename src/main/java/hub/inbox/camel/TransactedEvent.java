package hub.inbox.camel;

import hub.db.SqlStates;
import hub.db.ThreadTransaction;
import hub.db.TransactionLimits;
import hub.inbox.db.Outcome;
import hub.inbox.engine.Inbox;
import hub.inbox.engine.LeaseExpiredException;
import hub.inbox.engine.LeasedDeliveries;
import hub.inbox.engine.LeasedDelivery;
import hub.inbox.engine.Timing;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Attempts one event of a transacted handler: behind its savepoint, or in a transaction of its own.
 * Thread-safe.
 */
final class TransactedEvent {
  private static final Logger LOG = LoggerFactory.getLogger(TransactedEvent.class);

  /** Transactions of one event, each ended by the database, before that counts as its failure. */
  private static final int TRIES = 5;

  private static final int MAX_PAUSE_MILLIS = 50;

  /** The database ended the transaction in which an event was attempted. */
  private static final class TransactionEndedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TransactionEndedException(Throwable cause) {
      super(cause);
    }
  }

  private final Inbox inbox;
  private final Timing timing;
  private final String route;
  private final Attempt attempt;
  private final LeasedDeliveries leased;
  private final DeliveryWorkers workers;

  /** Those that do not run again, although the others of their transaction do. */
  private final Map<LeasedDelivery, TransactionLeftException> left = new ConcurrentHashMap<>();

  /**
   * @param workers gets what ends outside of a transaction
   */
  TransactedEvent(
      Inbox inbox,
      String route,
      Attempt attempt,
      LeasedDeliveries leased,
      DeliveryWorkers workers) {
    this.inbox = inbox;
    this.timing = inbox.timing();
    this.route = route;
    this.attempt = attempt;
    this.leased = leased;
    this.workers = workers;
  }

  /**
   * Attempts an event within a transaction; one that failed leaves nothing there.
   *
   * @throws TransactionEndedException when the whole transaction has to run again
   * @throws TransactionLeftException the same, but this event does not run again
   */
  Attempt.Ended attempt(ThreadTransaction transaction, LeasedDelivery one) throws SQLException {
    ThreadTransaction.Mark mark = transaction.mark();
    TransactedRun run = new TransactedRun();
    Attempt.Ended ended = attempt.attempt(one.delivery(), run::attachTo);
    Optional<Throwable> failure = ended.failure().map(HandlingFailure::cause);
    for (Throwable error : Stream.concat(run.failure().stream(), failure.stream()).toList()) {
      if (SqlStates.endsTransaction(error)) {
        throw new TransactionEndedException(error);
      }
    }
    if (failure.isEmpty() && run.failure().isEmpty()) {
      return ended;
    }
    rollBack(transaction, mark, one, failure.or(run::failure).get());
    // A statement that was refused because an earlier one had failed says nothing of the cause.
    boolean isOwn = failure.isPresent() && !SqlStates.isCausedByFailedTransaction(failure.get());
    return isOwn || run.failure().isEmpty()
        ? ended
        : attempt.failed(one.delivery(), run.failure().get());
  }

  private void rollBack(
      ThreadTransaction transaction,
      ThreadTransaction.Mark mark,
      LeasedDelivery one,
      Throwable failure)
      throws SQLException {
    try {
      transaction.rollBackTo(mark);
    } catch (SQLException e) {
      if (!SqlStates.isSavepointGone(e)) {
        throw e;
      }
      TransactionLeftException ended = new TransactionLeftException(failure, e);
      left.put(one, ended);
      throw ended;
    }
  }

  /** What became of an event that ran alone. */
  enum End {
    /** The events behind it in its lane may run. */
    NEXT,
    /** They wait for it, or somebody else has the lane. */
    STOP,
    /** Nothing is done: a statement took longer than the limit for events that share a commit. */
    LATE,
    /** Nothing is done: somebody else has locked what it wants. */
    LOCKED
  }

  /**
   * How long an event may take that runs alone.
   *
   * @param isWait whether it has one of the few connections for waits
   * @param isLast whether it is a failed attempt when a lock takes too long
   */
  record Patience(TransactionLimits limits, boolean isWait, boolean isLast) {}

  /** Attempts an event in a transaction of its own. */
  End handle(LeasedDelivery one, Patience patience) {
    TransactionLimits limits = patience.limits();
    for (int tries = 1; ; tries++) {
      AtomicReference<Optional<Long>> begun = new AtomicReference<>(Optional.empty());
      try {
        // Waits for the store. When the answer to the commit was lost, the lease tells what became
        // of it: whoever has finished the event has no lease any more.
        leased.awaitRenewed(List.of(one));
        if (left.containsKey(one)) {
          return finishFailed(one, left.remove(one));
        }
        return end(commit(one, patience, () -> begun.set(Optional.of(timing.nanos()))));
      } catch (LeaseExpiredException e) {
        return giveAway(one) ? End.NEXT : End.STOP;
      } catch (SQLException | RuntimeException | Error e) {
        LOG.debug("event={} route={} rolled back", one.delivery().eventId(), route, e);
        Throwable cause = e instanceof TransactionEndedException ? e.getCause() : e;
        boolean isTimeout = SqlStates.isCausedByTimeout(cause);
        if (SqlStates.isCausedByLockTimeout(cause) && !patience.isLast()) {
          return End.LOCKED;
        }
        if (isTimeout && !limits.statement().isZero()) {
          return End.LATE;
        }
        boolean isIdle = isIdleTimeout(cause, begun.get(), limits);
        boolean isOwn =
            left.remove(one) != null || isTimeout || isIdle || SqlStates.isDataError(cause);
        if (isOwn || tries == TRIES || !pause()) {
          return finishFailed(one, isIdle ? tooSlow(limits.idle()) : cause);
        }
      }
    }
  }

  private End finishFailed(LeasedDelivery one, Throwable cause) {
    Attempt.Ended failed = attempt.failed(one.delivery(), cause);
    attempt.note(failed);
    workers.finish(one, failed.outcome());
    return end(failed);
  }

  private static End end(Attempt.Ended ended) {
    return ended.outcome().delay().isEmpty() ? End.NEXT : End.STOP;
  }

  /**
   * The driver may report no more than a line that was cut.
   *
   * @param begun when the transaction began; empty: there was no connection
   */
  private boolean isIdleTimeout(Throwable error, Optional<Long> begun, TransactionLimits limits) {
    return SqlStates.isCausedByIdleTimeout(error)
        || (SqlStates.isCausedByOutage(error)
            && begun.filter(at -> timing.nanos() - at >= limits.idle().toNanos()).isPresent());
  }

  private static Throwable tooSlow(Duration idle) {
    return new IllegalStateException(
        "the handler took more than %d s between two statements, so the database ended its transaction; make that step quicker, raise leaseSeconds, or set transacted: false"
            .formatted(idle.toSeconds()));
  }

  private Attempt.Ended commit(LeasedDelivery one, Patience patience, Runnable begin)
      throws SQLException {
    AtomicReference<Attempt.Ended> ended = new AtomicReference<>();
    inbox
        .transactions()
        .commit(
            transaction -> {
              begin.run();
              ended.set(attempt(transaction, one));
              return List.of(ended.get().outcome());
            },
            patience.limits(),
            patience.isWait());
    workers.end(one);
    attempt.note(ended.get());
    return ended.get();
  }

  private boolean giveAway(LeasedDelivery one) {
    left.remove(one);
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
}
