package hub.http.server;

import hub.http.problem.Problem;
import io.vertx.core.Context;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * Lets requests in, and holds those whose routes are being exchanged, so that none of them meets a
 * path without a route. Thread-safe.
 */
public final class RequestGate {
  /** A sender that waits longer gives up itself. */
  private static final Duration HOLD = Duration.ofSeconds(10);

  /** Memory: each held request keeps its connection. */
  private static final int MOST_HELD = 1_000;

  private final Duration hold;
  private final int mostHeld;

  /** How often the end of the requests inside is looked for. */
  private static final long LOOK_MILLIS = 2;

  private static final Problem RELOADING =
      Problem.of(503, "reloading", "The route of this path is being exchanged; send it again.")
          .retryAfter(1);

  /** Requests that are inside, by path. */
  private final Map<String, Integer> inside = new ConcurrentHashMap<>();

  /** The paths that are closed; empty: none. */
  private volatile List<Pattern> closed = List.of();

  private final ConcurrentLinkedQueue<Held> held = new ConcurrentLinkedQueue<>();
  private final AtomicInteger heldCount = new AtomicInteger();

  public RequestGate() {
    this(HOLD, MOST_HELD);
  }

  /**
   * @param hold how long a request is held, at most; then it is refused
   * @param mostHeld how many are held at a time; more are refused at once
   */
  RequestGate(Duration hold, int mostHeld) {
    this.hold = hold;
    this.mostHeld = mostHeld;
  }

  /** A request that waits; whoever takes it first lets it in or refuses it. */
  private record Held(Context context, Runnable enter, AtomicBoolean taken) {
    boolean take() {
      return taken.compareAndSet(false, true);
    }
  }

  /**
   * Hands a request to {@code router}, now or when its path is open again. Call it on the request's
   * event loop.
   *
   * @param refuse answers a request that cannot wait any longer
   */
  void pass(
      HttpServerRequest request, Handler<HttpServerRequest> router, Consumer<Problem> refuse) {
    // First inside, then the look: whoever closes the gate looks in the other order.
    inside.merge(request.path(), 1, Integer::sum);
    if (!isClosed(request.path())) {
      router.handle(request);
      return;
    }
    leave(request);
    if (heldCount.incrementAndGet() > mostHeld) {
      heldCount.decrementAndGet();
      refuse.accept(RELOADING);
      return;
    }
    hold(request, router, refuse);
  }

  private void hold(
      HttpServerRequest request, Handler<HttpServerRequest> router, Consumer<Problem> refuse) {
    request.pause();
    Context context = Vertx.currentContext();
    Held one =
        new Held(
            context,
            () -> {
              request.resume();
              pass(request, router, refuse);
            },
            new AtomicBoolean());
    held.add(one);
    context
        .owner()
        .setTimer(
            hold.toMillis(),
            timer -> {
              if (one.take()) {
                held.remove(one);
                heldCount.decrementAndGet();
                request.resume();
                refuse.accept(RELOADING);
              }
            });
    // It may have opened between the look and the wait.
    if (!isClosed(request.path())) {
      letIn(one);
    }
  }

  /** To be called once for every request that the router was given, when it has been answered. */
  void leave(HttpServerRequest request) {
    inside.computeIfPresent(request.path(), (path, count) -> count == 1 ? null : count - 1);
  }

  private boolean isClosed(String path) {
    return closed.stream().anyMatch(pattern -> pattern.matcher(path).matches());
  }

  /**
   * Holds requests of these paths from now on and waits for those that are inside.
   *
   * @param paths patterns that match whole paths
   * @param millis how long to wait, at most
   * @return whether none is inside any longer
   */
  public boolean close(Collection<Pattern> paths, long millis) throws InterruptedException {
    closed = List.copyOf(paths);
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    while (inside.keySet().stream().anyMatch(this::isClosed)) {
      if (System.nanoTime() - end > 0) {
        return false;
      }
      Thread.sleep(LOOK_MILLIS);
    }
    return true;
  }

  /** Lets in what has waited, and whatever comes. */
  public void open() {
    closed = List.of();
    for (Held one = held.poll(); one != null; one = held.poll()) {
      letIn(one);
    }
  }

  private void letIn(Held one) {
    if (one.take()) {
      held.remove(one);
      heldCount.decrementAndGet();
      one.context().runOnContext(now -> one.enter().run());
    }
  }
}
