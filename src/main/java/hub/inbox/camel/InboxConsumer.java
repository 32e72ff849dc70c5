package hub.inbox.camel;

import hub.inbox.engine.GracefulStop;
import hub.inbox.engine.Handlers;
import hub.inbox.engine.LeasedDeliveries;
import hub.inbox.engine.RenamedHandler;
import hub.inbox.engine.RetrySchedule;
import hub.inbox.engine.Signal;
import hub.inbox.engine.StoreOutage;
import hub.inbox.idempotency.IdempotencyKeys;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.apache.camel.Processor;
import org.apache.camel.Suspendable;
import org.apache.camel.model.ModelCamelContext;
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

  /** How often the start of deliveries is recorded. */
  private static final long RECORD_STARTS_MILLIS = 100;

  /** How long the stop waits for an interrupted handler. */
  private static final long INTERRUPTED_MILLIS = 1_000;

  private final InboxEndpoint endpoint;
  private final Runnable interrupt = this::interrupt;

  private final Signal signal = new Signal();
  private final Duration lease;
  private final StoreOutage.Renewal renewal = () -> leased().renewAll();
  private volatile TransactedChoice transacted = new TransactedChoice(false, "");
  private volatile LeasedDeliveries leased;
  private ExecutorService threads;
  private ScheduledExecutorService renewals;
  private DeliveryWorkers workers;
  private volatile Dispatcher dispatcher;

  InboxConsumer(InboxEndpoint endpoint, Processor processor) {
    super(endpoint, processor);
    this.endpoint = endpoint;
    this.lease = Duration.ofSeconds(endpoint.getLeaseSeconds());
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
                endpoint.getTypes(),
                endpoint.condition(),
                isOrdered(),
                endpoint.formerIds(),
                signal::raise));
  }

  @Override
  protected void doStart() throws Exception {
    super.doStart();
    handlers().requireSuccession(getRouteId());
    Attempt attempt =
        new Attempt(
            this,
            new RetrySchedule(
                endpoint.retryDelays(), () -> ThreadLocalRandom.current().nextDouble()));
    transacted =
        TransactedChoice.of((ModelCamelContext) endpoint.getCamelContext(), endpoint, getRouteId());
    // Others give it events from now on.
    endpoint.inbox().directory().announce();
    logChoice();
    leased = new LeasedDeliveries(endpoint.inbox(), getRouteId(), lease, this::isEnding);
    HandlerClaims claims =
        new HandlerClaims(endpoint.inbox(), getRouteId(), isOrdered(), lease, leased);
    RenamedHandler renamed =
        new RenamedHandler(
            endpoint.inbox(), getRouteId(), isOrdered(), endpoint.formerIds(), this::moveKeys);
    ExecutorServiceManager pools = endpoint.getCamelContext().getExecutorServiceManager();
    threads = pools.newFixedThreadPool(this, getRouteId(), endpoint.getConcurrency());
    renewals = pools.newSingleThreadScheduledExecutor(this, getRouteId() + "-lease");
    workers =
        new DeliveryWorkers(
            claims,
            new DeliveryWorkers.Parallelism(
                endpoint.getConcurrency(), endpoint.getBatch(), endpoint.getBatchMillis()),
            attempt,
            threads,
            renewals,
            signal,
            () -> dispatcher.paused());
    repeat(leased::renewRegularly, lease.toMillis() / 3);
    repeat(leased::recordStarted, RECORD_STARTS_MILLIS);
    endpoint.inbox().storeOutage().add(renewal);
    dispatcher = new Dispatcher(claims, workers, renamed, signal);
    gracefulStop().add(interrupt);
  }

  private void moveKeys(String from, String to) {
    IdempotencyKeys keys =
        endpoint
            .getCamelContext()
            .getRegistry()
            .lookupByNameAndType(IdempotencyKeys.BEAN, IdempotencyKeys.class);
    if (keys != null) {
      keys.move(from, to);
    }
  }

  private void logChoice() {
    if (transacted.isTransacted()) {
      LOG.info("route={} transacted=true", getRouteId());
    } else {
      LOG.info("route={} transacted=false: {}", getRouteId(), transacted.reason());
    }
  }

  /** Whether its effects and outcomes share a transaction; known once it has started. */
  public TransactedChoice transacted() {
    return transacted;
  }

  private void repeat(Runnable task, long millis) {
    var unused = renewals.scheduleWithFixedDelay(task, millis, millis, TimeUnit.MILLISECONDS);
  }

  @Override
  protected void doSuspend() {
    dispatcher.pause();
    workers.flush();
  }

  @Override
  protected void doResume() {
    dispatcher.resume();
  }

  @Override
  protected void doStop() throws Exception {
    if (dispatcher != null) {
      dispatcher.close(gracefulStop().limit(DISPATCHER_MILLIS));
      workers.flush();
      ExecutorServiceManager pools = endpoint.getCamelContext().getExecutorServiceManager();
      // Deliveries that have not started are released; the others may finish.
      if (endpoint.getCamelContext().isStopping()) {
        threads.shutdown();
        if (!threads.awaitTermination(
            gracefulStop().limit(INTERRUPTED_MILLIS), TimeUnit.MILLISECONDS)) {
          interrupt();
          threads.awaitTermination(gracefulStop().limit(INTERRUPTED_MILLIS), TimeUnit.MILLISECONDS);
        }
        // Handlers that ignored the interrupt are abandoned; their events are released now.
        workers.releaseAll();
      } else {
        pools.shutdownGraceful(threads);
        workers.releaseUnstarted();
      }
      pools.shutdown(renewals);
      endpoint.inbox().storeOutage().remove(renewal);
    }
    gracefulStop().remove(interrupt);
    super.doStop();
  }

  /** Interrupts all handlers; their events are released. */
  public void interrupt() {
    dispatcher.stop();
    threads.shutdownNow();
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
    // A hub that stops is still to handle the events that are stored until it starts again.
    if (!endpoint.getCamelContext().isStopping()) {
      handlers().remove(getRouteId());
    }
    super.doShutdown();
  }

  boolean isOrdered() {
    return endpoint.getOrderBy().equals("orderingKey");
  }

  private Handlers handlers() {
    return endpoint.getComponent().handlers();
  }

  /** Whether it has no event in hand; stays so once it is suspended. */
  public boolean isIdle() {
    return leased == null || leased.size() == 0;
  }

  LeasedDeliveries leased() {
    return leased;
  }

  @Override
  public InboxEndpoint getEndpoint() {
    return endpoint;
  }
}
