package hub.inbox.camel;

import hub.inbox.db.Delivery;
import hub.inbox.db.Outcome;
import hub.inbox.engine.Batcher;
import hub.inbox.engine.GracefulStop;
import hub.inbox.engine.Handlers;
import hub.inbox.engine.Lease;
import hub.inbox.engine.LeasedDeliveries;
import hub.inbox.engine.LeasedDelivery;
import hub.inbox.engine.PrefetchWindow;
import hub.inbox.engine.RetrySchedule;
import hub.inbox.engine.Signal;
import hub.inbox.engine.StoreOutage;
import hub.util.log.LogField;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.Processor;
import org.apache.camel.Suspendable;
import org.apache.camel.spi.ExecutorServiceManager;
import org.apache.camel.support.DefaultConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Handles a source's events with one route. One thread claims, {@code concurrency} threads handle.
 * Suspending stops the claims and releases the deliveries that have not started.
 */
public final class InboxConsumer extends DefaultConsumer implements Suspendable {
  private static final Logger LOG = LoggerFactory.getLogger(InboxConsumer.class);

  private static final long DISPATCHER_MILLIS = 5_000;

  /** Events of a lane that one claim takes at most. */
  private static final int LANE_DEPTH = 64;

  /** How often the start of deliveries is recorded. */
  private static final long RECORD_STARTS_MILLIS = 100;

  /** How long the stop waits for an interrupted handler. */
  private static final long INTERRUPTED_MILLIS = 1_000;

  private final InboxEndpoint endpoint;
  private final Runnable interrupt = this::interrupt;

  private final Signal signal = new Signal();
  private final Duration lease;
  private final PrefetchWindow prefetchWindow;

  /** Deliveries that wait for a worker or have one. */
  private final AtomicInteger submitted = new AtomicInteger();

  private final StoreOutage.Renewal renewal = () -> leased().renewAll();
  private volatile LeasedDeliveries leased;
  private HandlerClaims claims;
  private Attempt attempt;
  private ExecutorService workers;
  private ScheduledExecutorService renewals;
  private Batcher batcher;
  private volatile Dispatcher dispatcher;

  InboxConsumer(InboxEndpoint endpoint, Processor processor) {
    super(endpoint, processor);
    this.endpoint = endpoint;
    this.lease = Duration.ofSeconds(endpoint.getLeaseSeconds());
    this.prefetchWindow = new PrefetchWindow(endpoint.getConcurrency());
  }

  @Override
  protected void doInit() throws Exception {
    super.doInit();
    // Before any route starts, so that no event is stored without knowing this handler.
    handlers()
        .add(
            new Handlers.Handler(
                getRouteId(),
                endpoint.getSource(),
                Handlers.types(endpoint.getTypes()),
                isOrdered(),
                signal::raise));
  }

  @Override
  protected void doStart() throws Exception {
    super.doStart();
    attempt =
        new Attempt(
            this,
            new RetrySchedule(
                endpoint.retryDelays(), () -> ThreadLocalRandom.current().nextDouble()));
    leased =
        new LeasedDeliveries(
            endpoint.inbox(), getRouteId(), lease, endpoint.getComponent().clock(), this::isEnding);
    claims =
        new HandlerClaims(
            endpoint.inbox(),
            getRouteId(),
            isOrdered(),
            endpoint.getBatch() > 1 ? 1 : LANE_DEPTH,
            lease,
            leased);
    ExecutorServiceManager threads = endpoint.getCamelContext().getExecutorServiceManager();
    workers = threads.newFixedThreadPool(this, getRouteId(), endpoint.getConcurrency());
    renewals = threads.newSingleThreadScheduledExecutor(this, getRouteId() + "-lease");
    batcher =
        new Batcher(
            endpoint.getBatch(),
            endpoint.getBatchMillis(),
            renewals,
            batch -> execute(() -> handle(batch)));
    repeat(this::renew, lease.toMillis() / 3);
    repeat(leased::recordStarted, RECORD_STARTS_MILLIS);
    endpoint.inbox().storeOutage().add(renewal);
    dispatcher = new Dispatcher(this, signal);
    gracefulStop().add(interrupt);
  }

  private void repeat(Runnable task, long millis) {
    var unused = renewals.scheduleWithFixedDelay(task, millis, millis, TimeUnit.MILLISECONDS);
  }

  @Override
  protected void doSuspend() {
    dispatcher.pause();
    batcher.flush();
  }

  @Override
  protected void doResume() {
    dispatcher.resume();
  }

  @Override
  protected void doStop() throws Exception {
    if (dispatcher != null) {
      dispatcher.close(gracefulStop().limit(DISPATCHER_MILLIS));
      batcher.flush();
      ExecutorServiceManager threads = endpoint.getCamelContext().getExecutorServiceManager();
      // Deliveries that have not started are released; the others may finish.
      if (endpoint.getCamelContext().isStopping()) {
        workers.shutdown();
        if (!workers.awaitTermination(
            gracefulStop().limit(INTERRUPTED_MILLIS), TimeUnit.MILLISECONDS)) {
          interrupt();
          workers.awaitTermination(gracefulStop().limit(INTERRUPTED_MILLIS), TimeUnit.MILLISECONDS);
        }
        // Handlers that ignored the interrupt are abandoned; their events are released now.
        releaseAll();
      } else {
        threads.shutdownGraceful(workers);
        releaseUnstarted();
      }
      threads.shutdown(renewals);
      endpoint.inbox().storeOutage().remove(renewal);
    }
    gracefulStop().remove(interrupt);
    super.doStop();
  }

  /** Interrupts all handlers; their events are released. */
  public void interrupt() {
    dispatcher.stop();
    workers.shutdownNow();
  }

  /** Whether a failure may be caused by the stop of this handler. */
  boolean isEnding() {
    return isStoppingOrStopped() || endpoint.getCamelContext().isStopping();
  }

  private GracefulStop gracefulStop() {
    return endpoint.getComponent().gracefulStop();
  }

  @Override
  protected void doShutdown() throws Exception {
    handlers().remove(getRouteId());
    super.doShutdown();
  }

  private boolean isOrdered() {
    return endpoint.getOrderBy().equals("orderingKey");
  }

  private Handlers handlers() {
    return endpoint.getComponent().handlers();
  }

  /** How many deliveries to lease at a time. */
  int window() {
    // One batch is collected while up to {@code concurrency} batches are handled.
    int batch = endpoint.getBatch();
    return batch == 1 ? prefetchWindow.window() : batch * (endpoint.getConcurrency() + 1);
  }

  LeasedDeliveries leased() {
    return leased;
  }

  HandlerClaims claims() {
    return claims;
  }

  /** How many claimed deliveries would start at once. A batch starts later, when it is full. */
  int idleWorkers() {
    return endpoint.getBatch() == 1 ? Math.max(0, endpoint.getConcurrency() - submitted.get()) : 0;
  }

  /**
   * Hands deliveries to workers, those of one lane to the same. A worker releases what has not
   * started if this consumer is suspended by then.
   */
  void submit(List<LeasedDelivery> claimed) {
    if (endpoint.getBatch() > 1) {
      claimed.forEach(batcher::add);
      return;
    }
    Map<Object, List<LeasedDelivery>> lanes = new LinkedHashMap<>();
    for (LeasedDelivery one : claimed) {
      Object lane = one.delivery().lane().<Object>map(key -> key).orElse(one);
      lanes.computeIfAbsent(lane, any -> new ArrayList<>()).add(one);
    }
    lanes.values().forEach(this::submitLane);
  }

  /** The same, but never in a batch with others. */
  void submitAlone(LeasedDelivery one) {
    if (endpoint.getBatch() > 1) {
      execute(() -> handle(List.of(one)));
    } else {
      submitLane(List.of(one));
    }
  }

  private void submitLane(List<LeasedDelivery> lane) {
    submitted.incrementAndGet();
    execute(
        () -> {
          try {
            handleInOrder(lane);
          } finally {
            submitted.decrementAndGet();
          }
        });
  }

  /** One after another. When one must come again, those behind it wait for it. */
  private void handleInOrder(List<LeasedDelivery> lane) {
    boolean goesOn = true;
    for (LeasedDelivery one : lane) {
      if (one.tryStart()) {
        if (goesOn) {
          goesOn = handle(one);
        } else {
          finish(one, Outcome.released(one.delivery(), getRouteId()));
        }
      }
    }
  }

  private void execute(Runnable work) {
    try {
      workers.execute(work);
    } catch (RejectedExecutionException e) {
      // Stopped since the claim: the stop releases deliveries that have not started.
      LOG.debug("route={} claimed too late", getRouteId(), e);
    }
  }

  /**
   * @return whether the event is finished
   */
  private boolean handle(LeasedDelivery one) {
    Delivery delivery = one.delivery();
    long started = System.nanoTime();
    try {
      if (one.leaseExpired(leased.now())) {
        drop(one);
        return false;
      }
      Outcome outcome =
          dispatcher.paused()
              ? Outcome.released(delivery, getRouteId())
              : attempt.run(delivery, new Lease(List.of(one), leased));
      finish(one, outcome);
      if (!outcome.isReleased()) {
        prefetchWindow.record(System.nanoTime() - started);
      }
      return outcome.delay().isEmpty();
    } catch (RuntimeException | Error e) {
      // If it were kept, its lease would be renewed for ever; now it expires and the event is
      // retried.
      drop(one);
      LogField.EVENT_ID.during(
          delivery.eventId().toString(),
          () ->
              LOG.error("event={} route={} outcome=unknown", delivery.eventId(), getRouteId(), e));
      return false;
    }
  }

  /** A collected batch is handled even if this consumer is suspended meanwhile: it is small. */
  private void handle(List<LeasedDelivery> batch) {
    LeasedDelivery.Moment now = leased.now();
    List<LeasedDelivery> started =
        batch.stream()
            .filter(LeasedDelivery::tryStart)
            .filter(one -> !one.leaseExpired(now))
            .toList();
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
      started.forEach(this::drop);
      LOG.error("events={} route={} outcome=unknown", started.size(), getRouteId(), e);
    }
  }

  /** Releases the deliveries that have not started. */
  void releaseUnstarted() {
    leased.all().stream()
        .filter(LeasedDelivery::tryStart)
        .forEach(one -> finish(one, Outcome.released(one.delivery(), getRouteId())));
  }

  private void releaseAll() {
    releaseUnstarted();
    leased.all().forEach(one -> finish(one, Outcome.released(one.delivery(), getRouteId())));
  }

  private void finish(LeasedDelivery one, Outcome outcome) {
    one.end();
    if (outcome.isFenced()) {
      drop(one);
    } else {
      endpoint.inbox().outcomeWriter().finish(outcome, () -> drop(one));
    }
  }

  private void drop(LeasedDelivery one) {
    leased.drop(one);
    signal.raise();
  }

  private void renew() {
    long askedAt = endpoint.inbox().storeOutage().now();
    try {
      leased.renewAll();
    } catch (SQLException | RuntimeException e) {
      leased.logFailure(e, askedAt, "renew", leased.size());
    }
  }

  @Override
  public InboxEndpoint getEndpoint() {
    return endpoint;
  }
}
