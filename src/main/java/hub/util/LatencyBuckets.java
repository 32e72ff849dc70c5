package hub.util;

import java.time.Duration;
import java.util.stream.LongStream;

/**
 * The times by which the metrics count what took longer and what did not, so that a monitor can
 * tell quantiles over all nodes. Few, because each is a series of its own for every label.
 */
public final class LatencyBuckets {
  private static final long[] MILLIS = {10, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000};

  private LatencyBuckets() {}

  /** Ascending. */
  public static Duration[] all() {
    return LongStream.of(MILLIS).mapToObj(Duration::ofMillis).toArray(Duration[]::new);
  }
}
