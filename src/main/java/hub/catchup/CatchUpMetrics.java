package hub.catchup;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Counts the runs of catch-ups, and the events that they found, by what became of them. */
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
    List.of("done", "failed").forEach(state -> ran(state, 0));
  }

  /**
   * @param state how it ended; an interrupted run is none of the hub's or the provider's failures
   */
  void count(CatchUpRun run, String state) {
    if (!run.isDry()) {
      if (!state.equals("interrupted")) {
        ran(state, 1);
      }
      add(APPENDED, run.appended());
      add(DUPLICATE, run.found() - run.missing());
      add(GONE, run.gone());
    }
  }

  private void ran(String state, long number) {
    Optional.ofNullable(meters.get())
        .ifPresent(
            registry ->
                Counter.builder("hub.catch.up.runs")
                    .description("Runs of catch-ups by how they ended")
                    .tag("source", source)
                    .tag("outcome", state)
                    .register(registry)
                    .increment(number));
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
