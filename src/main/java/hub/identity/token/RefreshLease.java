package hub.identity.token;

import hub.db.StoreUnavailableException;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The lease that one refresh holds on a row, so that no other node refreshes the same token.
 * Thread-safe.
 */
final class RefreshLease {
  private static final Logger LOG = LoggerFactory.getLogger(RefreshLease.class);

  /** Renewals within the lease's duration; one of them may fail. */
  private static final int RENEWALS = 3;

  private final UUID leaseOwner = UUID.randomUUID();
  private final TokenTable table;
  private final ScheduledExecutorService timer;
  private final Duration duration;

  /**
   * @param timer renews the lease
   * @param duration after this long without a renewal another node may take the lease
   */
  RefreshLease(TokenTable table, ScheduledExecutorService timer, Duration duration) {
    this.table = table;
    this.timer = timer;
    this.duration = duration;
  }

  /** Takes the lease; false when the row has changed or another refresh holds the lease. */
  boolean acquire(TokenRow row) {
    return table.lease(row, leaseOwner, duration);
  }

  /** Renews the lease regularly until the result is cancelled. */
  ScheduledFuture<?> keepRenewed(TokenOwner owner) {
    long every = Math.max(1, duration.toMillis() / RENEWALS);
    return timer.scheduleWithFixedDelay(
        () -> {
          try {
            table.prolong(owner, leaseOwner, duration);
          } catch (StoreUnavailableException e) {
            LOG.debug("token={} lease=not-prolonged", owner, e);
          }
        },
        every,
        every,
        TimeUnit.MILLISECONDS);
  }

  /** Gives the lease back. While the database is away it is left to expire. */
  void release(TokenOwner owner) {
    try {
      table.release(owner, leaseOwner);
    } catch (StoreUnavailableException e) {
      LOG.debug("token={} lease=not-released", owner, e);
    }
  }
}
