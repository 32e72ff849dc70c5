package hub.inbox.engine;

import hub.inbox.db.Delivery;
import hub.inbox.db.NewEvent;
import java.util.List;
import java.util.Optional;

/**
 * Tells whether an event of a route is for other nodes alone: this node's version of the route does
 * not take it, and that of a live one does. Asks the store once, if at all. For one thread.
 */
public final class ForOthers {
  private final HandlerDirectory directory;
  private final Matching matching;
  private final String route;
  private Optional<Optional<List<Known>>> others = Optional.empty();

  ForOthers(HandlerDirectory directory, Matching matching, String route) {
    this.directory = directory;
    this.matching = matching;
    this.route = route;
  }

  /** True also while the store cannot tell. */
  public boolean includes(Delivery delivery) {
    Decisions decisions = new Decisions(event(delivery));
    if (matching.takes(route, decisions)) {
      return false;
    }
    if (others.isEmpty()) {
      others = Optional.of(directory.versionsOfOthers(route));
    }
    return others
        .get()
        .map(versions -> versions.stream().anyMatch(one -> one.takes(decisions)))
        .orElse(true);
  }

  private static NewEvent event(Delivery delivery) {
    return new NewEvent(
        delivery.source(),
        delivery.providerEventId(),
        delivery.type(),
        delivery.orderingKey(),
        delivery.receivedAt(),
        delivery.headers(),
        delivery.payload(),
        false);
  }
}
