package hub.inbox;

import java.time.Duration;

/**
 * A claimed event with the time until which nobody else takes it, by this process's own clock.
 * Thread-safe.
 */
final class Held {
  private final Claimed claimed;
  private volatile long until;

  Held(Claimed claimed, long claimedAtNanos, Duration lease) {
    this.claimed = claimed;
    this.until = claimedAtNanos + lease.toNanos();
  }

  Claimed claimed() {
    return claimed;
  }

  void renewed(long atNanos, Duration lease) {
    until = atNanos + lease.toNanos();
  }

  /** Whether somebody else may have it by now. */
  boolean lapsed(long nowNanos) {
    return until - nowNanos <= 0;
  }
}
