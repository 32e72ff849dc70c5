package hub.inbox.camel;

import hub.inbox.db.Delivery;
import hub.inbox.db.Outcome;
import hub.inbox.engine.Handlers;
import hub.inbox.engine.Inbox;
import hub.inbox.engine.Lease;
import hub.inbox.engine.LeasedDeliveries;
import hub.inbox.engine.RenamedHandler;
import hub.inbox.engine.Signal;
import hub.inbox.engine.Timing;
import hub.testing.Proxies;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** What {@link InboxConsumer} puts together for a route, without a route. */
public final class SimulatedHandler {
  private static final int CONCURRENCY = 2;

  /** How long the first of a batch waits for others. */
  private static final long BATCH_MILLIS = 300;

  /** As often as the consumer does while there is something to record. */
  private static final long LOOK_MILLIS = 100;

  private final String route;
  private final boolean ordered;
  private final Timing timing;
  private final Signal work;
  private final Signal runnable;
  private final Queue<Runnable> runnables = new ArrayDeque<>();

  /** Known to the node before any of its threads starts. */
  public SimulatedHandler(
      Handlers handlers, Timing timing, String route, String types, boolean ordered) {
    this.route = route;
    this.ordered = ordered;
    this.timing = timing;
    this.work = timing.signal();
    this.runnable = timing.signal();
    handlers.add(new Handlers.Handler(route, "shop", types, "", ordered, List.of(), work::raise));
  }

  /** Attempts events, one or a batch; outcomes in their order. */
  @FunctionalInterface
  public interface Work {
    List<Outcome> run(List<Delivery> events, Lease lease);
  }

  /**
   * Starts its threads.
   *
   * @param batch events in a batch, at most; 1: none
   */
  public void start(Inbox inbox, Duration lease, int batch, Work attempt) {
    inbox.directory().announce();
    LeasedDeliveries leased = new LeasedDeliveries(inbox, route, lease, () -> false);
    HandlerClaims claims = new HandlerClaims(inbox, route, ordered, lease, leased);
    DeliveryWorkers workers =
        new DeliveryWorkers(
            claims,
            new DeliveryWorkers.Parallelism(CONCURRENCY, batch, BATCH_MILLIS),
            new DeliveryWorkers.Handling() {
              @Override
              public Outcome run(Delivery delivery, Lease held) {
                return attempt.run(List.of(delivery), held).get(0);
              }

              @Override
              public List<Outcome> runBatch(List<Delivery> events, Lease held) {
                return attempt.run(events, held);
              }
            },
            this::execute,
            timer(),
            work,
            () -> false);
    inbox.storeOutage().add(leased::renewAll);
    for (int i = 0; i < CONCURRENCY; i++) {
      timing.start(route + "-worker" + i, this::work);
    }
    timing.start(route + "-lease", () -> keep(leased, lease));
    new Dispatcher(
        claims,
        workers,
        new RenamedHandler(inbox, route, ordered, List.of(), (from, to) -> {}),
        work);
  }

  /** The batcher gets the future. */
  @SuppressWarnings("FutureReturnValueIgnored")
  private ScheduledExecutorService timer() {
    return Proxies.of(
        ScheduledExecutorService.class,
        (method, arguments) ->
            schedule((Runnable) arguments[0], (long) arguments[1], (TimeUnit) arguments[2]));
  }

  private ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
    AtomicBoolean cancelled = new AtomicBoolean();
    timing.start(
        route + "-timer",
        () -> {
          try {
            timing.sleep(unit.toMillis(delay));
          } catch (InterruptedException e) {
            // The node has crashed.
            return;
          }
          if (!cancelled.get()) {
            task.run();
          }
        });
    return Proxies.of(
        ScheduledFuture.class,
        (method, arguments) -> {
          cancelled.set(true);
          return true;
        });
  }

  private void execute(Runnable lane) {
    runnables.add(lane);
    runnable.raise();
  }

  private void work() {
    try {
      while (true) {
        Runnable next = runnables.poll();
        if (next == null) {
          runnable.await(1_000);
        } else {
          next.run();
        }
      }
    } catch (InterruptedException e) {
      // The node has crashed.
    }
  }

  private void keep(LeasedDeliveries leased, Duration lease) {
    try {
      for (long slept = 0; ; slept += LOOK_MILLIS) {
        timing.sleep(LOOK_MILLIS);
        leased.recordStarted();
        if (slept >= lease.toMillis() / 3) {
          leased.renewRegularly();
          slept = 0;
        }
      }
    } catch (InterruptedException e) {
      // The node has crashed.
    }
  }
}
