package hub.outbound;

import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;

/** What became of one provider's calls in the last fifteen minutes. Thread-safe. */
final class CallStats {
  private static final int MINUTES = 15;

  /** Four to each doubling of a millisecond: off by a tenth at most, up to four hours. */
  private static final int BUCKETS = 96;

  private static final int PER_DOUBLING = 4;
  private static final int MAX_ERROR = 500;

  private static final class Minute {
    private long number = -1;
    private int calls;
    private int errors;
    private final int[] millis = new int[BUCKETS];

    private void begin(long minute) {
      number = minute;
      calls = 0;
      errors = 0;
      Arrays.fill(millis, 0);
    }
  }

  /**
   * @param calls attempts that reached for the provider
   * @param p50Millis 0 without calls
   */
  record Summary(
      long calls,
      long errors,
      long p50Millis,
      long p95Millis,
      Optional<String> lastError,
      Optional<Instant> lastSuccessAt) {}

  private final Clock clock;
  private final Minute[] ring = new Minute[MINUTES];
  private Optional<String> lastError = Optional.empty();
  private Optional<Instant> lastSuccessAt = Optional.empty();

  CallStats(Clock clock) {
    this.clock = clock;
    Arrays.setAll(ring, i -> new Minute());
  }

  synchronized void succeeded(long millis) {
    note(millis, false);
    lastSuccessAt = Optional.of(clock.instant());
  }

  /** The provider answered and refused: that is no fault of the line. */
  synchronized void refused(long millis) {
    note(millis, false);
  }

  synchronized void failed(long millis, String error) {
    note(millis, true);
    lastError = Optional.of(error.substring(0, Math.min(error.length(), MAX_ERROR)));
  }

  private void note(long millis, boolean error) {
    long minute = clock.millis() / 60_000;
    Minute slot = ring[(int) (minute % MINUTES)];
    if (slot.number != minute) {
      slot.begin(minute);
    }
    slot.calls++;
    slot.errors += error ? 1 : 0;
    slot.millis[bucket(millis)]++;
  }

  private static int bucket(long millis) {
    return (int) Math.min(BUCKETS - 1, Math.log(millis + 1.0) / Math.log(2) * PER_DOUBLING);
  }

  private static long middle(int bucket) {
    return Math.round(Math.pow(2, (bucket + 0.5) / PER_DOUBLING) - 1);
  }

  synchronized Summary summary() {
    long first = clock.millis() / 60_000 - MINUTES + 1;
    int[] millis = new int[BUCKETS];
    long calls = 0;
    long errors = 0;
    for (Minute minute : ring) {
      if (minute.number >= first) {
        calls += minute.calls;
        errors += minute.errors;
        for (int i = 0; i < BUCKETS; i++) {
          millis[i] += minute.millis[i];
        }
      }
    }
    return new Summary(
        calls,
        errors,
        quantile(millis, calls, 0.5),
        quantile(millis, calls, 0.95),
        lastError,
        lastSuccessAt);
  }

  private static long quantile(int[] millis, long calls, double share) {
    long rank = (long) Math.ceil(calls * share);
    long seen = 0;
    for (int i = 0; i < BUCKETS && calls > 0; i++) {
      seen += millis[i];
      if (seen >= rank) {
        return middle(i);
      }
    }
    return 0;
  }
}
