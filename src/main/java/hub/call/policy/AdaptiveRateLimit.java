package hub.call.policy;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The rate limit of one provider: the configured one, or a lower one learned from its 429 answers.
 * A 429 pauses all calls and lowers the rate to 80 % of last second's throughput, at least to 8
 * calls a second; a 429 at a learned rate lowers that one further. The rate then grows by 5 % a
 * second, and the learned limit is dropped after a minute without a 429. Not thread-safe.
 */
final class AdaptiveRateLimit {
  private static final double NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);
  private static final double DECREASE = 0.8;
  private static final double GROWTH_PER_SECOND = 0.05;

  /** Below this rate, in calls a second, a 429 says nothing about the provider's limit. */
  private static final double MIN_TELLING_RATE = 10;

  private static final double MIN_RATE = 0.5;

  /** In nanoseconds. A limit not met for this long may have changed. */
  private static final long FORGET_AFTER = TimeUnit.MINUTES.toNanos(1);

  /** In calls a second. A learned rate beyond this is dropped: no provider limits that high. */
  private static final double MAX_RATE = 2_000;

  /** Unused capacity of this part of a second may be used at once. */
  private static final double BURST_SECONDS = 0.25;

  /** In nanoseconds. A longer {@code Retry-After} is cut to this: it may be a mistake. */
  private static final Duration MAX_PAUSE = Duration.ofMinutes(5);

  private static final Duration DEFAULT_PAUSE = Duration.ofSeconds(1);

  private double configured = Double.POSITIVE_INFINITY;
  private double learned = Double.POSITIVE_INFINITY;
  private long nextFree = Long.MIN_VALUE;
  private long pausedUntil = Long.MIN_VALUE;
  private long slowedAt = Long.MIN_VALUE;
  private long grownAt;
  private long secondBegan = Long.MIN_VALUE;
  private int answered;
  private int answeredBefore;

  /**
   * @param perSecond calls a second; the smallest of all values given counts
   */
  void atMost(double perSecond) {
    configured = Math.min(configured, perSecond);
  }

  /** The limit in calls a second; infinite when there is none. */
  double perSecond() {
    return Math.min(configured, learned);
  }

  /** When the next call may start; {@code now} or earlier means at once. */
  long nextSlot(long now) {
    grow(now);
    long slot = pausedUntil != Long.MIN_VALUE && pausedUntil - now > 0 ? pausedUntil : now;
    return nextFree != Long.MIN_VALUE && nextFree - slot > 0 ? nextFree : slot;
  }

  /** Notes that a call starts. */
  void callStarted(long now) {
    double perSecond = perSecond();
    if (Double.isInfinite(perSecond)) {
      nextFree = Long.MIN_VALUE;
      return;
    }
    long earliest = now - (long) (BURST_SECONDS * NANOS_PER_SECOND);
    long from = nextFree == Long.MIN_VALUE || earliest - nextFree > 0 ? earliest : nextFree;
    nextFree = from + (long) (NANOS_PER_SECOND / perSecond);
  }

  /** Notes that the provider answered. */
  void answered(long now) {
    rollSecond(now);
    answered++;
  }

  /** Raises the learned rate by the time that has passed since the last 429. */
  private void grow(long now) {
    if (Double.isInfinite(learned)) {
      return;
    }
    learned *= Math.pow(1 + GROWTH_PER_SECOND, (now - grownAt) / NANOS_PER_SECOND);
    grownAt = now;
    if (learned > MAX_RATE || now - slowedAt > FORGET_AFTER) {
      learned = Double.POSITIVE_INFINITY;
    }
  }

  /** How long a 429 pauses calls: as long as it asks, within bounds. */
  static Duration pause(Optional<Duration> retryAfter) {
    Duration wanted = retryAfter.orElse(DEFAULT_PAUSE);
    return wanted.compareTo(MAX_PAUSE) < 0 ? wanted : MAX_PAUSE;
  }

  /**
   * Notes a 429: pauses all calls and lowers the rate.
   *
   * @param begun when the rejected call started; if that was before the rate was last lowered, the
   *     rate stays
   */
  void slowDown(long now, long begun, Optional<Duration> retryAfter) {
    long pause = pause(retryAfter).toNanos();
    if (pausedUntil == Long.MIN_VALUE || now + pause - pausedUntil > 0) {
      pausedUntil = now + pause;
    }
    if (slowedAt == Long.MIN_VALUE || begun - slowedAt > 0) {
      rollSecond(now);
      grow(now);
      double seen = Math.max(answered, answeredBefore);
      // A 429 at a learned rate: that rate is too fast, however slow it is.
      double limit = Double.isInfinite(learned) ? Math.max(MIN_TELLING_RATE, seen) : learned;
      learned = Math.max(MIN_RATE, DECREASE * limit);
      slowedAt = now;
      grownAt = now;
      nextFree = Long.MIN_VALUE;
    }
  }

  private void rollSecond(long now) {
    if (secondBegan == Long.MIN_VALUE || now - secondBegan >= 2 * NANOS_PER_SECOND) {
      answeredBefore = 0;
      answered = 0;
      secondBegan = now;
    } else if (now - secondBegan >= NANOS_PER_SECOND) {
      answeredBefore = answered;
      answered = 0;
      secondBegan += (long) NANOS_PER_SECOND;
    }
  }
}
