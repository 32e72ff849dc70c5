package hub.http;

import hub.http.problem.ProblemException;
import hub.http.problem.Problems;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.impl.ContextInternal;
import io.vertx.core.impl.VertxInternal;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * The thread pools that serve requests, one for each group of paths. A console whose database
 * hangs, or a route that waits for a slow provider, uses up the threads of its own group only, and
 * webhooks are still answered. Thread-safe.
 */
public final class WorkerPools {
  /** Some senders hang up after five seconds. */
  private static final long MAX_WAIT_NANOS = TimeUnit.SECONDS.toNanos(5);

  /** The paths that share a pool. */
  public enum Group {
    /** Webhooks; they wait for nothing but the inbox. */
    WEBHOOKS("hub-webhook", 32, 10_000),
    /** The console; its lists and searches may take long in the database. */
    CONSOLE("hub-console", 12, 500),
    /** Logins of browsers, and requests for a person's token. */
    LOGIN("hub-auth", 8, 500),
    /** All other paths. */
    CALLS("hub-api", 64, 2_000);

    private final String threads;
    private final int size;
    private final int maxQueued;

    Group(String threads, int size, int maxQueued) {
      this.threads = threads;
      this.size = size;
      this.maxQueued = maxQueued;
    }

    /** The group that a path belongs to. */
    public static Group of(String path) {
      if (RequestPath.isUnder(path, "/api/webhooks")) {
        return WEBHOOKS;
      }
      if (RequestPath.isUnder(path, "/api/auth")) {
        return LOGIN;
      }
      return RequestPath.isUnder(path, "/api/admin") || RequestPath.isUnder(path, "/console")
          ? CONSOLE
          : CALLS;
    }
  }

  private record Pool(WorkerPool threads, AtomicInteger pending) {}

  private final Map<Group, Pool> pools = new ConcurrentHashMap<>();

  /**
   * Runs {@code work} in a thread of the group. The future completes on the same thread as Vert.x's
   * own.
   *
   * @return fails as {@link #execute}
   */
  public <T> Future<T> run(Vertx vertx, Group group, Callable<T> work) {
    Promise<T> promise = ((ContextInternal) vertx.getOrCreateContext()).promise();
    execute(vertx, group, () -> promise.complete(work.call()), promise::fail);
    return promise.future();
  }

  /** Work of a request. */
  public interface Work {
    void run() throws Exception;
  }

  /**
   * As {@link #run}, for work of whose end nobody needs to know: to tell the event loop costs as
   * much as the work.
   *
   * @param onFailure gets what the work threw, in the group's thread; or at once a 503 {@code
   *     overloaded} when the group's queue is full; or that when this request waited so long that
   *     its sender has most likely given up
   */
  public void execute(Vertx vertx, Group group, Work work, Consumer<Throwable> onFailure) {
    Pool pool = pool(vertx, group);
    if (pool.pending().incrementAndGet() > group.size + group.maxQueued) {
      pool.pending().decrementAndGet();
      onFailure.accept(new ProblemException(Problems.overloaded()));
      return;
    }
    long begun = System.nanoTime();
    pool.threads()
        .execute(
            () -> {
              try {
                if (System.nanoTime() - begun > MAX_WAIT_NANOS) {
                  throw new ProblemException(Problems.overloaded());
                }
                work.run();
              } catch (Throwable e) {
                onFailure.accept(e);
              } finally {
                pool.pending().decrementAndGet();
              }
            });
  }

  /** The pool of a group; it is closed together with {@code vertx}. */
  private Pool pool(Vertx vertx, Group group) {
    return pools.computeIfAbsent(
        group,
        key -> {
          WorkerPool threads = new WorkerPool(key.threads, key.size);
          ((VertxInternal) vertx)
              .addCloseHook(
                  closed -> {
                    threads.close();
                    closed.complete();
                  });
          return new Pool(threads, new AtomicInteger());
        });
  }
}
