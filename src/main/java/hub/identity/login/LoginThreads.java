package hub.identity.login;

import hub.http.problem.Problem;
import hub.http.problem.ProblemException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/**
 * Where logins wait for their provider: a few threads for each provider and none of the server's,
 * and so many logins at once. A provider that hangs takes its own alone. Thread-safe.
 */
final class LoginThreads {
  /** Logins of one provider that are served at the same time. */
  static final int EACH = 10;

  /** Logins of one provider that are begun or finished and not answered yet. */
  static final int MOST = 100;

  private static final int IDLE_SECONDS = 30;
  private static final int RETRY_AFTER_SECONDS = 5;

  private record Lane(ThreadPoolExecutor threads, Semaphore places) {}

  private final Map<String, Lane> lanes = new ConcurrentHashMap<>();

  /**
   * Does a part of a login, off the caller's thread.
   *
   * @param work is given the provider's threads; it must hold no other thread
   * @throws ProblemException 503 {@code overloaded} when {@link #MOST} logins wait already
   */
  <T> CompletableFuture<T> run(
      LoginProvider provider, Function<Executor, CompletionStage<T>> work) {
    Lane lane = lanes.computeIfAbsent(provider.name(), LoginThreads::lane);
    if (!lane.places().tryAcquire()) {
      throw new ProblemException(
          Problem.of(
                  503,
                  "overloaded",
                  "Too many logins wait for " + provider.title() + " already; begin again later.")
              .retryAfter(RETRY_AFTER_SECONDS));
    }
    CompletionStage<T> done;
    try {
      done = work.apply(lane.threads());
    } catch (RuntimeException | Error e) {
      lane.places().release();
      throw e;
    }
    return done.whenComplete((value, error) -> lane.places().release()).toCompletableFuture();
  }

  private static Lane lane(String provider) {
    AtomicInteger number = new AtomicInteger();
    ThreadPoolExecutor threads =
        new ThreadPoolExecutor(
            EACH,
            EACH,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            // Bounded by the places.
            new LinkedBlockingQueue<>(),
            work -> {
              Thread thread =
                  new Thread(work, "hub-login-" + provider + "-" + number.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
    threads.allowCoreThreadTimeOut(true);
    return new Lane(threads, new Semaphore(MOST));
  }
}
