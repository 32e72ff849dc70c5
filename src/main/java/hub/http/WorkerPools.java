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
 * The threads in which requests are served, in groups that never wait for each other's: a console
 * whose database hangs, or a route that waits for a slow party, takes the threads of its own group
 * alone, and webhooks are answered all the same. Thread-safe.
 */
public final class WorkerPools {
  /** Some senders hang up after five seconds. */
  private static final long LONGEST_WAIT_NANOS = TimeUnit.SECONDS.toNanos(5);

  /** Who shares threads. */
  public enum Group {
    /** Senders' requests; nothing that they do waits for anybody but the inbox. */
    WEBHOOKS("hub-webhook", 32, 10_000),
    /** Operators: lists and searches may keep the database busy for long. */
    CONSOLE("hub-console", 12, 500),
    /** Browsers that log in, and callers that want a person's token. */
    LOGIN("hub-auth", 8, 500),
    /** Every other path, with whatever a route does there. */
    CALLS("hub-api", 64, 2_000);

    private final String threads;
    private final int size;
    private final int mostWaiting;

    Group(String threads, int size, int mostWaiting) {
      this.threads = threads;
      this.size = size;
      this.mostWaiting = mostWaiting;
    }

    /** Whose requests to this path are. */
    public static Group of(String path) {
      if (isUnder(path, "/api/webhooks")) {
        return WEBHOOKS;
      }
      if (isUnder(path, "/api/auth")) {
        return LOGIN;
      }
      return isUnder(path, "/api/admin") || isUnder(path, "/console") ? CONSOLE : CALLS;
    }

    private static boolean isUnder(String path, String folder) {
      return path.equals(folder) || path.startsWith(folder + "/");
    }
  }

  private record Pool(WorkerExecutor threads, AtomicInteger asked) {}

  private final Map<Group, Pool> pools = new EnumMap<>(Group.class);

  /**
   * Runs {@code work} in a thread of the group; the future completes where Vert.x's own would.
   *
   * @return a failed one, 503 {@code overloaded}, where too many wait for a thread of the group, or
   *     this one waited for so long that its sender has most likely given up
   */
  public <T> Future<T> run(Vertx vertx, Group group, Callable<T> work) {
    Pool pool = pool(vertx, group);
    if (pool.asked().incrementAndGet() > group.size + group.mostWaiting) {
      pool.asked().decrementAndGet();
      return Future.failedFuture(new ProblemException(Problems.overloaded()));
    }
    long begun = System.nanoTime();
    return pool.threads()
        .executeBlocking(
            () -> {
              if (System.nanoTime() - begun > LONGEST_WAIT_NANOS) {
                throw new ProblemException(Problems.overloaded());
              }
              return work.call();
            },
            false)
        .onComplete(done -> pool.asked().decrementAndGet());
  }

  /** They end with {@code vertx}. */
  private synchronized Pool pool(Vertx vertx, Group group) {
    return pools.computeIfAbsent(
        group,
        wanted ->
            new Pool(
                vertx.createSharedWorkerExecutor(wanted.threads, wanted.size),
                new AtomicInteger()));
  }
}
