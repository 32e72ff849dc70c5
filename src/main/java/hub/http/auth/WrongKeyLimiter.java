package hub.http.auth;

import hub.http.SourceAddress;
import hub.http.problem.Problem;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Bounds how many wrong keys an address may show: ten in a minute. A right key is never counted and
 * never refused here, so that nobody can lock out whoever has it. Thread-safe.
 */
public final class WrongKeyLimiter {
  public static final String BEAN = "wrongKeys";

  private static final int MOST = 10;
  private static final Duration WITHIN = Duration.ofMinutes(1);

  /** Of networks remembered; the oldest is forgotten first. */
  private static final int NETWORKS = 10_000;

  /**
   * Wrong keys of one network.
   *
   * @param since the first of this minute
   */
  private record Count(Instant since, int keys) {}

  private final Clock clock;
  private final Map<String, Count> byNetwork =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Count> eldest) {
          return size() > NETWORKS;
        }
      };

  public WrongKeyLimiter(Clock clock) {
    this.clock = clock;
  }

  /**
   * Notes a wrong key.
   *
   * @param otherwise what to answer as long as there were not too many
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

  /** Seconds until the minute is over, when this is one too many; else 0. */
  private synchronized long waitAfterOneMore(String network) {
    Instant now = clock.instant();
    Count count = byNetwork.get(network);
    if (count == null || !now.isBefore(count.since().plus(WITHIN))) {
      // Behind the others again: the oldest minute is forgotten first.
      byNetwork.remove(network);
      count = new Count(now, 0);
    }
    if (count.keys() >= MOST) {
      return Duration.between(now, count.since().plus(WITHIN)).toSeconds() + 1;
    }
    byNetwork.put(network, new Count(count.since(), count.keys() + 1));
    return 0;
  }
}
