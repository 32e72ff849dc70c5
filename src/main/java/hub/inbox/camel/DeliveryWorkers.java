package hub.inbox.camel;

import static java.util.stream.Collectors.joining;

import hub.inbox.db.Delivery;
import hub.inbox.db.Outcome;
import hub.inbox.engine.Batcher;
import hub.inbox.engine.Inbox;
import hub.inbox.engine.Lease;
import hub.inbox.engine.LeasedDeliveries;
import hub.inbox.engine.LeasedDelivery;
import hub.inbox.engine.PrefetchWindow;
import hub.inbox.engine.Signal;
import hub.util.log.LogField;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a handler's claimed deliveries on its threads: singly, lane by lane, or in batches, and
 * hands their outcomes to the store. Thread-safe.
 */
final class DeliveryWorkers {
  private static final Logger LOG = LoggerFactory.getLogger(DeliveryWorkers.class);

  /** Events of a lane that one claim takes at most. */
  private static final int MAX_LANE_DEPTH = 64;

  /** How long a lane may keep its worker while others wait for one. */
  private static final long TIME_SLICE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  /** Attempts events. */
  interface Handling {
    Outcome run(Delivery delivery, Lease lease);

    /** Attempts several at once. Outcomes in the order of {@code batch}. */
    List<Outcome> runBatch(List<Delivery> batch, Lease lease);

    /** Attempts within a transaction that the outcomes share; empty when they share none. */
    default Optional<Attempt> transacted() {
      return Optional.empty();
    }
  }

  /**
   * How much a handler does at once.
   *
   * @param concurrency events or batches
   * @param batch events in a batch, at most; 1: none
   * @param batchMillis how long the first of a batch waits for others
   */
  record Parallelism(int concurrency, int batch, long batchMillis) {}

  private final Inbox inbox;
  private final String route;
  private final int concurrency;
  private final int batchSize;
  private final Handling attempt;
  private final LeasedDeliveries leased;
  private final Executor threads;
  private final Batcher batcher;
  private final Signal signal;
  private final BooleanSupplier isPaused;
  private final PrefetchWindow prefetchWindow;
  private final Optional<TransactedLanes> transacted;

  /** Lanes, or single deliveries, that wait for a thread or have one. */
  private final AtomicInteger submitted = new AtomicInteger();

  /**
   * @param threads as many as the handler's concurrency
   * @param timer completes batches that are not full
   * @param signal raised when a delivery is finished
   * @param isPaused whether the handler is suspended; then deliveries that have not started are
   *     released
   */
  DeliveryWorkers(
      HandlerClaims claims,
      Parallelism parallelism,
      Handling attempt,
      Executor threads,
      ScheduledExecutorService timer,
      Signal signal,
      BooleanSupplier isPaused) {
    this.inbox = claims.inbox();
    this.route = claims.route();
    this.concurrency = parallelism.concurrency();
    this.batchSize = parallelism.batch();
    this.attempt = attempt;
    this.leased = claims.leased();
    this.threads = threads;
    this.signal = signal;
    this.isPaused = isPaused;
    this.prefetchWindow = new PrefetchWindow(concurrency);
    this.batcher =
        new Batcher(
            batchSize, parallelism.batchMillis(), timer, batch -> execute(() -> handle(batch)));
    this.transacted =
        attempt
            .transacted()
            .map(
                one ->
                    new TransactedLanes(
                        new TransactedBatch(inbox, route, concurrency, one, leased, this, isPaused),
                        concurrency,
                        prefetchWindow,
                        this::handleWaiting));
  }

  /** Hands over the batch that is being collected. */
  void flush() {
    batcher.flush();
  }

  /** How many deliveries to lease at a time. */
  int window() {
    // One batch is collected while up to {@code concurrency} batches are handled.
    return batchSize == 1 ? prefetchWindow.window() : batchSize * (concurrency + 1);
  }

  /** How many events of a lane to lease at a time: those that one worker soon has handled. */
  int laneDepth() {
    return batchSize > 1 ? 1 : Math.max(1, Math.min(MAX_LANE_DEPTH, window() / concurrency));
  }

  /** How many claimed deliveries would start at once. A batch starts later, when it is full. */
  int idleWorkers() {
    return batchSize == 1 ? Math.max(0, concurrency - submitted.get()) : 0;
  }

  /**
   * Hands deliveries to workers, those of one lane to the same. A worker releases what has not
   * started if this consumer is suspended by then.
   */
  void submit(List<LeasedDelivery> claimed) {
    if (batchSize > 1) {
      claimed.forEach(batcher::add);
      return;
    }
    Map<Object, List<LeasedDelivery>> lanes = new LinkedHashMap<>();
    for (LeasedDelivery one : claimed) {
      lanes.computeIfAbsent(one.laneOrSelf(), any -> new ArrayList<>()).add(one);
    }
    lanes.values().forEach(this::submitLane);
  }

  /** The same, but never in a batch with others. */
  void submitAlone(LeasedDelivery one) {
    if (batchSize > 1) {
      execute(() -> handle(List.of(one)));
    } else {
      submitLane(List.of(one));
    }
  }

  private void submitLane(List<LeasedDelivery> lane) {
    submitted.incrementAndGet();
    if (transacted.isPresent()) {
      transacted.get().add(lane);
      handleWaiting();
      return;
    }
    execute(
        () -> {
          try {
            handleInOrder(lane);
          } finally {
            submitted.decrementAndGet();
          }
        });
  }

  private void handleWaiting() {
    transacted.ifPresent(lanes -> execute(() -> handleTogether(lanes)));
  }

  /** What one commit leaves of its lanes goes to the end of the queue. */
  private void handleTogether(TransactedLanes lanes) {
    submitted.addAndGet(-lanes.handleSome(this::dropLost));
    if (lanes.isAnyWaiting()) {
      handleWaiting();
    }
  }

  /**
   * One after another. When one must be retried, the rest of the lane is released; also when the
   * lane has used up its time slice while others wait for a worker.
   */
  private void handleInOrder(List<LeasedDelivery> lane) {
    long begun = inbox.timing().nanos();
    boolean goesOn = true;
    for (LeasedDelivery one : lane) {
      if (!tryStart(one)) {
        // Released by the stop.
        goesOn = false;
      } else if (goesOn) {
        // Whoever has taken over the event before has the lane.
        goesOn = handle(one) && !one.leaseExpired(leased.now()) && !isTimeSliceOver(begun);
      } else {
        finish(one, Outcome.released(one.delivery(), route));
      }
    }
  }

  private boolean tryStart(LeasedDelivery one) {
    return one.tryStart(inbox.timing().nanos());
  }

  private boolean isTimeSliceOver(long begun) {
    return submitted.get() > concurrency && inbox.timing().nanos() - begun > TIME_SLICE_NANOS;
  }

  private void execute(Runnable work) {
    try {
      threads.execute(work);
    } catch (RejectedExecutionException e) {
      // Stopped since the claim: the stop releases deliveries that have not started.
      LOG.debug("route={} claimed too late", route, e);
    }
  }

  /**
   * @return whether the event is finished
   */
  private boolean handle(LeasedDelivery one) {
    Delivery delivery = one.delivery();
    long started = inbox.timing().nanos();
    try {
      if (one.leaseExpired(leased.now())) {
        drop(one);
        return false;
      }
      Outcome outcome =
          isPaused.getAsBoolean()
              ? Outcome.released(delivery, route)
              : attempt.run(delivery, new Lease(List.of(one), leased));
      finish(one, outcome);
      if (!outcome.isReleased()) {
        prefetchWindow.record(inbox.timing().nanos() - started);
      }
      return outcome.delay().isEmpty();
    } catch (RuntimeException | Error e) {
      LogField.EVENT_ID.during(delivery.eventId().toString(), () -> dropLost(List.of(one), e));
      return false;
    }
  }

  /**
   * If they were kept, their leases would be renewed for ever; now these expire and the events are
   * retried.
   */
  private void dropLost(List<LeasedDelivery> events, Throwable error) {
    events.forEach(this::drop);
    LOG.error(
        "events={} route={} outcome=unknown",
        events.stream().map(one -> one.delivery().eventId().toString()).collect(joining(",")),
        route,
        error);
  }

  /** A collected batch is handled even if this consumer is suspended meanwhile: it is small. */
  private void handle(List<LeasedDelivery> batch) {
    LeasedDelivery.Moment now = leased.now();
    List<LeasedDelivery> started =
        batch.stream().filter(this::tryStart).filter(one -> !one.leaseExpired(now)).toList();
    batch.stream().filter(one -> one.leaseExpired(now)).forEach(this::drop);
    if (started.isEmpty()) {
      return;
    }
    try {
      List<Outcome> outcomes =
          attempt.runBatch(
              started.stream().map(LeasedDelivery::delivery).toList(), new Lease(started, leased));
      for (int i = 0; i < started.size(); i++) {
        finish(started.get(i), outcomes.get(i));
      }
    } catch (RuntimeException | Error e) {
      dropLost(started, e);
    }
  }

  /** Releases the deliveries that have not started. */
  void releaseUnstarted() {
    leased.all().stream()
        .filter(this::tryStart)
        .forEach(one -> finish(one, Outcome.released(one.delivery(), route)));
  }

  /** Also those that a handler does not let go of. */
  void releaseAll() {
    releaseUnstarted();
    leased.all().forEach(one -> finish(one, Outcome.released(one.delivery(), route)));
  }

  void finish(LeasedDelivery one, Outcome outcome) {
    one.end();
    if (outcome.isFenced()) {
      drop(one);
    } else {
      inbox.outcomeWriter().finish(outcome, () -> drop(one));
    }
  }

  /** Its outcome is in the store. */
  void end(LeasedDelivery one) {
    one.end();
    drop(one);
  }

  void drop(LeasedDelivery one) {
    leased.drop(one);
    signal.raise();
  }
}
