package hub.inbox.engine;

import hub.inbox.db.EventState;
import hub.inbox.db.Outcome;
import hub.inbox.db.Receipt;
import hub.inbox.db.RoutedEvent;
import hub.util.LatencyBuckets;
import hub.util.LatencyHistogram;
import hub.util.MinuteRing;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Counts events by their state and times the handlers. Labels are existing sources and routes and a
 * fixed set of states. Thread-safe.
 */
public final class InboxMetrics {
  private static final class Minute {
    private long received;
    private long done;
    private long dead;
    private long failed;
    private final LatencyHistogram handling = new LatencyHistogram();
  }

  private final Supplier<MeterRegistry> lookup;
  private final MinuteRing<Minute> minuteRing;
  private final Map<String, Counter> counters = new ConcurrentHashMap<>();
  private final Map<String, Timer> timers = new ConcurrentHashMap<>();
  private MeterRegistry registry;

  /**
   * @param lookup gives the registry, or null where metrics are off; asked at the first count,
   *     because the context makes the registry later
   */
  public InboxMetrics(Supplier<MeterRegistry> lookup, Clock clock) {
    this.lookup = lookup;
    this.minuteRing = new MinuteRing<>(clock, Minute::new);
  }

  /** Counts the new events of a batch, each as received or ignored; duplicates do not count. */
  void stored(List<RoutedEvent> events, List<Receipt> receipts) {
    long fresh = receipts.stream().filter(receipt -> !receipt.duplicate()).count();
    if (fresh > 0) {
      minuteRing.note(minute -> minute.received += fresh);
    }
    for (int i = 0; i < events.size(); i++) {
      if (!receipts.get(i).duplicate()) {
        RoutedEvent one = events.get(i);
        count(
            one.event().source(),
            one.handlers().isEmpty() ? EventState.IGNORED : EventState.RECEIVED);
      }
    }
  }

  /** Counts the outcome of an attempt; a released event had none and does not count. */
  void finished(Outcome outcome) {
    if (!outcome.logLine().isEmpty()) {
      count(outcome.source(), outcome.state());
      minuteRing.note(minute -> note(minute, outcome));
    }
  }

  private static void note(Minute minute, Outcome outcome) {
    minute.done += outcome.state() == EventState.DONE ? 1 : 0;
    minute.dead += outcome.state() == EventState.DEAD ? 1 : 0;
    // An event that waits for an open breaker did not fail.
    minute.failed += outcome.error().isPresent() && outcome.refund() == 0 ? 1 : 0;
  }

  public void handled(String route, long nanos) {
    timer(route).record(nanos, TimeUnit.NANOSECONDS);
    minuteRing.note(minute -> minute.handling.add(TimeUnit.NANOSECONDS.toMillis(nanos)));
  }

  /** Empty for a minute in which nothing happened. */
  public Optional<InboxMinute> minute(long number) {
    return minuteRing.at(
        number,
        minute ->
            new InboxMinute(
                minute.received, minute.done, minute.dead, minute.failed, minute.handling.text()));
  }

  /** Registers the route's timer at 0. */
  public void expectHandler(String route) {
    timer(route);
  }

  /** Counts lanes that the check found missing, in which events waited that nobody claimed. */
  public void missingLanes(String route, int lanes) {
    Counter.builder("hub.inbox.lanes.missing")
        .description("Lanes of waiting events that were missing and have been made; a fault")
        .tag("route", route)
        .register(registry())
        .increment(lanes);
  }

  private Timer timer(String route) {
    return timers.computeIfAbsent(
        route,
        name ->
            Timer.builder("hub.inbox.handle")
                .description("Time that handler routes take for one attempt at an event")
                .tag("route", name)
                .serviceLevelObjectives(LatencyBuckets.all())
                .register(registry()));
  }

  /**
   * Registers the source's counters at 0, or Prometheus' {@code increase()} misses the first event.
   */
  public void expect(String source) {
    for (EventState state :
        List.of(EventState.RECEIVED, EventState.DONE, EventState.RETRYING, EventState.DEAD)) {
      counter(source, state);
    }
  }

  private void count(String source, EventState state) {
    counter(source, state).increment();
  }

  private Counter counter(String source, EventState state) {
    return counters.computeIfAbsent(
        source + ' ' + state,
        key ->
            Counter.builder("hub.inbox.events")
                .description("Events stored and attempts finished, by the state they led to")
                .tag("source", source)
                .tag("state", state.text())
                .register(registry()));
  }

  private synchronized MeterRegistry registry() {
    if (registry == null) {
      MeterRegistry found = lookup.get();
      registry = found == null ? new SimpleMeterRegistry() : found;
    }
    return registry;
  }
}
