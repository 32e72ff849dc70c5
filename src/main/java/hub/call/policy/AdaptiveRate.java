package hub.call.policy;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * How fast calls may follow each other: as fast as is configured, and no faster than the provider
 * bears. A 429 pauses all calls and sets the pace below what was answered in the last second, for
 * as little as that is known to be its limit; from then on the pace grows by a twentieth a second,
 * and is forgotten after a quiet minute. Not thread-safe.
 */
final class AdaptiveRate {
  private static final double SECOND = TimeUnit.SECONDS.toNanos(1);
  private static final double DOWN = 0.8;
  private static final double UP = 0.05;

  /** Who was sent less in a second than this and said 429 has not told its limit by that. */
  private static final double TELLING = 10;

  private static final double SLOWEST = 0.5;

  /** A limit that nobody has met for so long may be another by now. */
  private static final long FORGOTTEN = TimeUnit.MINUTES.toNanos(1);

  /** Nobody limits to more than this; a pace beyond it is none. */
  private static final double FASTEST = 2_000;

  /** Calls that nobody made in this share of a second may be made up for. */
  private static final double BURST_SECONDS = 0.25;

  /** When the provider says how long, it is believed up to here; it may be an hour by mistake. */
  private static final long LONGEST_PAUSE = TimeUnit.MINUTES.toNanos(5);

  private static final Duration USUAL_PAUSE = Duration.ofSeconds(1);

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
   * @param perSecond of all that was asked for, the smallest counts
   */
  void atMost(double perSecond) {
    configured = Math.min(configured, perSecond);
  }

  /** Calls a second at most; infinite when nothing limits them. */
  double perSecond() {
    return Math.min(configured, learned);
  }

  /** When the next call may start; not after {@code now}: at once. */
  long nextSlot(long now) {
    grow(now);
    long slot = pausedUntil != Long.MIN_VALUE && pausedUntil - now > 0 ? pausedUntil : now;
    return nextFree != Long.MIN_VALUE && nextFree - slot > 0 ? nextFree : slot;
  }

  /** A call starts. */
  void taken(long now) {
    double perSecond = perSecond();
    if (Double.isInfinite(perSecond)) {
      nextFree = Long.MIN_VALUE;
      return;
    }
    long earliest = now - (long) (BURST_SECONDS * SECOND);
    long from = nextFree == Long.MIN_VALUE || earliest - nextFree > 0 ? earliest : nextFree;
    nextFree = from + (long) (SECOND / perSecond);
  }

  /** The provider answered. */
  void answered(long now) {
    turnSecond(now);
    answered++;
  }

  /** Lets the pace grow with the time that has passed since the last 429. */
  private void grow(long now) {
    if (Double.isInfinite(learned)) {
      return;
    }
    learned *= Math.pow(1 + UP, (now - grownAt) / SECOND);
    grownAt = now;
    if (learned > FASTEST || now - slowedAt > FORGOTTEN) {
      learned = Double.POSITIVE_INFINITY;
    }
  }

  /**
   * The provider wants fewer calls.
   *
   * @param begun when the call started that was refused: those that started before the last
   *     slowing-down say nothing new
   */
  void slowDown(long now, long begun, Optional<Duration> retryAfter) {
    long pause = Math.min(LONGEST_PAUSE, retryAfter.orElse(USUAL_PAUSE).toNanos());
    if (pausedUntil == Long.MIN_VALUE || now + pause - pausedUntil > 0) {
      pausedUntil = now + pause;
    }
    if (slowedAt == Long.MIN_VALUE || begun - slowedAt > 0) {
      turnSecond(now);
      grow(now);
      double seen = Math.max(answered, answeredBefore);
      // Refused again at a pace that was learned: that pace is too fast, however slow it is.
      double limit = Double.isInfinite(learned) ? Math.max(TELLING, seen) : learned;
      learned = Math.max(SLOWEST, DOWN * limit);
      slowedAt = now;
      grownAt = now;
      nextFree = Long.MIN_VALUE;
    }
  }

  private void turnSecond(long now) {
    if (secondBegan == Long.MIN_VALUE || now - secondBegan >= 2 * SECOND) {
      answeredBefore = 0;
      answered = 0;
      secondBegan = now;
    } else if (now - secondBegan >= SECOND) {
      answeredBefore = answered;
      answered = 0;
      secondBegan += (long) SECOND;
    }
  }
}
