package hub.call.policy;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Bulkhead and rate limiter of one provider. It limits the calls in flight, so that a slow provider
 * cannot take all threads, and the calls a second. Further calls wait in a queue without holding a
 * thread, or are rejected at once when they would wait too long. Thread-safe.
 */
final class CallLimiter {
  /** Bounds memory: every waiting call keeps its request. */
  private static final int MAX_QUEUED = 2_000;

  /** In nanoseconds. A call that would have less time than this left is not started. */
  static final long SHORTEST_CALL = TimeUnit.MILLISECONDS.toNanos(500);

  /** Waits for a permit; one of its methods is called, once. */
  interface Waiter {
    void acquired();

    void rejected(CallFailure callFailure);
  }

  private record Waiting(Waiter waiter, long deadline) {}

  private final int concurrent;
  private final ScheduledExecutorService timer;
  private final LongSupplier nanoTime;
  private final AdaptiveRateLimit rate = new AdaptiveRateLimit();
  private final Deque<Waiting> queue = new ArrayDeque<>();
  private int running;
  private boolean wakeScheduled;

  /**
   * @param concurrent most calls in flight
   * @param nanoTime the clock, as {@link System#nanoTime}
   */
  CallLimiter(int concurrent, ScheduledExecutorService timer, LongSupplier nanoTime) {
    this.concurrent = concurrent;
    this.timer = timer;
    this.nanoTime = nanoTime;
  }

  synchronized void atMost(double perSecond) {
    rate.atMost(perSecond);
  }

  /**
   * Asks for a permit to call.
   *
   * @param deadline when the call must be over, by the clock {@code nanoTime}
   */
  void acquire(long deadline, Waiter waiter) {
    Optional<CallFailure> rejection;
    List<Runnable> admitted;
    synchronized (this) {
      rejection = rejection(deadline);
      if (rejection.isEmpty()) {
        Waiting waiting = new Waiting(waiter, deadline);
        queue.add(waiting);
        admitted = admit();
        if (queue.contains(waiting)) {
          long wait = Math.max(0, deadline - SHORTEST_CALL - nanoTime.getAsLong());
          var unused = timer.schedule(() -> giveUp(waiting), wait, TimeUnit.NANOSECONDS);
        }
      } else {
        admitted = List.of();
      }
    }
    rejection.ifPresent(waiter::rejected);
    admitted.forEach(Runnable::run);
  }

  private Optional<CallFailure> rejection(long deadline) {
    long now = nanoTime.getAsLong();
    long wait = expectedWait(now);
    if (wait > 0 && now + wait + SHORTEST_CALL - deadline > 0) {
      return Optional.of(rateLimited(wait));
    }
    return queue.size() < MAX_QUEUED ? Optional.empty() : Optional.of(busy());
  }

  /** The wait that the rate limit alone causes; 0 without one. */
  private long expectedWait(long now) {
    long pause = rate.nextSlot(now) - now;
    return Double.isInfinite(rate.perSecond())
        ? pause
        : pause + (long) (queue.size() / rate.perSecond() * TimeUnit.SECONDS.toNanos(1));
  }

  private static CallFailure rateLimited(long wait) {
    return new CallFailure(
        CallOutcome.RATE_LIMITED,
        429,
        "",
        "it takes no more calls for now",
        Optional.of(Duration.ofNanos(wait)));
  }

  private static CallFailure busy() {
    return new CallFailure(
        CallOutcome.NOT_PERMITTED,
        0,
        "",
        "too many calls wait for it already",
        Optional.of(Duration.ofSeconds(1)));
  }

  private void giveUp(Waiting waiting) {
    boolean waited;
    CallFailure callFailure;
    synchronized (this) {
      waited = queue.remove(waiting);
      long wait = expectedWait(nanoTime.getAsLong());
      callFailure = wait > 0 ? rateLimited(wait) : busy();
    }
    if (waited) {
      waiting.waiter().rejected(callFailure);
    }
  }

  /**
   * Gives a permit back.
   *
   * @param begun when the call started, by the clock {@code nanoTime}
   */
  void release(long begun, CallOutcome callOutcome, Optional<Duration> retryAfter) {
    List<Runnable> admitted;
    synchronized (this) {
      running--;
      long now = nanoTime.getAsLong();
      if (callOutcome == CallOutcome.RATE_LIMITED) {
        rate.slowDown(now, begun, retryAfter);
      } else if (callOutcome == CallOutcome.OK || callOutcome == CallOutcome.REJECTED) {
        rate.answered(now);
      }
      admitted = admit();
    }
    admitted.forEach(Runnable::run);
  }

  /** Admits the next calls in the queue. The caller runs the result outside of the lock. */
  private List<Runnable> admit() {
    List<Runnable> admitted = new ArrayList<>();
    long now = nanoTime.getAsLong();
    while (!queue.isEmpty() && running < concurrent) {
      long slot = rate.nextSlot(now);
      if (slot - now > 0) {
        wakeIn(slot - now);
        break;
      }
      Waiting next = queue.poll();
      running++;
      rate.callStarted(now);
      admitted.add(next.waiter()::acquired);
    }
    return admitted;
  }

  private void wakeIn(long nanos) {
    if (!wakeScheduled) {
      wakeScheduled = true;
      var unused = timer.schedule(this::wake, nanos, TimeUnit.NANOSECONDS);
    }
  }

  private void wake() {
    List<Runnable> admitted;
    synchronized (this) {
      wakeScheduled = false;
      admitted = admit();
    }
    admitted.forEach(Runnable::run);
  }
}
