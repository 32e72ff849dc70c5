package hub.inbox.camel;

import hub.inbox.db.ClaimQuery;
import hub.inbox.engine.Inbox;
import hub.inbox.engine.LeasedDeliveries;
import hub.inbox.engine.LeasedDelivery;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Claims deliveries of one handler from the store. Thread-safe. */
final class HandlerClaims {
  private final Inbox inbox;
  private final String route;
  private final boolean ordered;
  private final Duration lease;
  private final LeasedDeliveries leased;

  /**
   * @param leased keeps the deliveries that are claimed
   */
  HandlerClaims(
      Inbox inbox, String route, boolean ordered, Duration lease, LeasedDeliveries leased) {
    this.inbox = inbox;
    this.route = route;
    this.ordered = ordered;
    this.lease = lease;
    this.leased = leased;
  }

  /**
   * Claims due deliveries.
   *
   * @param limit how many, at most; fewer while the memory limit is reached
   * @param starting how many of them start at once
   */
  List<LeasedDelivery> claim(int limit, int starting) throws SQLException {
    boolean takeOver = inbox.storeOutage().mayTakeOver();
    return leased.claim(
        bytes -> {
          ClaimQuery query =
              new ClaimQuery(
                  route, ordered, limit, bytes, leased.size() == 0, starting, takeOver, lease);
          return inbox.database().inTransaction(c -> inbox.store().claim(c, query));
        });
  }

  /** Whether a process died or stopped answering while its handler was at work on a delivery. */
  boolean isAnyAbandoned() throws SQLException {
    return inbox.storeOutage().mayTakeOver()
        && inbox.database().read(c -> inbox.store().isAnyAbandoned(c, route));
  }

  /** Takes one abandoned delivery over; empty when there is none. */
  Optional<LeasedDelivery> takeOver() throws SQLException {
    if (!inbox.storeOutage().mayTakeOver()) {
      return Optional.empty();
    }
    List<LeasedDelivery> claimed =
        leased.claim(
            bytes -> {
              ClaimQuery query = new ClaimQuery(route, ordered, 1, bytes, true, 1, true, lease);
              return inbox.database().inTransaction(c -> inbox.store().takeOver(c, query)).stream()
                  .toList();
            });
    return claimed.stream().findFirst();
  }

  /**
   * Milliseconds until the next delivery is due, negative when one is overdue.
   *
   * @param later ignore the overdue ones
   */
  long millisUntilDue(boolean later) throws SQLException {
    return inbox.database().read(c -> inbox.store().millisUntilDue(c, route, later));
  }
}
