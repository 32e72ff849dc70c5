package hub.http;

import hub.http.problem.ProblemException;
import hub.http.problem.Problems;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

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

  private record Pool(WorkerExecutor threads, AtomicInteger pending) {}

  private final Map<Group, Pool> pools = new EnumMap<>(Group.class);

  /**
   * Runs {@code work} in a thread of the group. The future completes on the same thread as Vert.x's
   * own.
   *
   * @return fails with 503 {@code overloaded} when the group's queue is full, or when this request
   *     waited so long that its sender has most likely given up
   */
  public <T> Future<T> run(Vertx vertx, Group group, Callable<T> work) {
    Pool pool = pool(vertx, group);
    if (pool.pending().incrementAndGet() > group.size + group.maxQueued) {
      pool.pending().decrementAndGet();
      return Future.failedFuture(new ProblemException(Problems.overloaded()));
    }
    long begun = System.nanoTime();
    return pool.threads()
        .executeBlocking(
            () -> {
              if (System.nanoTime() - begun > MAX_WAIT_NANOS) {
                throw new ProblemException(Problems.overloaded());
              }
              return work.call();
            },
            false)
        .onComplete(done -> pool.pending().decrementAndGet());
  }

  /** The pool of a group; it is closed together with {@code vertx}. */
  private synchronized Pool pool(Vertx vertx, Group group) {
    return pools.computeIfAbsent(
        group,
        key ->
            new Pool(vertx.createSharedWorkerExecutor(key.threads, key.size), new AtomicInteger()));
  }
}
