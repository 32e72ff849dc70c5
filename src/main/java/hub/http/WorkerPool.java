package hub.http;

import hub.util.DaemonThreads;
import java.util.HashSet;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Threads that run short work. Only one of them is woken at a time, and wakes the next one while
 * there is more to do: under load those that are awake take all of it. A usual pool wakes a thread
 * for each work, which costs more than most work does. Work still waits only while no thread is
 * free. Threads end after a minute without work. Thread-safe.
 */
final class WorkerPool {
  private static final Logger LOG = LoggerFactory.getLogger(WorkerPool.class);
  private static final long IDLE_SECONDS = 60;

  private final int size;
  private final ThreadFactory factory;
  private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();
  private final Semaphore calls = new Semaphore(0);

  /** Whether a thread was called that has not looked for work since. */
  private final AtomicBoolean called = new AtomicBoolean();

  /** Threads that wait for a call, or have just got the one that is under way. */
  private final AtomicInteger idle = new AtomicInteger();

  private final Set<Thread> threads = new HashSet<>();
  private volatile boolean closed;

  /**
   * @param size threads at most
   */
  WorkerPool(String name, int size) {
    this.size = size;
    this.factory = DaemonThreads.numbered(name);
  }

  /** Runs {@code work} as soon as a thread is free. */
  void execute(Runnable work) {
    waiting.add(work);
    callOne();
  }

  /** Interrupts the work that runs, and runs no other. */
  synchronized void close() {
    closed = true;
    threads.forEach(Thread::interrupt);
  }

  private void callOne() {
    if (called.compareAndSet(false, true)) {
      callOrStart();
    }
  }

  private synchronized void callOrStart() {
    if (idle.get() == 0 && threads.size() < size && !closed) {
      start();
    } else {
      // Where all are busy, the first that is free again finds the call.
      calls.release();
    }
  }

  private void start() {
    Thread thread = factory.newThread(this::work);
    threads.add(thread);
    try {
      thread.start();
    } catch (OutOfMemoryError e) {
      // The system gives no more threads: those that are there do the work, else the next call
      // tries.
      threads.remove(thread);
      if (threads.isEmpty()) {
        called.set(false);
      } else {
        calls.release();
      }
      LOG.warn("no thread can be started for a request: {}", e.getMessage());
    }
  }

  private void work() {
    called.set(false);
    do {
      for (Runnable next = waiting.poll(); next != null && !closed; next = waiting.poll()) {
        if (!waiting.isEmpty()) {
          callOne();
        }
        run(next);
      }
    } while (isCalled());
  }

  private void run(Runnable work) {
    try {
      work.run();
    } catch (RuntimeException | Error e) {
      // The thread must survive.
      LOG.error("work of a request failed", e);
    }
    if (!closed) {
      // What interrupted this work must not end the next.
      Thread.interrupted();
    }
  }

  /** Waits for a call; false where the thread is to end. */
  private boolean isCalled() {
    idle.incrementAndGet();
    while (!closed) {
      try {
        if (!calls.tryAcquire(IDLE_SECONDS, TimeUnit.SECONDS) && isOver()) {
          return false;
        }
        // In this order: whoever calls next must not count on this thread.
        idle.decrementAndGet();
        called.set(false);
        return true;
      } catch (InterruptedException late) {
        // It was meant for work that is over, or the pool is closed.
      }
    }
    idle.decrementAndGet();
    return false;
  }

  /** Whether there is no call that came as late as this; the thread is then none of the pool's. */
  private synchronized boolean isOver() {
    if (calls.tryAcquire()) {
      return false;
    }
    idle.decrementAndGet();
    threads.remove(Thread.currentThread());
    return true;
  }
}
