package hub.util;

import java.util.Arrays;

/**
 * A histogram of durations. Histograms of several minutes and processes can be added, and the sum
 * still gives quantiles. Four buckets for each doubling, up to four hours; the error is 10 % at
 * most. Not thread-safe.
 */
public final class LatencyHistogram {
  private static final int BUCKETS = 96;
  private static final int PER_DOUBLING = 4;

  private final int[] counts = new int[BUCKETS];

  /** Parses the format of {@link #text}. */
  public static LatencyHistogram of(String text) {
    LatencyHistogram read = new LatencyHistogram();
    if (!text.isEmpty()) {
      for (String bucket : text.split(" ", -1)) {
        String[] parts = bucket.split(":", 2);
        read.counts[Integer.parseInt(parts[0])] += Integer.parseInt(parts[1]);
      }
    }
    return read;
  }

  /**
   * Counts a duration.
   *
   * @param millis 0 or more
   */
  public void add(long millis) {
    counts[bucket(millis)]++;
  }

  public void add(LatencyHistogram other) {
    for (int i = 0; i < BUCKETS; i++) {
      counts[i] += other.counts[i];
    }
  }

  public long count() {
    return Arrays.stream(counts).asLongStream().sum();
  }

  private static int bucket(long millis) {
    return (int) Math.min(BUCKETS - 1, Math.log(millis + 1.0) / Math.log(2) * PER_DOUBLING);
  }

  private static long middle(int bucket) {
    return Math.round(Math.pow(2, (bucket + 0.5) / PER_DOUBLING) - 1);
  }

  /**
   * A quantile in milliseconds.
   *
   * @param share above 0, such as 0.95 for the 95th percentile
   * @return 0 when the histogram is empty
   */
  public long quantile(double share) {
    long rank = (long) Math.ceil(count() * share);
    long seen = 0;
    for (int i = 0; i < BUCKETS && rank > 0; i++) {
      seen += counts[i];
      if (seen >= rank) {
        return middle(i);
      }
    }
    return 0;
  }

  /** The non-empty buckets with their counts, {@code 12:3 15:1}; at most a kilobyte. */
  public String text() {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < BUCKETS; i++) {
      if (counts[i] > 0) {
        text.append(text.length() == 0 ? "" : " ").append(i).append(':').append(counts[i]);
      }
    }
    return text.toString();
  }
}
