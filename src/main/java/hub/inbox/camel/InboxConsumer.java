package hub.inbox.camel;

import hub.inbox.db.ClaimQuery;
import hub.inbox.db.Delivery;
import hub.inbox.db.Outcome;
import hub.inbox.engine.Batcher;
import hub.inbox.engine.GracefulStop;
import hub.inbox.engine.Handlers;
import hub.inbox.engine.Inbox;
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
import java.util.List;
import java.util.Optional;
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
 * Handles a source's events with one route. One thread claims, as many as {@code concurrency}
 * handle. Suspending stops the claims and gives back what has not begun.
 */
public final class InboxConsumer extends DefaultConsumer implements Suspendable {
  private static final Logger LOG = LoggerFactory.getLogger(InboxConsumer.class);

  private static final long DISPATCHER_MILLIS = 5_000;

  /** How often begun events are noted. */
  private static final long NOTE_MILLIS = 100;

  /** How long an interrupted handler is waited for. */
  private static final long INTERRUPTED_MILLIS = 1_000;

  private final InboxEndpoint endpoint;
  private final Runnable interrupt = this::interrupt;

  private final Signal signal = new Signal();
  private final Duration lease;
  private final PrefetchWindow prefetchWindow;

  /** Events that wait for a worker or have one. */
  private final AtomicInteger inWork = new AtomicInteger();

  private final StoreOutage.Renewal renewal = () -> held().renewAll();
  private volatile LeasedDeliveries held;
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
                signal::up));
  }

  @Override
  protected void doStart() throws Exception {
    super.doStart();
    attempt =
        new Attempt(
            this,
            new RetrySchedule(
                endpoint.retryDelays(), () -> ThreadLocalRandom.current().nextDouble()));
    held =
        new LeasedDeliveries(
            endpoint.inbox(), getRouteId(), lease, endpoint.getComponent().clock(), this::isEnding);
    ExecutorServiceManager threads = endpoint.getCamelContext().getExecutorServiceManager();
    workers = threads.newFixedThreadPool(this, getRouteId(), endpoint.getConcurrency());
    renewals = threads.newSingleThreadScheduledExecutor(this, getRouteId() + "-lease");
    batcher =
        new Batcher(
            endpoint.getBatch(),
            endpoint.getBatchMillis(),
            renewals,
            batch -> toWorker(() -> handle(batch)));
    long third = lease.toMillis() / 3;
    var unused = renewals.scheduleWithFixedDelay(this::renew, third, third, TimeUnit.MILLISECONDS);
    var notes =
        renewals.scheduleWithFixedDelay(
            held::noteBegun, NOTE_MILLIS, NOTE_MILLIS, TimeUnit.MILLISECONDS);
    endpoint.inbox().outage().add(renewal);
    dispatcher = new Dispatcher(this, signal);
    stopping().add(interrupt);
  }

  @Override
  protected void doSuspend() {
    dispatcher.pause();
    batcher.flush();
  }

  @Override
  protected void doResume() {
    dispatcher.goOn();
  }

  @Override
  protected void doStop() throws Exception {
    if (dispatcher != null) {
      dispatcher.close(stopping().atMost(DISPATCHER_MILLIS));
      batcher.flush();
      ExecutorServiceManager threads = endpoint.getCamelContext().getExecutorServiceManager();
      // Those that have not begun are released; those that have are waited for.
      if (endpoint.getCamelContext().isStopping()) {
        workers.shutdown();
        if (!workers.awaitTermination(
            stopping().atMost(INTERRUPTED_MILLIS), TimeUnit.MILLISECONDS)) {
          interrupt();
          workers.awaitTermination(stopping().atMost(INTERRUPTED_MILLIS), TimeUnit.MILLISECONDS);
        }
        // Whoever does not listen now dies with the process; the event need not wait for its lease.
        releaseAll();
      } else {
        threads.shutdownGraceful(workers);
        releaseUnbegun();
      }
      threads.shutdown(renewals);
      endpoint.inbox().outage().remove(renewal);
    }
    stopping().remove(interrupt);
    super.doStop();
  }

  /** Ends what is being handled, by force: its events are given back. */
  public void interrupt() {
    dispatcher.end();
    workers.shutdownNow();
  }

  /** Whether what fails now may do so because it is being stopped. */
  boolean isEnding() {
    return isStoppingOrStopped() || endpoint.getCamelContext().isStopping();
  }

  private GracefulStop stopping() {
    return endpoint.getComponent().stopping();
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

  /** How many events to hold at a time. */
  int window() {
    // One batch is gathered while as many as may run are handled.
    int batch = endpoint.getBatch();
    return batch == 1 ? prefetchWindow.window() : batch * (endpoint.getConcurrency() + 1);
  }

  LeasedDeliveries held() {
    return held;
  }

  /** Claims what is due, at most {@code limit}; less while much is held in memory. */
  List<LeasedDelivery> claim(int limit) throws SQLException {
    Inbox inbox = endpoint.inbox();
    // A batch begins later, when it is full.
    int starting =
        endpoint.getBatch() == 1 ? Math.max(0, endpoint.getConcurrency() - inWork.get()) : 0;
    boolean takeOver = inbox.outage().mayTakeOver();
    return held.claim(
        bytes -> {
          ClaimQuery claimQuery =
              new ClaimQuery(
                  getRouteId(),
                  isOrdered(),
                  limit,
                  bytes,
                  held.size() == 0,
                  starting,
                  takeOver,
                  lease);
          return inbox.database().inTransaction(c -> inbox.store().claim(c, claimQuery));
        });
  }

  /** Whether a process died, or stopped answering, while its handler was at an event. */
  boolean isAnyAbandoned() throws SQLException {
    Inbox inbox = endpoint.inbox();
    return inbox.outage().mayTakeOver()
        && inbox.database().read(c -> inbox.store().isAnyAbandoned(c, getRouteId()));
  }

  /** Takes one abandoned event over; empty when there is none. */
  Optional<LeasedDelivery> takeOver() throws SQLException {
    Inbox inbox = endpoint.inbox();
    if (!inbox.outage().mayTakeOver()) {
      return Optional.empty();
    }
    return held
        .claim(
            bytes -> {
              ClaimQuery claimQuery =
                  new ClaimQuery(getRouteId(), isOrdered(), 1, bytes, true, 1, true, lease);
              return inbox
                  .database()
                  .inTransaction(c -> inbox.store().takeOver(c, claimQuery))
                  .stream()
                  .toList();
            })
        .stream()
        .findFirst();
  }

  /**
   * Milliseconds until the next event is due, negative when one is overdue; {@code later}: leaving
   * aside what is overdue already.
   */
  long millisUntilDue(boolean later) throws SQLException {
    Inbox inbox = endpoint.inbox();
    return inbox.database().read(c -> inbox.store().millisUntilDue(c, getRouteId(), later));
  }

  /**
   * Hands an event to a worker, which gives it back untouched if this consumer pauses before its
   * turn comes.
   */
  void work(LeasedDelivery one) {
    if (endpoint.getBatch() > 1) {
      batcher.add(one);
    } else {
      workNow(one);
    }
  }

  /** Handles it by itself, where others are gathered too. */
  void workAlone(LeasedDelivery one) {
    if (endpoint.getBatch() > 1) {
      toWorker(() -> handle(List.of(one)));
    } else {
      workNow(one);
    }
  }

  private void workNow(LeasedDelivery one) {
    inWork.incrementAndGet();
    toWorker(
        () -> {
          try {
            if (one.begin()) {
              handle(one);
            }
          } finally {
            inWork.decrementAndGet();
          }
        });
  }

  private void toWorker(Runnable work) {
    try {
      workers.execute(work);
    } catch (RejectedExecutionException e) {
      // Stopped since it was claimed: the stop gives back what nobody has begun.
      LOG.debug("route={} claimed too late", getRouteId(), e);
    }
  }

  private void handle(LeasedDelivery one) {
    Delivery delivery = one.claimed();
    long begun = System.nanoTime();
    try {
      if (one.leaseExpired(held.now())) {
        drop(one);
      } else if (dispatcher.paused()) {
        finish(one, Outcome.released(delivery, getRouteId()));
      } else {
        finish(one, attempt.at(delivery, new Lease(List.of(one), held)));
        prefetchWindow.measured(System.nanoTime() - begun);
      }
    } catch (RuntimeException | Error e) {
      // Kept, its lease would be renewed for ever; let go, it comes back when the lease has run
      // out.
      drop(one);
      LogField.EVENT_ID.during(
          delivery.eventId().toString(),
          () ->
              LOG.error("event={} route={} outcome=unknown", delivery.eventId(), getRouteId(), e));
    }
  }

  /** What was gathered is handled even if this consumer pauses meanwhile: it is not much. */
  private void handle(List<LeasedDelivery> batch) {
    LeasedDelivery.Moment now = held.now();
    List<LeasedDelivery> ours =
        batch.stream().filter(LeasedDelivery::begin).filter(one -> !one.leaseExpired(now)).toList();
    batch.stream().filter(one -> one.leaseExpired(now)).forEach(this::drop);
    if (ours.isEmpty()) {
      return;
    }
    try {
      List<Outcome> outcomes =
          attempt.at(ours.stream().map(LeasedDelivery::claimed).toList(), new Lease(ours, held));
      for (int i = 0; i < ours.size(); i++) {
        finish(ours.get(i), outcomes.get(i));
      }
    } catch (RuntimeException | Error e) {
      ours.forEach(this::drop);
      LOG.error("events={} route={} outcome=unknown", ours.size(), getRouteId(), e);
    }
  }

  /** What no worker will come to any more; what is being handled is still waited for. */
  void releaseUnbegun() {
    held.all().stream()
        .filter(LeasedDelivery::begin)
        .forEach(one -> finish(one, Outcome.released(one.claimed(), getRouteId())));
  }

  private void releaseAll() {
    releaseUnbegun();
    held.all().forEach(one -> finish(one, Outcome.released(one.claimed(), getRouteId())));
  }

  private void finish(LeasedDelivery one, Outcome outcome) {
    one.end();
    if (outcome.isFenced()) {
      drop(one);
    } else {
      endpoint.inbox().finisher().finish(outcome, () -> drop(one));
    }
  }

  private void drop(LeasedDelivery one) {
    held.drop(one);
    signal.up();
  }

  private void renew() {
    long asked = endpoint.inbox().outage().now();
    try {
      held.renewAll();
    } catch (SQLException | RuntimeException e) {
      held.tell(e, asked, "renew", held.size());
    }
  }

  @Override
  public InboxEndpoint getEndpoint() {
    return endpoint;
  }
}
