package hub.inbox.engine;

import hub.util.DaemonThreads;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Keeps the time of the hub's stop and interrupts all handlers together when it is used up. Waited
 * for one after another, each handler would add its own time-out. Thread-safe.
 */
public final class GracefulStop {
  private final StopBudget budget;
  private final Set<Runnable> interrupts = ConcurrentHashMap.newKeySet();
  private final AtomicBoolean started = new AtomicBoolean();
  private volatile long since;

  public GracefulStop(StopBudget budget) {
    this.budget = budget;
  }

  /**
   * Adds a consumer whose handlers the stop may interrupt.
   *
   * @param interrupt runs when the handlers have used up their time
   */
  public void add(Runnable interrupt) {
    interrupts.add(interrupt);
  }

  public void remove(Runnable interrupt) {
    interrupts.remove(interrupt);
  }

  /** Starts the clock: the hub is stopping. */
  public void begin() {
    since = System.nanoTime();
    if (started.compareAndSet(false, true)) {
      DaemonThreads.named("inbox-stop", this::interruptLater).start();
    }
  }

  private void interruptLater() {
    try {
      TimeUnit.MILLISECONDS.sleep(budget.interruptAfter().toMillis());
      interrupts.forEach(Runnable::run);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Shortens a time-out to what is left of the stop.
   *
   * @return {@code millis} while the hub is not stopping; at least 100
   */
  public long limit(long millis) {
    if (!started.get()) {
      return millis;
    }
    Duration spent = Duration.ofNanos(System.nanoTime() - since);
    return Math.max(100, Math.min(millis, budget.waitLimit().minus(spent).toMillis()));
  }
}
