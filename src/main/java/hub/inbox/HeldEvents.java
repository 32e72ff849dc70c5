package hub.inbox;

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
final class HeldEvents implements Lease.Keeper {
  private static final Logger LOG = LoggerFactory.getLogger(HeldEvents.class);

  /**
   * The claim itself notes what begins at once. What begins later is noted when it takes longer
   * than this, so that quick handlers cost no further write.
   */
  private static final long UNNOTED_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  /** A deadlock or a lock that took too long, not an outage, which is waited for. */
  private static final int TRIES = 5;

  private static final long PAUSE_MILLIS = 1_000;

  private final Map<UUID, Held> held = new ConcurrentHashMap<>();
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
  HeldEvents(Inbox inbox, String route, Duration lease, Clock clock, BooleanSupplier ending) {
    this.inbox = inbox;
    this.route = route;
    this.lease = lease;
    this.clock = clock;
    this.ending = ending;
  }

  /** Asks the store for events; none while too much is held in memory. */
  interface Claiming {
    /**
     * @param bytes that it may return
     */
    Collection<Claimed> claim(long bytes) throws SQLException;
  }

  /** Claims, and holds what comes. */
  List<Held> claim(Claiming claiming) throws SQLException {
    long reserved = inbox.bytes().reserve(bytes.get());
    if (reserved == 0) {
      return List.of();
    }
    long got = 0;
    try {
      Held.Moment before = now();
      List<Held> all = new ArrayList<>();
      for (Claimed one : claiming.claim(reserved)) {
        got += one.bytes();
        all.add(hold(new Held(one, before, lease)));
      }
      return all;
    } finally {
      inbox.bytes().settle(reserved, got);
    }
  }

  private Held hold(Held one) {
    bytes.addAndGet(one.claimed().bytes());
    Held before = held.put(one.claimed().eventId(), one);
    if (before != null) {
      before.lose();
      gone(before);
    }
    return one;
  }

  /** It is finished, or nobody's here any more. */
  void drop(Held one) {
    if (held.remove(one.claimed().eventId(), one)) {
      gone(one);
    }
  }

  private void gone(Held one) {
    bytes.addAndGet(-one.claimed().bytes());
    inbox.bytes().settle(one.claimed().bytes(), 0);
  }

  Collection<Held> all() {
    return held.values();
  }

  int size() {
    return held.size();
  }

  /** Before a claim: else this process would take over from itself what it is still at. */
  void renewLapsed() throws SQLException {
    Held.Moment now = now();
    if (held.values().stream().anyMatch(one -> one.lapsed(now))) {
      renewAll();
    }
  }

  /** Keeps all leases for another while. */
  void renewAll() throws SQLException {
    renew(List.copyOf(held.values()));
  }

  private void renew(List<Held> some) throws SQLException {
    if (some.isEmpty()) {
      return;
    }
    Held.Moment before = now();
    List<Claimed> claimed = some.stream().map(Held::claimed).toList();
    Set<UUID> ours =
        inbox.database().inTransaction(c -> inbox.store().renew(c, route, claimed, lease));
    for (Held one : some) {
      if (ours.contains(one.claimed().eventId())) {
        one.renewed(before, lease);
      } else {
        one.lose();
      }
    }
  }

  /** Notes what has begun since it was claimed and is not over quickly. */
  void noteBegun() {
    long now = System.nanoTime();
    List<Held> some =
        held.values().stream().filter(one -> one.isToNote(now, UNNOTED_NANOS)).toList();
    if (some.isEmpty()) {
      return;
    }
    List<Claimed> claimed = some.stream().map(Held::claimed).toList();
    long asked = inbox.outage().now();
    try {
      inbox
          .database()
          .inTransaction(
              connection -> {
                inbox.store().begun(connection, route, claimed);
                return null;
              });
      some.forEach(Held::noted);
    } catch (SQLException | RuntimeException e) {
      tell(e, asked, "begun", claimed.size());
    }
  }

  void tell(Exception error, long asked, String operation, int events) {
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
  public Held.Moment now() {
    return Held.Moment.now(clock);
  }

  @Override
  public boolean isStoreAway() {
    return inbox.outage().isAway();
  }

  @Override
  public void keep(List<Held> some) {
    boolean told = false;
    for (int tries = 1; tries <= TRIES; ) {
      refuseLost(some);
      if (ending.getAsBoolean()) {
        throw new LeaseOver("the handler is being stopped");
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
        throw new LeaseOver("the handler is being stopped");
      } catch (SQLException | RuntimeException e) {
        if (e instanceof LeaseOver over) {
          throw over;
        }
        if (!inbox.outage().explains(e, asked)) {
          tries++;
          LOG.debug("route={} cannot renew a lease", route, e);
        }
      }
    }
    throw new LeaseOver("its lease may be over, and the event store cannot tell");
  }

  private static void refuseLost(List<Held> some) {
    for (Held one : some) {
      if (one.isLost()) {
        throw new LeaseOver(
            "the lease of event "
                + one.claimed().eventId()
                + " is over and another process has taken the event; nothing was done");
      }
    }
  }
}
