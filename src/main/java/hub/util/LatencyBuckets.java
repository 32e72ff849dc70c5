package hub.util;

import java.time.Duration;
import java.util.stream.LongStream;

/**
 * The bucket bounds of all latency metrics, so that a monitor can compute quantiles over all nodes.
 * Few, because each bound is a time series for every label.
 */
public final class LatencyBuckets {
  private static final long[] MILLIS = {10, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000};

  private LatencyBuckets() {}

  /** Ascending. */
  public static Duration[] all() {
    return LongStream.of(MILLIS).mapToObj(Duration::ofMillis).toArray(Duration[]::new);
  }
}
