package hub.inbox;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The clock of the whole hub's stop, by which all handlers are interrupted together: each waiting
 * for itself, one after another, they would take as many times as long. Thread-safe.
 */
final class Stopping {
  private final StopBudget budget;
  private final Set<InboxConsumer> consumers = ConcurrentHashMap.newKeySet();
  private final AtomicBoolean begun = new AtomicBoolean();
  private volatile long since;

  Stopping(StopBudget budget) {
    this.budget = budget;
  }

  void add(InboxConsumer consumer) {
    consumers.add(consumer);
  }

  void remove(InboxConsumer consumer) {
    consumers.remove(consumer);
  }

  /** The hub has been told to stop. */
  void begin() {
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
      consumers.forEach(InboxConsumer::interrupt);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * How long somebody may be waited for who would get {@code millis} at any other time; at least a
   * moment.
   */
  long atMost(long millis) {
    if (!begun.get()) {
      return millis;
    }
    Duration spent = Duration.ofNanos(System.nanoTime() - since);
    return Math.max(100, Math.min(millis, budget.waiting().minus(spent).toMillis()));
  }
}
