package hub.inbox.camel;

import hub.db.TransactionLimits;
import hub.inbox.db.Outcome;
import hub.inbox.engine.LeasedDelivery;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The events of a transaction that was rolled back; each runs alone. Not thread-safe. */
final class RolledBackEvents {
  private final String route;
  private final TransactedEvent alone;
  private final DeliveryWorkers workers;
  private final Set<LeasedDelivery> released;

  /** Lanes whose next events must not run. */
  private final Set<Object> stopped = new HashSet<>();

  /**
   * @param released those that are given back without an attempt
   */
  RolledBackEvents(
      String route, TransactedEvent alone, DeliveryWorkers workers, Set<LeasedDelivery> released) {
    this.route = route;
    this.alone = alone;
    this.workers = workers;
    this.released = released;
  }

  boolean isStopped(Object lane) {
    return stopped.contains(lane);
  }

  /**
   * Runs the events in their order.
   *
   * @param known an event that is known to take longer
   * @return those that take longer than the limits, and those behind them in their lanes
   */
  List<LeasedDelivery> run(
      List<LeasedDelivery> events, Optional<LeasedDelivery> known, TransactionLimits limits) {
    return run(events, known, limits, false);
  }

  /** The same with those that took longer; now that is their failure. */
  void runPatiently(List<LeasedDelivery> late, TransactionLimits limits) {
    run(late, Optional.empty(), limits, true);
  }

  private List<LeasedDelivery> run(
      List<LeasedDelivery> events,
      Optional<LeasedDelivery> known,
      TransactionLimits limits,
      boolean isLast) {
    List<LeasedDelivery> late = new ArrayList<>();
    Set<Object> waiting = new HashSet<>();
    for (LeasedDelivery one : events) {
      Object lane = TransactedBatch.laneOf(one);
      if (released.contains(one) || stopped.contains(lane)) {
        workers.finish(one, Outcome.released(one.delivery(), route));
      } else if (waiting.contains(lane) || known.filter(one::equals).isPresent()) {
        waiting.add(lane);
        late.add(one);
      } else {
        switch (alone.handle(one, limits, isLast)) {
          case NEXT -> {}
          case STOP -> stopped.add(lane);
          case LATE -> {
            waiting.add(lane);
            late.add(one);
          }
        }
      }
    }
    return late;
  }
}
