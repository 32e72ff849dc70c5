package hub.call.policy;

import hub.util.LatencyHistogram;
import hub.util.MinuteRing;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;

/** The statistics of one provider's calls in the last fifteen minutes. Thread-safe. */
final class CallStats {
  private static final int MAX_ERROR = 500;

  private static final class Calls {
    private long calls;
    private long errors;
    private final LatencyHistogram latencyHistogram = new LatencyHistogram();

    private void add(Calls other) {
      calls += other.calls;
      errors += other.errors;
      latencyHistogram.add(other.latencyHistogram);
    }
  }

  /**
   * @param calls attempts, without those that an open circuit breaker or a full queue stopped
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
  private final MinuteRing<Calls> minuteRing;
  private Optional<String> lastError = Optional.empty();
  private Optional<Instant> lastSuccessAt = Optional.empty();

  CallStats(Clock clock) {
    this.clock = clock;
    this.minuteRing = new MinuteRing<>(clock, Calls::new);
  }

  synchronized void succeeded(long millis) {
    note(millis, false);
    lastSuccessAt = Optional.of(clock.instant());
  }

  /** A 4xx counts as a call, not as an error. */
  synchronized void rejected(long millis) {
    note(millis, false);
  }

  synchronized void failed(long millis, String error) {
    note(millis, true);
    lastError = Optional.of(error.substring(0, Math.min(error.length(), MAX_ERROR)));
  }

  private void note(long millis, boolean error) {
    minuteRing.note(
        minute -> {
          minute.calls++;
          minute.errors += error ? 1 : 0;
          minute.latencyHistogram.add(millis);
        });
  }

  synchronized Summary summary() {
    Calls all = new Calls();
    minuteRing.each(all::add);
    return new Summary(
        all.calls,
        all.errors,
        all.latencyHistogram.quantile(0.5),
        all.latencyHistogram.quantile(0.95),
        lastError,
        lastSuccessAt);
  }

  /** The statistics of one minute since 1970; empty without calls. */
  Optional<CallMinute> minute(long number) {
    return minuteRing.at(
        number,
        minute -> new CallMinute(minute.calls, minute.errors, minute.latencyHistogram.text()));
  }
}
