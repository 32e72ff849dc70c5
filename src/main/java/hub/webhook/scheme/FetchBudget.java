package hub.webhook.scheme;

import java.time.Clock;
import java.util.HashMap;
import java.util.Map;

/**
 * How many documents are fetched from a host because requests say so: twenty a minute. Thread-safe.
 */
final class FetchBudget {
  static final int A_MINUTE = 20;

  private static final long SECONDS = 60;

  private final Clock clock;
  private final Map<String, Integer> used = new HashMap<>();
  private long minute = Long.MIN_VALUE;

  FetchBudget(Clock clock) {
    this.clock = clock;
  }

  /**
   * @param host as its scheme writes it
   */
  synchronized boolean hasLeft(String host) {
    long now = Math.floorDiv(clock.instant().getEpochSecond(), SECONDS);
    if (now != minute) {
      minute = now;
      used.clear();
    }
    return used.getOrDefault(host, 0) < A_MINUTE;
  }

  /** Uses one up; false when none is left. */
  synchronized boolean take(String host) {
    boolean left = hasLeft(host);
    if (left) {
      used.merge(host, 1, Integer::sum);
    }
    return left;
  }
}
