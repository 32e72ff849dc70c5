package hub.inbox.camel;

import hub.inbox.db.Delivery;
import hub.inbox.db.Lane;
import hub.inbox.db.Outcome;
import hub.inbox.engine.ForOthers;
import hub.inbox.engine.Inbox;
import hub.inbox.engine.LeasedDelivery;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Leaves events to the nodes whose version of a route takes them while this node's does not, as in
 * a rolling update that adds an event type or changes a condition. For one thread.
 */
final class OtherVersions {
  private static final Logger LOG = LoggerFactory.getLogger(OtherVersions.class);

  /** Long enough for a claim of another node, which is told when it may. */
  private static final Duration LEFT_FOR = Duration.ofSeconds(1);

  /**
   * Pause after a claim that found nothing for this node: it ends after {@link #LEFT_FOR}, so that
   * others come first, and hides a long backlog from them only in small pieces.
   */
  private static final Duration PAUSE = Duration.ofMillis(1_500);

  private final HandlerClaims claims;
  private final DeliveryWorkers workers;
  private final Inbox inbox;
  private long pausedUntil;

  OtherVersions(HandlerClaims claims, DeliveryWorkers workers) {
    this.claims = claims;
    this.workers = workers;
    this.inbox = claims.inbox();
    this.pausedUntil = inbox.timing().nanos();
  }

  /** How long nothing is to be claimed; 0 or negative: now. */
  long pauseMillis() {
    return TimeUnit.NANOSECONDS.toMillis(pausedUntil - inbox.timing().nanos());
  }

  /**
   * Gives back what is for others, and what waits behind it in its lane; it costs no attempt.
   *
   * @return what is for this node
   */
  List<LeasedDelivery> leave(List<LeasedDelivery> claimed) {
    ForOthers forOthers = inbox.directory().forOthers(claims.route());
    Set<Lane> left = new HashSet<>();
    List<LeasedDelivery> own = new ArrayList<>(claimed.size());
    for (LeasedDelivery one : claimed) {
      Delivery delivery = one.delivery();
      if (delivery.lane().filter(left::contains).isPresent()) {
        finish(one, Outcome.released(delivery, claims.route()));
      } else if (forOthers.includes(delivery)) {
        LOG.debug("event={} route={} left to another node", delivery.eventId(), claims.route());
        delivery.lane().ifPresent(left::add);
        finish(one, Outcome.left(delivery, claims.route(), LEFT_FOR));
      } else {
        own.add(one);
      }
    }
    if (own.isEmpty() && !claimed.isEmpty()) {
      pausedUntil = inbox.timing().nanos() + PAUSE.toNanos();
    }
    return own;
  }

  private void finish(LeasedDelivery one, Outcome outcome) {
    // Else released by the stop.
    if (one.tryStart(inbox.timing().nanos())) {
      workers.finish(one, outcome);
    }
  }
}
