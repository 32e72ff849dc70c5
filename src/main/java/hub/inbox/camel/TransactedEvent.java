package hub.inbox.camel;

import hub.db.SqlStates;
import hub.db.ThreadTransaction;
import hub.inbox.db.Outcome;
import hub.inbox.engine.Inbox;
import hub.inbox.engine.LeaseExpiredException;
import hub.inbox.engine.LeasedDeliveries;
import hub.inbox.engine.LeasedDelivery;
import hub.inbox.engine.Timing;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
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
   */
  Attempt.Ended attempt(ThreadTransaction transaction, LeasedDelivery one) throws SQLException {
    ThreadTransaction.Mark mark = transaction.mark();
    TransactedRun run = new TransactedRun();
    Attempt.Ended ended = attempt.attempt(one.delivery(), run::attachTo);
    Optional<Throwable> failure = ended.failure().map(HandlingFailure::cause);
    for (Throwable error : Stream.concat(failure.stream(), run.failure().stream()).toList()) {
      if (SqlStates.endsTransaction(error)) {
        throw new TransactionEndedException(error);
      }
    }
    if (failure.isEmpty() && run.failure().isEmpty()) {
      return ended;
    }
    transaction.rollBackTo(mark);
    return failure.isPresent() ? ended : attempt.failed(one.delivery(), run.failure().get());
  }

  /**
   * Attempts an event in a transaction of its own.
   *
   * @return whether the events behind it in its lane may run
   */
  boolean handle(LeasedDelivery one) {
    for (int tries = 1; ; tries++) {
      try {
        // Waits for the store. When the answer to the commit was lost, the lease tells what became
        // of it: whoever has finished the event has no lease any more.
        leased.awaitRenewed(List.of(one));
        return commit(one).outcome().delay().isEmpty();
      } catch (LeaseExpiredException e) {
        return giveAway(one);
      } catch (SQLException | RuntimeException | Error e) {
        LOG.debug("event={} route={} rolled back", one.delivery().eventId(), route, e);
        if (SqlStates.isDataError(e) || tries == TRIES || !pause()) {
          Attempt.Ended failed = attempt.failed(one.delivery(), e);
          attempt.note(failed);
          workers.finish(one, failed.outcome());
          return failed.outcome().delay().isEmpty();
        }
      }
    }
  }

  private Attempt.Ended commit(LeasedDelivery one) throws SQLException {
    AtomicReference<Attempt.Ended> ended = new AtomicReference<>();
    inbox
        .transactions()
        .commit(
            transaction -> {
              ended.set(attempt(transaction, one));
              return List.of(ended.get().outcome());
            });
    workers.end(one);
    attempt.note(ended.get());
    return ended.get();
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
}
