package hub.watch;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.function.ToDoubleFunction;

/**
 * Shows in the metrics what waits in the inbox; not a number while the store is away. Thread-safe.
 */
final class BacklogGauges {
  private final Standings standings;
  private final Clock clock;

  BacklogGauges(Standings standings, Clock clock) {
    this.standings = standings;
    this.clock = clock;
  }

  void register(MeterRegistry registry) {
    gauge(
        registry,
        "hub.inbox.backlog",
        "Events that wait for a handler: received, processing and retrying",
        standing -> (double) standing.backlog());
    gauge(
        registry,
        "hub.inbox.oldest.waiting.seconds",
        "Age of the oldest event that no handler has finished; 0 when there is none",
        standing -> (double) standing.oldestWaitingSeconds(clock.instant()));
    gauge(
        registry,
        "hub.inbox.dead",
        "Events that were given up and are kept to be replayed",
        standing -> (double) standing.dead());
  }

  private void gauge(
      MeterRegistry registry, String name, String meaning, ToDoubleFunction<Standing> number) {
    Gauge.builder(name, standings, all -> all.all().map(number::applyAsDouble).orElse(Double.NaN))
        .description(meaning)
        .register(registry);
  }
}
