package hub.identity.token;

import hub.util.DaemonThreads;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Threads that call login providers: one bounded pool for each, so that a slow provider does not
 * delay the others.
 */
final class ProviderThreads {
  private static final long IDLE_SECONDS = 30;

  private final int threadsPerProvider;
  private final Map<String, ThreadPoolExecutor> pools = new ConcurrentHashMap<>();
  private final ScheduledThreadPoolExecutor timer =
      new ScheduledThreadPoolExecutor(1, DaemonThreads.numbered("hub-token-timer"));
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
            DaemonThreads.numbered("hub-token"));
    pool.allowCoreThreadTimeOut(true);
    if (stopped) {
      pool.shutdown();
    }
    return pool;
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
