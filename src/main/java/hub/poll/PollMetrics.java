package hub.poll;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** Counts runs and items of polls. Thread-safe. */
final class PollMetrics {
  private final Supplier<MeterRegistry> registry;
  private final Map<String, Counter> runs = new ConcurrentHashMap<>();
  private final Map<String, Counter> items = new ConcurrentHashMap<>();

  /**
   * @param registry called at the first count, because the context makes the registry later
   */
  PollMetrics(Supplier<MeterRegistry> registry) {
    this.registry = registry;
  }

  /** Registers a source's counters at 0, or {@code increase()} misses the first run. */
  void register(String source) {
    for (PollOutcome outcome : PollOutcome.values()) {
      if (outcome.isCounted()) {
        runs(source, outcome);
      }
    }
    items(source);
  }

  void ran(String source, PollOutcome outcome) {
    if (outcome.isCounted()) {
      runs(source, outcome).increment();
    }
  }

  void stored(String source, int number) {
    items(source).increment(number);
  }

  private Counter runs(String source, PollOutcome outcome) {
    return runs.computeIfAbsent(
        source + ' ' + outcome.text(),
        key ->
            Counter.builder("hub.poll.runs")
                .description("Runs of polls by what became of them")
                .tag("source", source)
                .tag("outcome", outcome.text())
                .register(registry.get()));
  }

  private Counter items(String source) {
    return items.computeIfAbsent(
        source,
        key ->
            Counter.builder("hub.poll.items")
                .description("Polled items that were stored as new events")
                .tag("source", source)
                .register(registry.get()));
  }
}
