package hub.inbox.engine;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Wakes one waiting thread. A signal without a waiter ends the next wait at once. Thread-safe.
 *
 * @see Timing#signal
 */
public class Signal {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition raised = lock.newCondition();
  private boolean up;

  /** Ends the current wait, or the next one. */
  public void raise() {
    lock.lock();
    try {
      up = true;
      raised.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Returns when the signal is raised, at the latest after {@code millis}. */
  public void await(long millis) throws InterruptedException {
    long left = TimeUnit.MILLISECONDS.toNanos(millis);
    lock.lockInterruptibly();
    try {
      while (!up && left > 0) {
        left = raised.awaitNanos(left);
      }
      up = false;
    } finally {
      lock.unlock();
    }
  }
}
