package hub.inbox.camel;

import hub.db.TransactionLimits;
import hub.inbox.db.Outcome;
import hub.inbox.engine.LeasedDelivery;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/** Events that each run alone, as after the rollback of their transaction. Not thread-safe. */
final class RolledBackEvents {
  private final String route;
  private final TransactedEvent alone;
  private final DeliveryWorkers workers;
  private final Predicate<LeasedDelivery> isReleased;

  /** Lanes whose next events must not run. */
  private final Set<Object> stopped = new HashSet<>();

  /** Those that met somebody's lock. */
  private final Set<LeasedDelivery> locked = new HashSet<>();

  /**
   * @param isReleased whether one is given back without an attempt
   */
  RolledBackEvents(
      String route,
      TransactedEvent alone,
      DeliveryWorkers workers,
      Predicate<LeasedDelivery> isReleased) {
    this.route = route;
    this.alone = alone;
    this.workers = workers;
    this.isReleased = isReleased;
  }

  boolean isStopped(Object lane) {
    return stopped.contains(lane);
  }

  /**
   * Runs the events in their order.
   *
   * @param isKnown whether one is known to take longer
   * @return those that take longer than the limits, and those behind them in their lanes
   */
  List<LeasedDelivery> run(
      List<LeasedDelivery> events, Predicate<LeasedDelivery> isKnown, TransactionLimits limits) {
    TransactedEvent.Patience patience = new TransactedEvent.Patience(limits, false, false);
    List<LeasedDelivery> late = new ArrayList<>();
    Set<Object> waiting = new HashSet<>();
    for (LeasedDelivery one : events) {
      Object lane = TransactedBatch.laneOf(one);
      if (isReleased.test(one) || stopped.contains(lane)) {
        release(one);
      } else if (waiting.contains(lane) || isKnown.test(one)) {
        waiting.add(lane);
        late.add(one);
      } else {
        TransactedEvent.End end = alone.handle(one, patience);
        if (end == TransactedEvent.End.STOP) {
          stopped.add(lane);
        } else if (end != TransactedEvent.End.NEXT) {
          waiting.add(lane);
          late.add(one);
        }
        if (end == TransactedEvent.End.LOCKED) {
          locked.add(one);
        }
      }
    }
    return late;
  }

  /** Runs those that took too long again, but not those that met a lock; returns these. */
  List<LeasedDelivery> runSlow(List<LeasedDelivery> late, TransactionLimits limits) {
    return run(late, locked::contains, limits);
  }

  /** Those that met a lock, in order, wait for it or are given back. */
  void runLocked(List<LeasedDelivery> events, LockWaits waits) {
    if (events.isEmpty()) {
      return;
    }
    try (LockWaits.Round round = waits.begin()) {
      for (LeasedDelivery one : events) {
        Object lane = TransactedBatch.laneOf(one);
        if (stopped.contains(lane)) {
          release(one);
        } else if (!round.handle(one)) {
          stopped.add(lane);
        }
      }
    }
  }

  private void release(LeasedDelivery one) {
    workers.finish(one, Outcome.released(one.delivery(), route));
  }
}
