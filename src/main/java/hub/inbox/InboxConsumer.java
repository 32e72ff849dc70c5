package hub.inbox;

import hub.log.LogField;
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
final class InboxConsumer extends DefaultConsumer implements Suspendable {
  private static final Logger LOG = LoggerFactory.getLogger(InboxConsumer.class);

  private static final long DISPATCHER_MILLIS = 5_000;

  /** How often begun events are noted. */
  private static final long NOTE_MILLIS = 100;

  /** How long an interrupted handler is waited for. */
  private static final long INTERRUPTED_MILLIS = 1_000;

  private final InboxEndpoint endpoint;

  private final Wake wake = new Wake();
  private final Duration lease;
  private final Pace pace;

  /** Events that wait for a worker or have one. */
  private final AtomicInteger inWork = new AtomicInteger();

  private final Outage.Renewal renewal = () -> held().renewAll();
  private volatile HeldEvents held;
  private Attempt attempt;
  private ExecutorService workers;
  private ScheduledExecutorService renewals;
  private Gatherer gatherer;
  private volatile Dispatcher dispatcher;

  InboxConsumer(InboxEndpoint endpoint, Processor processor) {
    super(endpoint, processor);
    this.endpoint = endpoint;
    this.lease = Duration.ofSeconds(endpoint.getLeaseSeconds());
    this.pace = new Pace(endpoint.getConcurrency());
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
                wake::up));
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
        new HeldEvents(
            endpoint.inbox(), getRouteId(), lease, endpoint.getComponent().clock(), this::isEnding);
    ExecutorServiceManager threads = endpoint.getCamelContext().getExecutorServiceManager();
    workers = threads.newFixedThreadPool(this, getRouteId(), endpoint.getConcurrency());
    renewals = threads.newSingleThreadScheduledExecutor(this, getRouteId() + "-lease");
    gatherer =
        new Gatherer(
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
    dispatcher = new Dispatcher(this, wake);
    stopping().add(this);
  }

  @Override
  protected void doSuspend() {
    dispatcher.pause();
    gatherer.flush();
  }

  @Override
  protected void doResume() {
    dispatcher.goOn();
  }

  @Override
  protected void doStop() throws Exception {
    if (dispatcher != null) {
      dispatcher.close(stopping().atMost(DISPATCHER_MILLIS));
      gatherer.flush();
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
    stopping().remove(this);
    super.doStop();
  }

  /** Ends what is being handled, by force: its events are given back. */
  void interrupt() {
    dispatcher.end();
    workers.shutdownNow();
  }

  /** Whether what fails now may do so because it is being stopped. */
  boolean isEnding() {
    return isStoppingOrStopped() || endpoint.getCamelContext().isStopping();
  }

  private Stopping stopping() {
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
    return batch == 1 ? pace.window() : batch * (endpoint.getConcurrency() + 1);
  }

  HeldEvents held() {
    return held;
  }

  /** Claims what is due, at most {@code limit}; less while much is held in memory. */
  List<Held> claim(int limit) throws SQLException {
    Inbox inbox = endpoint.inbox();
    // A batch begins later, when it is full.
    int starting =
        endpoint.getBatch() == 1 ? Math.max(0, endpoint.getConcurrency() - inWork.get()) : 0;
    boolean takeOver = inbox.outage().mayTakeOver();
    return held.claim(
        bytes -> {
          Claim claim =
              new Claim(
                  getRouteId(),
                  isOrdered(),
                  limit,
                  bytes,
                  held.size() == 0,
                  starting,
                  takeOver,
                  lease);
          return inbox.database().inTransaction(c -> inbox.store().claim(c, claim));
        });
  }

  /** Whether a process died, or stopped answering, while its handler was at an event. */
  boolean isAnyAbandoned() throws SQLException {
    Inbox inbox = endpoint.inbox();
    return inbox.outage().mayTakeOver()
        && inbox.database().inTransaction(c -> inbox.store().isAnyAbandoned(c, getRouteId()));
  }

  /** Takes one abandoned event over; empty when there is none. */
  Optional<Held> takeOver() throws SQLException {
    Inbox inbox = endpoint.inbox();
    if (!inbox.outage().mayTakeOver()) {
      return Optional.empty();
    }
    return held
        .claim(
            bytes -> {
              Claim claim = new Claim(getRouteId(), isOrdered(), 1, bytes, true, 1, true, lease);
              return inbox.database().inTransaction(c -> inbox.store().takeOver(c, claim)).stream()
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
    return inbox
        .database()
        .inTransaction(c -> inbox.store().millisUntilDue(c, getRouteId(), later));
  }

  /**
   * Hands an event to a worker, which gives it back untouched if this consumer pauses before its
   * turn comes.
   */
  void work(Held one) {
    if (endpoint.getBatch() > 1) {
      gatherer.add(one);
    } else {
      workNow(one);
    }
  }

  /** Handles it by itself, where others are gathered too. */
  void workAlone(Held one) {
    if (endpoint.getBatch() > 1) {
      toWorker(() -> handle(List.of(one)));
    } else {
      workNow(one);
    }
  }

  private void workNow(Held one) {
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

  private void handle(Held one) {
    Claimed claimed = one.claimed();
    long begun = System.nanoTime();
    try {
      if (one.lapsed(held.now())) {
        drop(one);
      } else if (dispatcher.paused()) {
        finish(one, Outcome.released(claimed, getRouteId()));
      } else {
        finish(one, attempt.at(claimed, new Lease(List.of(one), held)));
        pace.measured(System.nanoTime() - begun);
      }
    } catch (RuntimeException | Error e) {
      // Kept, its lease would be renewed for ever; let go, it comes back when the lease has run
      // out.
      drop(one);
      LogField.EVENT_ID.during(
          claimed.eventId().toString(),
          () -> LOG.error("event={} route={} outcome=unknown", claimed.eventId(), getRouteId(), e));
    }
  }

  /** What was gathered is handled even if this consumer pauses meanwhile: it is not much. */
  private void handle(List<Held> batch) {
    Held.Moment now = held.now();
    List<Held> ours = batch.stream().filter(Held::begin).filter(one -> !one.lapsed(now)).toList();
    batch.stream().filter(one -> one.lapsed(now)).forEach(this::drop);
    if (ours.isEmpty()) {
      return;
    }
    try {
      List<Outcome> outcomes =
          attempt.at(ours.stream().map(Held::claimed).toList(), new Lease(ours, held));
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
        .filter(Held::begin)
        .forEach(one -> finish(one, Outcome.released(one.claimed(), getRouteId())));
  }

  private void releaseAll() {
    releaseUnbegun();
    held.all().forEach(one -> finish(one, Outcome.released(one.claimed(), getRouteId())));
  }

  private void finish(Held one, Outcome outcome) {
    one.end();
    if (outcome.isFenced()) {
      drop(one);
    } else {
      endpoint.inbox().finisher().finish(outcome, () -> drop(one));
    }
  }

  private void drop(Held one) {
    held.drop(one);
    wake.up();
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
