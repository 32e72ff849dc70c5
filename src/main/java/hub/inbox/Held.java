package hub.inbox;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A claimed event with the time until which nobody else takes it, by this process's own clock.
 * Thread-safe.
 */
final class Held {
  private final Claimed claimed;
  private final AtomicBoolean begun = new AtomicBoolean();
  private volatile long until;

  Held(Claimed claimed, long claimedAtNanos, Duration lease) {
    this.claimed = claimed;
    this.until = claimedAtNanos + lease.toNanos();
  }

  Claimed claimed() {
    return claimed;
  }

  /** True for the one who may handle it, or give it back. */
  boolean begin() {
    return begun.compareAndSet(false, true);
  }

  void renewed(long atNanos, Duration lease) {
    until = atNanos + lease.toNanos();
  }

  /** Whether somebody else may have it by now. */
  boolean lapsed(long nowNanos) {
    return until - nowNanos <= 0;
  }
}
