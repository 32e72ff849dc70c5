package hub.identity.token;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Threads that call login providers: one bounded pool for each, so that a slow provider does not
 * delay the others.
 */
final class ProviderThreads {
  private static final long IDLE_SECONDS = 30;

  private final int threadsPerProvider;
  private final Map<String, ThreadPoolExecutor> pools = new ConcurrentHashMap<>();
  private final ScheduledThreadPoolExecutor timer =
      new ScheduledThreadPoolExecutor(1, named("hub-token-timer"));
  private volatile boolean stopped;

  /**
   * @param threadsPerProvider concurrent calls to one provider
   */
  ProviderThreads(int threadsPerProvider) {
    this.threadsPerProvider = threadsPerProvider;
    timer.setRemoveOnCancelPolicy(true);
  }

  Executor of(String provider) {
    return pools.computeIfAbsent(provider, this::pool);
  }

  ScheduledExecutorService timer() {
    return timer;
  }

  private ThreadPoolExecutor pool(String provider) {
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            threadsPerProvider,
            threadsPerProvider,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            named("hub-token"));
    pool.allowCoreThreadTimeOut(true);
    if (stopped) {
      pool.shutdown();
    }
    return pool;
  }

  private static ThreadFactory named(String name) {
    AtomicInteger number = new AtomicInteger();
    return work -> {
      Thread thread = new Thread(work, name + "-" + number.incrementAndGet());
      thread.setDaemon(true);
      return thread;
    };
  }

  /**
   * Refuses new work and waits up to {@code grace} for running work, which is interrupted after
   * that.
   *
   * @param beforeInterrupt runs before work is interrupted
   */
  void stop(Duration grace, Runnable beforeInterrupt) {
    stopped = true;
    List<ThreadPoolExecutor> all = List.copyOf(pools.values());
    all.forEach(ThreadPoolExecutor::shutdown);
    if (!await(all, grace)) {
      beforeInterrupt.run();
      all.forEach(ThreadPoolExecutor::shutdownNow);
      await(all, Duration.ofSeconds(1));
    }
    timer.shutdownNow();
  }

  private static boolean await(List<ThreadPoolExecutor> pools, Duration time) {
    long end = System.nanoTime() + time.toNanos();
    try {
      for (ThreadPoolExecutor pool : pools) {
        if (!pool.awaitTermination(end - System.nanoTime(), TimeUnit.NANOSECONDS)) {
          return false;
        }
      }
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
