package hub.inbox.engine;

import hub.inbox.db.Delivery;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one handler has claimed and not finished yet: keeps its leases, and tells the store which of
 * it has begun. Thread-safe.
 */
public final class LeasedDeliveries implements Lease.Keeper {
  private static final Logger LOG = LoggerFactory.getLogger(LeasedDeliveries.class);

  /**
   * The claim itself notes what begins at once. What begins later is noted when it takes longer
   * than this, so that quick handlers cost no further write.
   */
  private static final long UNNOTED_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  /** A deadlock or a lock that took too long, not an outage, which is waited for. */
  private static final int TRIES = 5;

  private static final long PAUSE_MILLIS = 1_000;

  private final Map<UUID, LeasedDelivery> held = new ConcurrentHashMap<>();
  private final AtomicLong bytes = new AtomicLong();
  private final Inbox inbox;
  private final String route;
  private final Duration lease;
  private final Clock clock;
  private final BooleanSupplier ending;

  /**
   * @param clock for the wall clock's time
   * @param ending whether the handler is being stopped
   */
  public LeasedDeliveries(
      Inbox inbox, String route, Duration lease, Clock clock, BooleanSupplier ending) {
    this.inbox = inbox;
    this.route = route;
    this.lease = lease;
    this.clock = clock;
    this.ending = ending;
  }

  /** Asks the store for events; none while too much is held in memory. */
  public interface Claiming {
    /**
     * @param bytes that it may return
     */
    Collection<Delivery> claim(long bytes) throws SQLException;
  }

  /** Claims, and holds what comes. */
  public List<LeasedDelivery> claim(Claiming claiming) throws SQLException {
    long reserved = inbox.bytes().reserve(bytes.get());
    if (reserved == 0) {
      return List.of();
    }
    long got = 0;
    try {
      LeasedDelivery.Moment before = now();
      List<LeasedDelivery> all = new ArrayList<>();
      for (Delivery one : claiming.claim(reserved)) {
        got += one.bytes();
        all.add(hold(new LeasedDelivery(one, before, lease)));
      }
      return all;
    } finally {
      inbox.bytes().settle(reserved, got);
    }
  }

  private LeasedDelivery hold(LeasedDelivery one) {
    bytes.addAndGet(one.claimed().bytes());
    LeasedDelivery before = held.put(one.claimed().eventId(), one);
    if (before != null) {
      before.lose();
      gone(before);
    }
    return one;
  }

  /** It is finished, or nobody's here any more. */
  public void drop(LeasedDelivery one) {
    if (held.remove(one.claimed().eventId(), one)) {
      gone(one);
    }
  }

  private void gone(LeasedDelivery one) {
    bytes.addAndGet(-one.claimed().bytes());
    inbox.bytes().settle(one.claimed().bytes(), 0);
  }

  public Collection<LeasedDelivery> all() {
    return held.values();
  }

  public int size() {
    return held.size();
  }

  /** Before a claim: else this process would take over from itself what it is still at. */
  public void renewLapsed() throws SQLException {
    LeasedDelivery.Moment now = now();
    if (held.values().stream().anyMatch(one -> one.leaseExpired(now))) {
      renewAll();
    }
  }

  /** Keeps all leases for another while. */
  public void renewAll() throws SQLException {
    renew(List.copyOf(held.values()));
  }

  private void renew(List<LeasedDelivery> some) throws SQLException {
    if (some.isEmpty()) {
      return;
    }
    LeasedDelivery.Moment before = now();
    List<Delivery> claimed = some.stream().map(LeasedDelivery::claimed).toList();
    Set<UUID> ours =
        inbox.database().inTransaction(c -> inbox.store().renew(c, route, claimed, lease));
    for (LeasedDelivery one : some) {
      if (ours.contains(one.claimed().eventId())) {
        one.renewed(before, lease);
      } else {
        one.lose();
      }
    }
  }

  /** Notes what has begun since it was claimed and is not over quickly. */
  public void noteBegun() {
    long now = System.nanoTime();
    List<LeasedDelivery> some =
        held.values().stream().filter(one -> one.isToNote(now, UNNOTED_NANOS)).toList();
    if (some.isEmpty()) {
      return;
    }
    List<Delivery> claimed = some.stream().map(LeasedDelivery::claimed).toList();
    long asked = inbox.outage().now();
    try {
      inbox
          .database()
          .inTransaction(
              connection -> {
                inbox.store().begun(connection, route, claimed);
                return null;
              });
      some.forEach(LeasedDelivery::noted);
    } catch (SQLException | RuntimeException e) {
      tell(e, asked, "begun", claimed.size());
    }
  }

  public void tell(Exception error, long asked, String operation, int events) {
    if (!inbox.outage().explains(error, asked)) {
      LOG.warn(
          "inbox={} outcome=failed route={} events={} error={}",
          operation,
          route,
          events,
          error.toString());
    }
  }

  @Override
  public LeasedDelivery.Moment now() {
    return LeasedDelivery.Moment.now(clock);
  }

  @Override
  public boolean isStoreAway() {
    return inbox.outage().isAway();
  }

  @Override
  public void keep(List<LeasedDelivery> some) {
    boolean told = false;
    for (int tries = 1; tries <= TRIES; ) {
      refuseLost(some);
      if (ending.getAsBoolean()) {
        throw new LeaseExpiredException("the handler is being stopped");
      }
      long asked = inbox.outage().now();
      try {
        if (isStoreAway()) {
          if (!told) {
            LOG.info("inbox=step outcome=waits route={}: the event store is away", route);
            told = true;
          }
          inbox.outage().awaitEnd(PAUSE_MILLIS);
          continue;
        }
        // What is over by now, another event of a batch perhaps, has no lease to keep.
        renew(some.stream().filter(one -> !one.isEnded()).toList());
        refuseLost(some);
        return;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new LeaseExpiredException("the handler is being stopped");
      } catch (SQLException | RuntimeException e) {
        if (e instanceof LeaseExpiredException over) {
          throw over;
        }
        if (!inbox.outage().explains(e, asked)) {
          tries++;
          LOG.debug("route={} cannot renew a lease", route, e);
        }
      }
    }
    throw new LeaseExpiredException("its lease may be over, and the event store cannot tell");
  }

  private static void refuseLost(List<LeasedDelivery> some) {
    for (LeasedDelivery one : some) {
      if (one.isLost()) {
        throw new LeaseExpiredException(
            "the lease of event "
                + one.claimed().eventId()
                + " is over and another process has taken the event; nothing was done");
      }
    }
  }
}
