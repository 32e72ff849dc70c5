package hub.poll;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * How a poll or a catch-up fares, as the nodes have written it down.
 *
 * @param kind {@code poll} or {@code catch-up}
 * @param source of its events
 * @param failures runs that failed since the last one that did not
 * @param failingSince when the first of these failed; empty: none did
 * @param lastError why the last of these failed, for operators and without secrets
 * @param nextRunAt when the next run is due
 * @param isRunning whether a node runs it now
 */
public record FetchState(
    String kind,
    String source,
    int failures,
    Optional<Instant> failingSince,
    Optional<String> lastError,
    Instant nextRunAt,
    boolean isRunning) {
  public static final String POLL = "poll";
  public static final String CATCH_UP = "catch-up";

  /** One failure may be chance. */
  private static final int FAILING = 2;

  /** A run that is overdue for so long has no node: its route is stopped or removed. */
  private static final Duration OVERDUE = Duration.ofMinutes(10);

  /** Whether some node runs it when it is due. */
  public boolean isLive(Instant now) {
    return isRunning || nextRunAt.plus(OVERDUE).isAfter(now);
  }

  /** Whether two or more runs have failed, one after another. */
  public boolean isFailing() {
    return failures >= FAILING;
  }

  /** For how long it has been failing; zero: it is not. */
  public Duration failingFor(Instant now) {
    return isFailing()
        ? failingSince
            .map(since -> Duration.between(since, now))
            .filter(time -> !time.isNegative())
            .orElse(Duration.ZERO)
        : Duration.ZERO;
  }
}
