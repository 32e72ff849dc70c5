package hub.monitoring.stats;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.function.ToDoubleFunction;

/** Metrics of the inbox's backlog; NaN while the database is away. Thread-safe. */
public final class BacklogGauges {
  private final RecentInboxCounts recentInboxCounts;
  private final Clock clock;

  public BacklogGauges(RecentInboxCounts recentInboxCounts, Clock clock) {
    this.recentInboxCounts = recentInboxCounts;
    this.clock = clock;
  }

  public void register(MeterRegistry registry) {
    gauge(
        registry,
        "hub.inbox.backlog",
        "Events that wait for a handler: received, processing and retrying",
        inboxCounts -> (double) inboxCounts.backlog());
    gauge(
        registry,
        "hub.inbox.oldest.waiting.seconds",
        "Age of the oldest event that no handler has finished; 0 when there is none",
        inboxCounts -> (double) inboxCounts.oldestWaitingSeconds(clock.instant()));
    gauge(
        registry,
        "hub.inbox.dead",
        "Events that were given up and are kept to be replayed",
        inboxCounts -> (double) inboxCounts.dead());
  }

  private void gauge(
      MeterRegistry registry, String name, String meaning, ToDoubleFunction<InboxCounts> number) {
    Gauge.builder(
            name, recentInboxCounts, all -> all.all().map(number::applyAsDouble).orElse(Double.NaN))
        .description(meaning)
        .register(registry);
  }
}
