package hub.inbox.engine;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.DoubleSupplier;

/**
 * When a failed event is tried again.
 *
 * @param delaysSeconds wait before each retry; as many retries as entries
 * @param random gives 0 to 1, for the jitter
 */
public record RetrySchedule(List<Long> delaysSeconds, DoubleSupplier random) {
  /** Events that failed together must not be retried together. */
  private static final double JITTER = 0.2;

  /** The limit for a wait that a provider asks for. */
  private static final Duration LONGEST = Duration.ofDays(1);

  /**
   * The wait after failed attempt number {@code attempt} (from 1); empty when there are no more.
   */
  public Optional<Duration> after(int attempt) {
    if (attempt > delaysSeconds.size()) {
      return Optional.empty();
    }
    return Optional.of(spread(Duration.ofSeconds(delaysSeconds.get(attempt - 1))));
  }

  /** How often an event is tried before it is dead. */
  public int attempts() {
    return delaysSeconds.size() + 1;
  }

  /** {@code delay} ±20 %. */
  Duration spread(Duration delay) {
    double factor = 1 + JITTER * (2 * random.getAsDouble() - 1);
    return Duration.ofMillis(Math.round(delay.toMillis() * factor));
  }

  /**
   * {@code delay} plus up to 20 %, at least a second, at most a day. Never earlier: the provider
   * would refuse, and each try costs a claim.
   */
  public Duration notBefore(Duration delay) {
    long millis = Math.max(1_000, delay.toMillis());
    long spread = Math.round(millis * (1 + JITTER * random.getAsDouble())) + 1;
    return Duration.ofMillis(Math.min(LONGEST.toMillis(), spread));
  }
}
