package hub.inbox.engine;

import hub.inbox.db.Delivery;
import java.sql.SQLException;
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
 * The unfinished deliveries that one handler has claimed. Renews their leases and records in the
 * store which of them the handler has started. Thread-safe.
 */
public final class LeasedDeliveries implements Lease.Renewer {
  private static final Logger LOG = LoggerFactory.getLogger(LeasedDeliveries.class);

  /**
   * The claim records the start of events that start at once. A later start is recorded only when
   * the handler takes longer than this, so that quick handlers cost no further write.
   */
  private static final long RECORD_START_AFTER_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  /** For errors such as a deadlock. An outage does not count: it is waited for. */
  private static final int TRIES = 5;

  private static final long PAUSE_MILLIS = 1_000;

  private final Map<UUID, LeasedDelivery> leased = new ConcurrentHashMap<>();
  private final AtomicLong bytes = new AtomicLong();
  private final Inbox inbox;
  private final String route;
  private final Duration lease;
  private final Timing timing;
  private final BooleanSupplier isEnding;

  /**
   * @param isEnding whether the handler is being stopped
   */
  public LeasedDeliveries(Inbox inbox, String route, Duration lease, BooleanSupplier isEnding) {
    this.inbox = inbox;
    this.route = route;
    this.lease = lease;
    this.timing = inbox.timing();
    this.isEnding = isEnding;
  }

  /** Claims from the store. */
  public interface Claiming {
    /**
     * Claims deliveries.
     *
     * @param bytes how many bytes of events it may return
     */
    Collection<Delivery> claim(long bytes) throws SQLException;
  }

  /** Claims deliveries and keeps them; none while the memory limit is reached. */
  public List<LeasedDelivery> claim(Claiming claiming) throws SQLException {
    long reserved = inbox.leasedBytes().reserve(bytes.get());
    if (reserved == 0) {
      return List.of();
    }
    long got = 0;
    try {
      LeasedDelivery.Moment before = now();
      List<LeasedDelivery> all = new ArrayList<>();
      for (Delivery one : claiming.claim(reserved)) {
        got += one.bytes();
        all.add(add(new LeasedDelivery(one, before, lease)));
      }
      return all;
    } finally {
      inbox.leasedBytes().settle(reserved, got);
    }
  }

  private LeasedDelivery add(LeasedDelivery one) {
    bytes.addAndGet(one.delivery().bytes());
    LeasedDelivery before = leased.put(one.delivery().eventId(), one);
    if (before != null) {
      before.markLost();
      releaseBytes(before);
    }
    return one;
  }

  /** Forgets a delivery that is finished, or whose lease is lost. */
  public void drop(LeasedDelivery one) {
    if (leased.remove(one.delivery().eventId(), one)) {
      releaseBytes(one);
    }
  }

  private void releaseBytes(LeasedDelivery one) {
    bytes.addAndGet(-one.delivery().bytes());
    inbox.leasedBytes().settle(one.delivery().bytes(), 0);
  }

  /** How long a lease lasts. */
  public Duration lease() {
    return lease;
  }

  public Collection<LeasedDelivery> all() {
    return leased.values();
  }

  public int size() {
    return leased.size();
  }

  /** Call before a claim, so that this process does not take its own deliveries over. */
  public void renewExpired() throws SQLException {
    LeasedDelivery.Moment now = now();
    if (leased.values().stream().anyMatch(one -> one.leaseExpired(now))) {
      renewAll();
    }
  }

  /** Renews all leases. */
  public void renewAll() throws SQLException {
    renew(List.copyOf(leased.values()));
  }

  /** The same; logs a failure. */
  public void renewRegularly() {
    long askedAt = inbox.storeOutage().now();
    try {
      renewAll();
    } catch (SQLException | RuntimeException e) {
      logFailure(e, askedAt, "renew", leased.size());
    }
  }

  private void renew(List<LeasedDelivery> deliveries) throws SQLException {
    if (deliveries.isEmpty()) {
      return;
    }
    LeasedDelivery.Moment before = now();
    List<Delivery> rows = deliveries.stream().map(LeasedDelivery::delivery).toList();
    Set<UUID> renewed =
        inbox.database().inTransaction(c -> inbox.store().renew(c, route, rows, lease));
    for (LeasedDelivery one : deliveries) {
      if (renewed.contains(one.delivery().eventId())) {
        one.extend(before, lease);
      } else {
        one.markLost();
      }
    }
  }

  /** Records the start of deliveries that started after their claim and take long. */
  public void recordStarted() {
    long now = timing.nanos();
    List<LeasedDelivery> deliveries =
        leased.values().stream()
            .filter(one -> one.needsStartRecorded(now, RECORD_START_AFTER_NANOS))
            .toList();
    if (deliveries.isEmpty()) {
      return;
    }
    List<Delivery> rows = deliveries.stream().map(LeasedDelivery::delivery).toList();
    long askedAt = inbox.storeOutage().now();
    try {
      inbox
          .database()
          .inTransaction(
              connection -> {
                inbox.store().markStarted(connection, route, rows);
                return null;
              });
      deliveries.forEach(LeasedDelivery::startRecorded);
    } catch (SQLException | RuntimeException e) {
      logFailure(e, askedAt, "record-start", rows.size());
    }
  }

  private void logFailure(Exception error, long askedAt, String operation, int events) {
    if (!inbox.storeOutage().recordIfOutage(error, askedAt)) {
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
    return timing.now();
  }

  @Override
  public boolean isStoreAway() {
    return inbox.storeOutage().isAway();
  }

  @Override
  public void awaitRenewed(List<LeasedDelivery> deliveries) {
    boolean logged = false;
    for (int tries = 1; tries <= TRIES; ) {
      refuseLost(deliveries);
      if (isEnding.getAsBoolean()) {
        throw new LeaseExpiredException("the handler is being stopped");
      }
      long askedAt = inbox.storeOutage().now();
      try {
        if (isStoreAway()) {
          if (!logged) {
            LOG.info("inbox=step outcome=waits route={}: the event store is away", route);
            logged = true;
          }
          inbox.storeOutage().awaitEnd(PAUSE_MILLIS);
          continue;
        }
        // Events of a batch that have ended meanwhile need no lease.
        renew(deliveries.stream().filter(one -> !one.isEnded()).toList());
        refuseLost(deliveries);
        return;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new LeaseExpiredException("the handler is being stopped");
      } catch (SQLException | RuntimeException e) {
        if (e instanceof LeaseExpiredException over) {
          throw over;
        }
        if (!inbox.storeOutage().recordIfOutage(e, askedAt)) {
          tries++;
          LOG.debug("route={} cannot renew a lease", route, e);
        }
      }
    }
    throw new LeaseExpiredException("its lease may be over, and the event store cannot tell");
  }

  private static void refuseLost(List<LeasedDelivery> deliveries) {
    for (LeasedDelivery one : deliveries) {
      if (one.isLost()) {
        throw new LeaseExpiredException(
            "the lease of event "
                + one.delivery().eventId()
                + " is over and another process has taken the event; nothing was done");
      }
    }
  }
}
