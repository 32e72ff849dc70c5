package hub.identity.login;

import hub.http.problem.Problem;
import hub.http.problem.ProblemException;
import hub.util.DaemonThreads;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Thread pools for logins, one bounded pool for each provider. No server thread waits for a
 * provider, and a provider that hangs delays only its own logins. Thread-safe.
 */
final class LoginThreads {
  /** Threads for each provider. */
  static final int THREADS = 10;

  /** Unanswered login requests of one provider; further ones are refused. */
  static final int MAX_PENDING = 100;

  private static final int IDLE_SECONDS = 30;
  private static final int RETRY_AFTER_SECONDS = 5;

  private record Pool(ThreadPoolExecutor threads, Semaphore permits) {}

  private final Map<String, Pool> pools = new ConcurrentHashMap<>();

  /**
   * Runs a part of a login on the provider's threads.
   *
   * @param work gets the provider's threads; it must not block the caller's thread
   * @throws ProblemException 503 {@code overloaded} when {@link #MAX_PENDING} requests wait already
   */
  <T> CompletableFuture<T> run(
      LoginProvider provider, Function<Executor, CompletionStage<T>> work) {
    Pool pool = pools.computeIfAbsent(provider.name(), LoginThreads::pool);
    if (!pool.permits().tryAcquire()) {
      throw new ProblemException(
          Problem.of(
                  503,
                  "overloaded",
                  "Too many logins wait for " + provider.title() + " already; begin again later.")
              .retryAfter(RETRY_AFTER_SECONDS));
    }
    CompletionStage<T> done;
    try {
      done = work.apply(pool.threads());
    } catch (RuntimeException | Error e) {
      pool.permits().release();
      throw e;
    }
    return done.whenComplete((value, error) -> pool.permits().release()).toCompletableFuture();
  }

  private static Pool pool(String provider) {
    ThreadPoolExecutor threads =
        new ThreadPoolExecutor(
            THREADS,
            THREADS,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            // Bounded by the permits.
            new LinkedBlockingQueue<>(),
            DaemonThreads.numbered("hub-login-" + provider));
    threads.allowCoreThreadTimeOut(true);
    return new Pool(threads, new Semaphore(MAX_PENDING));
  }
}
