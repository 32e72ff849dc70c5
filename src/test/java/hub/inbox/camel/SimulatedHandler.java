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
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.function.BiFunction;

/** What {@link InboxConsumer} puts together for a route, without a route. */
public final class SimulatedHandler {
  private static final int CONCURRENCY = 2;

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
    handlers.add(new Handlers.Handler(route, "shop", types, ordered, List.of(), work::raise));
  }

  /** Starts its threads. */
  public void start(Inbox inbox, Duration lease, BiFunction<Delivery, Lease, Outcome> attempt) {
    inbox.directory().announce();
    LeasedDeliveries leased = new LeasedDeliveries(inbox, route, lease, () -> false);
    HandlerClaims claims = new HandlerClaims(inbox, route, ordered, lease, leased);
    DeliveryWorkers workers =
        new DeliveryWorkers(
            claims,
            new DeliveryWorkers.Parallelism(CONCURRENCY, 1, 1),
            new DeliveryWorkers.Handling() {
              @Override
              public Outcome run(Delivery delivery, Lease held) {
                return attempt.apply(delivery, held);
              }

              @Override
              public List<Outcome> runBatch(List<Delivery> batch, Lease held) {
                throw new UnsupportedOperationException("no batches");
              }
            },
            this::execute,
            null,
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
