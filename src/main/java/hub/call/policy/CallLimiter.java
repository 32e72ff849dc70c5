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
 * Who may call one provider now: so many at once (a slow provider must not take the threads of the
 * others), so fast after each other. The rest wait in order, holding no thread, or hear at once
 * that it would take too long. Thread-safe.
 */
final class CallLimiter {
  /** Memory, not patience: each holds its request. */
  private static final int MOST_WAITING = 2_000;

  /** A turn that comes later than this before the end is no use. */
  static final long SHORTEST_CALL = TimeUnit.MILLISECONDS.toNanos(500);

  /** Told once. */
  interface Waiter {
    void go();

    void refused(CallFailure callFailure);
  }

  private record Waiting(Waiter waiter, long deadline) {}

  private final int concurrent;
  private final ScheduledExecutorService timer;
  private final LongSupplier nanoTime;
  private final AdaptiveRate rate = new AdaptiveRate();
  private final Deque<Waiting> queue = new ArrayDeque<>();
  private int running;
  private boolean wakeScheduled;

  /**
   * @param concurrent calls at the same time, at most
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
   * Asks for a turn.
   *
   * @param deadline by the clock {@code nanoTime}
   */
  void ask(long deadline, Waiter waiter) {
    Optional<CallFailure> refusal;
    List<Runnable> told;
    synchronized (this) {
      refusal = refusal(deadline);
      if (refusal.isEmpty()) {
        Waiting waiting = new Waiting(waiter, deadline);
        queue.add(waiting);
        told = admit();
        if (queue.contains(waiting)) {
          long wait = Math.max(0, deadline - SHORTEST_CALL - nanoTime.getAsLong());
          var unused = timer.schedule(() -> giveUp(waiting), wait, TimeUnit.NANOSECONDS);
        }
      } else {
        told = List.of();
      }
    }
    refusal.ifPresent(waiter::refused);
    told.forEach(Runnable::run);
  }

  private Optional<CallFailure> refusal(long deadline) {
    long now = nanoTime.getAsLong();
    long wait = expectedWait(now);
    if (wait > 0 && now + wait + SHORTEST_CALL - deadline > 0) {
      return Optional.of(limited(wait));
    }
    return queue.size() < MOST_WAITING ? Optional.empty() : Optional.of(busy());
  }

  /** As far as the pace decides; 0 when nothing sets one. */
  private long expectedWait(long now) {
    long pause = rate.nextSlot(now) - now;
    return Double.isInfinite(rate.perSecond())
        ? pause
        : pause + (long) (queue.size() / rate.perSecond() * TimeUnit.SECONDS.toNanos(1));
  }

  private static CallFailure limited(long wait) {
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
      callFailure = wait > 0 ? limited(wait) : busy();
    }
    if (waited) {
      waiting.waiter().refused(callFailure);
    }
  }

  /**
   * Gives a turn back.
   *
   * @param begun when it started, by the clock {@code nanoTime}
   */
  void leave(long begun, CallOutcome callOutcome, Optional<Duration> retryAfter) {
    List<Runnable> told;
    synchronized (this) {
      running--;
      long now = nanoTime.getAsLong();
      if (callOutcome == CallOutcome.RATE_LIMITED) {
        rate.slowDown(now, begun, retryAfter);
      } else if (callOutcome == CallOutcome.OK || callOutcome == CallOutcome.REJECTED) {
        rate.answered(now);
      }
      told = admit();
    }
    told.forEach(Runnable::run);
  }

  /** Whoever's turn it is, to be told outside the lock. */
  private List<Runnable> admit() {
    List<Runnable> told = new ArrayList<>();
    long now = nanoTime.getAsLong();
    while (!queue.isEmpty() && running < concurrent) {
      long slot = rate.nextSlot(now);
      if (slot - now > 0) {
        wakeIn(slot - now);
        break;
      }
      Waiting next = queue.poll();
      running++;
      rate.taken(now);
      told.add(next.waiter()::go);
    }
    return told;
  }

  private void wakeIn(long nanos) {
    if (!wakeScheduled) {
      wakeScheduled = true;
      var unused = timer.schedule(this::wake, nanos, TimeUnit.NANOSECONDS);
    }
  }

  private void wake() {
    List<Runnable> told;
    synchronized (this) {
      wakeScheduled = false;
      told = admit();
    }
    told.forEach(Runnable::run);
  }
}
