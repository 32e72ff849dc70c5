package hub.call.policy;

import java.time.Duration;
import java.util.function.DoubleSupplier;

/**
 * Exponential backoff with jitter: 400 ms, doubled after each attempt, up to 8 s, of which a random
 * half is taken off at most, so that calls that failed together do not come back together.
 * Thread-safe.
 */
final class Backoff {
  private static final long FIRST_MILLIS = 400;
  private static final long LONGEST_MILLIS = 8_000;

  private final DoubleSupplier random;

  /**
   * @param random returns numbers from 0 to 1
   */
  Backoff(DoubleSupplier random) {
    this.random = random;
  }

  /**
   * How long to wait before the next attempt.
   *
   * @param attempt the number of the failed attempt, from 1
   * @return from 200 ms to 8 s
   */
  Duration after(int attempt) {
    long full = Math.min(LONGEST_MILLIS, FIRST_MILLIS << Math.min(attempt - 1, 10));
    return Duration.ofMillis(Math.round(full * (0.5 + random.getAsDouble() / 2)));
  }
}
