package hub.inbox.engine;

import hub.inbox.db.Delivery;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A claimed event with the time until which nobody else takes it, by both of this process's clocks:
 * the monotonic one may stand still while a machine is suspended, and the wall clock may be set
 * back. Thread-safe.
 */
public final class LeasedDelivery {
  /**
   * Between the look at the clock and the step's first byte on the wire some time passes, a pause
   * of the garbage collector among it. A short lease gives a tenth of itself.
   */
  private static final Duration MARGIN = Duration.ofMillis(250);

  /** A time by both clocks. */
  public record Moment(long nanos, long wallMillis) {
    static Moment now(Clock clock) {
      return new Moment(System.nanoTime(), clock.millis());
    }

    Moment plus(Duration duration) {
      return new Moment(nanos + duration.toNanos(), wallMillis + duration.toMillis());
    }

    /** By whichever clock went further. */
    boolean isPast(Moment now) {
      return nanos - now.nanos() <= 0 || wallMillis <= now.wallMillis();
    }
  }

  private final Delivery delivery;
  private final AtomicBoolean begun = new AtomicBoolean();
  private volatile long begunAt;
  private volatile boolean noted;
  private volatile Moment until;
  private volatile boolean lost;
  private volatile boolean ended;

  /**
   * @param before a moment before the claim was sent to the store
   */
  LeasedDelivery(Delivery delivery, Moment before, Duration lease) {
    this.delivery = delivery;
    this.noted = delivery.begun();
    renewed(before, lease);
  }

  public Delivery claimed() {
    return delivery;
  }

  /** True for the one who may handle it, or give it back. */
  public boolean begin() {
    begunAt = System.nanoTime();
    return begun.compareAndSet(false, true);
  }

  void renewed(Moment before, Duration lease) {
    Duration tenth = Duration.ofNanos(TimeUnit.MILLISECONDS.toNanos(lease.toMillis()) / 10);
    until = before.plus(lease).plus((tenth.compareTo(MARGIN) < 0 ? tenth : MARGIN).negated());
  }

  /** The store says that somebody else has it. */
  void lose() {
    lost = true;
  }

  boolean isLost() {
    return lost;
  }

  /** Whether a handler is at it for longer than {@code nanos}, and the store does not know. */
  boolean isToNote(long now, long nanos) {
    return !noted && !ended && begun.get() && now - begunAt > nanos;
  }

  void noted() {
    noted = true;
  }

  boolean isEnded() {
    return ended;
  }

  /** Its attempt is over: what goes on behind the route, as a wire tap does, is not held up. */
  public void end() {
    ended = true;
  }

  /** Whether somebody else may have it by now. */
  public boolean leaseExpired(Moment now) {
    return lost || until.isPast(now);
  }

  /** Whether a step may act, for all that this process knows by itself. */
  boolean holds(Moment now) {
    return !lost && (ended || !until.isPast(now));
  }
}
