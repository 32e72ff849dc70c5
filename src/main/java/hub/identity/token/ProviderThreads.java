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

/** Threads that wait for login providers: some for each, so that a slow one has no other's. */
final class ProviderThreads {
  private static final long IDLE_SECONDS = 30;

  private final int each;
  private final Map<String, ThreadPoolExecutor> pools = new ConcurrentHashMap<>();
  private final ScheduledThreadPoolExecutor timer =
      new ScheduledThreadPoolExecutor(1, named("hub-token-timer"));
  private volatile boolean finished;

  /**
   * @param each calls that a provider gets at the same time
   */
  ProviderThreads(int each) {
    this.each = each;
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
            each,
            each,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            named("hub-token"));
    pool.allowCoreThreadTimeOut(true);
    if (finished) {
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
   * Takes no more work and lets what has begun end within {@code grace}; what takes longer is
   * interrupted.
   *
   * @param late told before that
   */
  void finish(Duration grace, Runnable late) {
    finished = true;
    List<ThreadPoolExecutor> all = List.copyOf(pools.values());
    all.forEach(ThreadPoolExecutor::shutdown);
    if (!await(all, grace)) {
      late.run();
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
