package hub.catchup;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Counts the events that catch-ups found, by what became of them. Thread-safe. */
final class CatchUpMetrics {
  private static final String APPENDED = "appended";

  /** It had arrived. */
  private static final String DUPLICATE = "duplicate";

  /** The provider lists it and does not have it any more. */
  private static final String GONE = "gone";

  private final String source;
  private final Supplier<MeterRegistry> meters;

  CatchUpMetrics(String source, Supplier<MeterRegistry> meters) {
    this.source = source;
    this.meters = meters;
  }

  /** Registers the counters at 0, or Prometheus' {@code increase()} misses the first events. */
  void register() {
    List.of(APPENDED, DUPLICATE, GONE).forEach(outcome -> add(outcome, 0));
  }

  void count(CatchUpRun run) {
    if (!run.isDry()) {
      add(APPENDED, run.appended());
      add(DUPLICATE, run.found() - run.missing());
      add(GONE, run.gone());
    }
  }

  private void add(String outcome, long number) {
    Optional.ofNullable(meters.get())
        .ifPresent(
            registry ->
                Counter.builder("hub.catch.up.events")
                    .description("Events that a provider could not deliver")
                    .tag("source", source)
                    .tag("outcome", outcome)
                    .register(registry)
                    .increment(number));
  }
}
