package hub.http.auth;

import hub.http.SourceAddress;
import hub.http.problem.Problem;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Limits the wrong keys from one address to ten a minute. A right key is never counted and never
 * refused here, so that others cannot lock out its owner. Thread-safe.
 */
public final class WrongKeyLimiter {
  public static final String BEAN = "wrongKeys";

  private static final int MAX_KEYS = 10;
  private static final Duration WINDOW = Duration.ofMinutes(1);

  /** Networks that are remembered; the oldest is dropped first. */
  private static final int MAX_NETWORKS = 10_000;

  /**
   * The wrong keys of one network.
   *
   * @param since when the current minute began
   */
  private record Count(Instant since, int keys) {}

  private final Clock clock;
  private final Map<String, Count> byNetwork =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Count> eldest) {
          return size() > MAX_NETWORKS;
        }
      };

  public WrongKeyLimiter(Clock clock) {
    this.clock = clock;
  }

  /**
   * Notes a wrong key.
   *
   * @param otherwise the answer while the limit is not reached
   * @return {@code otherwise}, or 429 {@code rate-limited}
   */
  public Problem note(SourceAddress source, Problem otherwise) {
    if (!source.limited()) {
      return otherwise;
    }
    long wait = waitAfterOneMore(source.network());
    return wait == 0
        ? otherwise
        : Problem.of(
                429, "rate-limited", "Too many wrong keys came from this address; wait a minute.")
            .retryAfter((int) wait);
  }

  /**
   * Counts one more wrong key. Returns the seconds until the minute ends when the limit is reached,
   * else 0.
   */
  private synchronized long waitAfterOneMore(String network) {
    Instant now = clock.instant();
    Count count = byNetwork.get(network);
    if (count == null || !now.isBefore(count.since().plus(WINDOW))) {
      // Moves to the end: the oldest minute is dropped first.
      byNetwork.remove(network);
      count = new Count(now, 0);
    }
    if (count.keys() >= MAX_KEYS) {
      return Duration.between(now, count.since().plus(WINDOW)).toSeconds() + 1;
    }
    byNetwork.put(network, new Count(count.since(), count.keys() + 1));
    return 0;
  }
}
