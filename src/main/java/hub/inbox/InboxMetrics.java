package hub.inbox;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Counts what becomes of events and times the handlers. Its labels are sources and routes that
 * exist and a fixed set of states. Thread-safe.
 */
final class InboxMetrics {
  private final Supplier<MeterRegistry> lookup;
  private final Map<String, Counter> events = new ConcurrentHashMap<>();
  private final Map<String, Timer> handlers = new ConcurrentHashMap<>();
  private MeterRegistry registry;

  /**
   * @param lookup asked at the first count, when the context has made the registry; null where
   *     metrics are off
   */
  InboxMetrics(Supplier<MeterRegistry> lookup) {
    this.lookup = lookup;
  }

  /** Counts the new ones of a batch, each as received or ignored. */
  void stored(List<InboxStore.Row> rows, List<Receipt> receipts) {
    for (int i = 0; i < rows.size(); i++) {
      if (!receipts.get(i).duplicate()) {
        InboxStore.Row row = rows.get(i);
        count(
            row.event().source(),
            row.handlers().isEmpty() ? EventState.IGNORED : EventState.RECEIVED);
      }
    }
  }

  /** Counts how a handler's attempt ended; what was given back untouched did not happen. */
  void finished(Outcome outcome) {
    if (!outcome.logLine().isEmpty()) {
      count(outcome.source(), outcome.state());
    }
  }

  void handled(String route, long nanos) {
    handlers
        .computeIfAbsent(
            route,
            name ->
                Timer.builder("hub.inbox.handle")
                    .description("Time that handler routes take for one attempt at an event")
                    .tag("route", name)
                    .register(registry()))
        .record(nanos, TimeUnit.NANOSECONDS);
  }

  private void count(String source, EventState state) {
    events
        .computeIfAbsent(
            source + ' ' + state,
            key ->
                Counter.builder("hub.inbox.events")
                    .description("Events stored and attempts finished, by the state they led to")
                    .tag("source", source)
                    .tag("state", state.text())
                    .register(registry()))
        .increment();
  }

  private synchronized MeterRegistry registry() {
    if (registry == null) {
      MeterRegistry found = lookup.get();
      registry = found == null ? new SimpleMeterRegistry() : found;
    }
    return registry;
  }
}
