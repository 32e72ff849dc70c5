package hub.inbox;

import hub.log.LogField;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
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

  /** How long an interrupted handler is waited for. */
  private static final long INTERRUPTED_MILLIS = 1_000;

  private final InboxEndpoint endpoint;

  /** Claimed and not yet finished, by event. */
  private final Map<UUID, Held> held = new ConcurrentHashMap<>();

  private final Wake wake = new Wake();
  private final Duration lease;
  private final Pace pace;
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

  int heldEvents() {
    return held.size();
  }

  /** Claims what is due, at most {@code limit}. */
  List<Held> claim(int limit) throws SQLException {
    Inbox inbox = endpoint.inbox();
    long before = System.nanoTime();
    List<Held> claimed =
        inbox
            .database()
            .inTransaction(c -> inbox.store().claim(c, getRouteId(), isOrdered(), limit, lease))
            .stream()
            .map(one -> new Held(one, before, lease))
            .toList();
    claimed.forEach(one -> held.put(one.claimed().eventId(), one));
    return claimed;
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
      toWorker(
          () -> {
            if (one.begin()) {
              handle(one);
            }
          });
    }
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
      if (one.lapsed(begun)) {
        held.remove(claimed.eventId(), one);
      } else if (dispatcher.paused()) {
        finish(one, Outcome.released(claimed, getRouteId()));
      } else {
        finish(one, attempt.at(claimed));
        pace.measured(System.nanoTime() - begun, claimed.payload().length);
      }
    } catch (RuntimeException | Error e) {
      // Kept, its lease would be renewed for ever; let go, it comes back when the lease has run
      // out.
      held.remove(claimed.eventId(), one);
      LogField.EVENT_ID.during(
          claimed.eventId().toString(),
          () -> LOG.error("event={} route={} outcome=unknown", claimed.eventId(), getRouteId(), e));
    }
  }

  /** What was gathered is handled even if this consumer pauses meanwhile: it is not much. */
  private void handle(List<Held> batch) {
    long now = System.nanoTime();
    List<Held> ours = batch.stream().filter(Held::begin).filter(one -> !one.lapsed(now)).toList();
    List<Held> lost = batch.stream().filter(one -> one.lapsed(now)).toList();
    lost.forEach(one -> held.remove(one.claimed().eventId(), one));
    if (ours.isEmpty()) {
      return;
    }
    try {
      List<Outcome> outcomes = attempt.at(ours.stream().map(Held::claimed).toList());
      for (int i = 0; i < ours.size(); i++) {
        finish(ours.get(i), outcomes.get(i));
      }
    } catch (RuntimeException | Error e) {
      ours.forEach(one -> held.remove(one.claimed().eventId(), one));
      LOG.error("events={} route={} outcome=unknown", ours.size(), getRouteId(), e);
    }
  }

  /** What no worker will come to any more; what is being handled is still waited for. */
  void releaseUnbegun() {
    held.values().stream()
        .filter(Held::begin)
        .forEach(one -> finish(one, Outcome.released(one.claimed(), getRouteId())));
  }

  private void releaseAll() {
    releaseUnbegun();
    held.values().forEach(one -> finish(one, Outcome.released(one.claimed(), getRouteId())));
  }

  private void finish(Held one, Outcome outcome) {
    Runnable written =
        () -> {
          held.remove(one.claimed().eventId(), one);
          wake.up();
        };
    endpoint.inbox().finisher().finish(outcome, written);
  }

  private void renew() {
    List<Held> all = List.copyOf(held.values());
    if (all.isEmpty()) {
      return;
    }
    Inbox inbox = endpoint.inbox();
    List<Claimed> claimed = all.stream().map(Held::claimed).toList();
    try {
      long before = System.nanoTime();
      Set<UUID> ours =
          inbox.database().inTransaction(c -> inbox.store().renew(c, getRouteId(), claimed, lease));
      all.stream()
          .filter(one -> ours.contains(one.claimed().eventId()))
          .forEach(one -> one.renewed(before, lease));
    } catch (SQLException | RuntimeException e) {
      if (!inbox.outage().explains(e)) {
        LOG.warn(
            "inbox=renew outcome=failed route={} events={} error={}",
            getRouteId(),
            claimed.size(),
            e.toString());
      }
    }
  }

  @Override
  public InboxEndpoint getEndpoint() {
    return endpoint;
  }
}
