package hub.inbox.engine;

import hub.util.DaemonThreads;
import java.time.Clock;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The process's clocks, and how the engine waits and starts threads. A test puts a scheduler of its
 * own in their place, which decides whose turn it is. Thread-safe.
 */
@FunctionalInterface
public interface Timing {
  /** The wall clock, which may be set. */
  Clock clock();

  /** The monotonic clock, as {@link System#nanoTime}. */
  default long nanos() {
    return System.nanoTime();
  }

  /** The present by both clocks. */
  default LeasedDelivery.Moment now() {
    return new LeasedDelivery.Moment(nanos(), clock().millis());
  }

  default void sleep(long millis) throws InterruptedException {
    TimeUnit.MILLISECONDS.sleep(millis);
  }

  default Signal signal() {
    return new Signal();
  }

  /** For a thread that goes to the store while it holds the lock. */
  default Lock lock() {
    return new ReentrantLock();
  }

  /** Starts a daemon thread. */
  default Thread start(String name, Runnable work) {
    Thread thread = DaemonThreads.named(name, work);
    thread.start();
    return thread;
  }
}
