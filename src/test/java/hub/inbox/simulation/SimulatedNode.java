package hub.inbox.simulation;

import hub.config.Settings;
import hub.inbox.camel.SimulatedHandler;
import hub.inbox.db.Delivery;
import hub.inbox.db.EventIds;
import hub.inbox.db.H2Inbox;
import hub.inbox.db.InboxStore;
import hub.inbox.db.Outcome;
import hub.inbox.engine.EventWriter;
import hub.inbox.engine.Handlers;
import hub.inbox.engine.Inbox;
import hub.inbox.engine.InboxMetrics;
import hub.inbox.engine.Lease;
import hub.inbox.engine.LeaseExpiredException;
import hub.inbox.engine.Replays;
import hub.inbox.engine.RetrySchedule;
import hub.testing.Proxies;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** One node: the engine's parts of one process, with handlers whose effects a ledger records. */
final class SimulatedNode {
  static final String ORDERED = "in-order";
  static final String FREE = "free";

  /** Shorter than the longest of slow statements and handlers. */
  private static final Duration LEASE = Duration.ofSeconds(6);

  /** Within the time that a lease ends earlier for the node than for the database. */
  private static final long MOST_UNTIL_ACT_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  private static final Settings SETTINGS =
      new Settings(key -> Optional.of("2").filter(value -> key.equals("hub.inbox.poll-seconds")));

  private final Baton baton;
  private final SimulatedDatabase database;
  private final Ledger ledger;
  private final Faults faults;
  private final int number;
  private final VirtualTiming timing;
  private final RetrySchedule schedule;
  private final MeterRegistry meters = new SimpleMeterRegistry();
  private final Handlers handlers = new Handlers(written -> event -> true);
  private Optional<Inbox> inbox = Optional.empty();

  SimulatedNode(Baton baton, SimulatedDatabase database, Ledger ledger, Faults faults, int number) {
    this.baton = baton;
    this.database = database;
    this.ledger = ledger;
    this.faults = faults;
    this.number = number;
    Duration ahead = Duration.ofMillis(baton.random().nextInt(120_000) - 60_000L);
    this.timing = new VirtualTiming(baton, number, ahead, baton.random().nextInt());
    this.schedule = new RetrySchedule(List.of(1L, 3L), baton.random()::nextDouble);
  }

  int number() {
    return number;
  }

  void start() {
    SimulatedHandler ordered = new SimulatedHandler(handlers, timing, ORDERED, "a, b", true);
    SimulatedHandler free = new SimulatedHandler(handlers, timing, FREE, "a", false);
    baton.start(
        number,
        "start",
        () -> {
          Inbox made = open();
          ordered.start(made, LEASE, 1, (events, lease) -> attempt(ORDERED, events, lease));
          free.start(made, LEASE, faults.batch(), (events, lease) -> attempt(FREE, events, lease));
          inbox = Optional.of(made);
        });
  }

  private Inbox open() {
    while (true) {
      try {
        return new Inbox(
            database.database(),
            store(),
            SETTINGS,
            handlers,
            Runnable::run,
            new InboxMetrics(() -> meters, timing.clock()),
            new EventIds(timing.clock(), baton.random()),
            timing);
      } catch (SQLException e) {
        // As a container that is started again.
        baton.pause(TimeUnit.SECONDS.toNanos(1));
      }
    }
  }

  /** In a cluster a start ends nobody's leases, as on PostgreSQL. */
  private InboxStore store() {
    InboxStore h2 = new H2Inbox(ORDERED::equals);
    return Proxies.of(
        InboxStore.class,
        (method, arguments) ->
            faults.cluster() && method.getName().equals("releaseAll")
                ? 0
                : Proxies.call(h2, method, arguments));
  }

  /** Takes events and handles them; empty while it starts. */
  Optional<EventWriter> writer() {
    return inbox.map(Inbox::eventWriter);
  }

  Optional<Replays> replays() {
    return inbox.map(
        one -> new Replays(database.database(), one.store(), handlers, timing.clock()));
  }

  long missingLanes() {
    return (long)
        meters.find("hub.inbox.lanes.missing").counters().stream()
            .mapToDouble(c -> c.count())
            .sum();
  }

  /** As a route with one step does; a batch shares the step. */
  private List<Outcome> attempt(String route, List<Delivery> events, Lease lease) {
    Instant at = timing.clock().instant();
    List<Delivery> running = events.stream().filter(this::hasAttemptsLeft).toList();
    if (!running.isEmpty()) {
      baton.pause(baton.upTo(2_000_000));
      try {
        beAboutToAct(lease);
      } catch (LeaseExpiredException e) {
        return events.stream().map(one -> Outcome.fenced(one, route, e.getMessage())).toList();
      }
      running.forEach(one -> ledger.begin(route, one, lease, number));
      baton.pause(handlingNanos());
    }
    return events.stream().map(one -> outcome(route, one, at)).toList();
  }

  private boolean hasAttemptsLeft(Delivery delivery) {
    return delivery.attempt() <= schedule.attempts();
  }

  /** No lease protects a node that stands still for seconds just after its look. */
  private void beAboutToAct(Lease lease) {
    long looked;
    do {
      lease.require();
      looked = baton.now();
      baton.pause(baton.upTo(baton.happens(0.1) ? MOST_UNTIL_ACT_NANOS : 1_000_000));
    } while (baton.now() - looked > MOST_UNTIL_ACT_NANOS);
  }

  private long handlingNanos() {
    boolean faulty = baton.now() < Faults.UNTIL.toNanos();
    if (faulty && baton.happens(0.05)) {
      return baton.upTo(2 * LEASE.toNanos());
    }
    return baton.upTo(TimeUnit.MILLISECONDS.toNanos(baton.happens(0.2) ? 500 : 10));
  }

  private Outcome outcome(String route, Delivery delivery, Instant at) {
    Outcome outcome =
        hasAttemptsLeft(delivery)
            ? drawnOutcome(route, delivery, at)
            : Outcome.dead(delivery, route, at, 0, "given up");
    ledger.end(route, delivery, outcome.delay().isEmpty());
    return outcome;
  }

  private Outcome drawnOutcome(String route, Delivery delivery, Instant at) {
    boolean faulty = baton.now() < Faults.UNTIL.toNanos();
    if (!faulty || !baton.happens(faults.failing())) {
      return Outcome.done(delivery, route, at, 1, Optional.empty());
    }
    if (baton.happens(0.2)) {
      Duration wait = Duration.ofSeconds(1 + baton.random().nextInt(3));
      return Outcome.postponed(delivery, route, at, 1, "unavailable", wait, false);
    }
    return schedule
        .after(delivery.attempt())
        .map(delay -> Outcome.retry(delivery, route, at, 1, "failed", delay))
        .orElseGet(() -> Outcome.dead(delivery, route, at, 1, "failed"));
  }
}
