package hub.inbox.engine;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The clock of the whole hub's stop, by which all handlers are interrupted together: each waiting
 * for itself, one after another, they would take as many times as long. Thread-safe.
 */
public final class GracefulStop {
  private final StopBudget budget;
  private final Set<Runnable> interrupts = ConcurrentHashMap.newKeySet();
  private final AtomicBoolean begun = new AtomicBoolean();
  private volatile long since;

  public GracefulStop(StopBudget budget) {
    this.budget = budget;
  }

  /**
   * @param interrupt is run when the time for what has begun is used up
   */
  public void add(Runnable interrupt) {
    interrupts.add(interrupt);
  }

  public void remove(Runnable interrupt) {
    interrupts.remove(interrupt);
  }

  /** The hub has been told to stop. */
  public void begin() {
    since = System.nanoTime();
    if (begun.compareAndSet(false, true)) {
      Thread thread = new Thread(this::interruptInTime, "inbox-stop");
      thread.setDaemon(true);
      thread.start();
    }
  }

  private void interruptInTime() {
    try {
      TimeUnit.MILLISECONDS.sleep(budget.patience().toMillis());
      interrupts.forEach(Runnable::run);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * How long somebody may be waited for who would get {@code millis} at any other time; at least a
   * moment.
   */
  public long atMost(long millis) {
    if (!begun.get()) {
      return millis;
    }
    Duration spent = Duration.ofNanos(System.nanoTime() - since);
    return Math.max(100, Math.min(millis, budget.waiting().minus(spent).toMillis()));
  }
}
