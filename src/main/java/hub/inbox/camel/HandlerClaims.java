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

  /** Events of a lane that the next claim takes at most; grows while lanes are long. */
  private volatile int lastDepth = 1;

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

  Inbox inbox() {
    return inbox;
  }

  String route() {
    return route;
  }

  boolean ordered() {
    return ordered;
  }

  Duration leaseTime() {
    return lease;
  }

  LeasedDeliveries leased() {
    return leased;
  }

  /**
   * Claims due deliveries.
   *
   * @param limit how many, at most; fewer while the memory limit is reached
   * @param starting how many of them start at once
   * @param mostDepth events of a lane, at most, from 1
   */
  List<LeasedDelivery> claim(int limit, int starting, int mostDepth) throws SQLException {
    boolean takeOver = inbox.storeOutage().mayTakeOver();
    int depth = Math.min(lastDepth, mostDepth);
    List<LeasedDelivery> claimed =
        leased.claim(
            bytes -> {
              boolean oneAlways = leased.size() == 0;
              ClaimQuery query =
                  new ClaimQuery(
                      route, ordered, depth, limit, bytes, oneAlways, starting, takeOver, lease);
              return inbox.database().inTransaction(c -> inbox.store().claim(c, query));
            });
    adapt(claimed, limit, mostDepth);
    return claimed;
  }

  /**
   * A claim that was not filled looks deeper the next time, which costs nothing where lanes are
   * short. One that was filled by many short lanes looks no deeper than they are long.
   */
  private void adapt(List<LeasedDelivery> claimed, int limit, int mostDepth) {
    if (claimed.isEmpty()) {
      return;
    }
    if (claimed.size() < limit) {
      lastDepth = Math.min(mostDepth, 2 * lastDepth);
    } else {
      long lanes = claimed.stream().map(one -> one.delivery().lane()).distinct().count();
      lastDepth = (int) Math.max(1, 2L * claimed.size() / lanes);
    }
  }

  /** Puts waiting deliveries under the handler's order; returns how many lanes were missing. */
  int arrangeLanes() throws SQLException {
    return inbox.database().inTransaction(c -> inbox.store().arrangeLanes(c, route, ordered));
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
              ClaimQuery query = new ClaimQuery(route, ordered, 1, 1, bytes, true, 1, true, lease);
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
    return inbox.database().read(c -> inbox.store().millisUntilDue(c, route, ordered, later));
  }
}
