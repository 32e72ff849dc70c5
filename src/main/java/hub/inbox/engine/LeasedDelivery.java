package hub.inbox.engine;

import hub.inbox.db.Delivery;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A claimed delivery with the end of its lease by both clocks of this process: the monotonic clock
 * may stop while the machine is suspended, and the wall clock may be set back. Thread-safe.
 */
public final class LeasedDelivery {
  /**
   * The lease ends this much earlier here, because time passes between the check and the step's
   * first byte on the wire, such as a pause of the garbage collector. At most a tenth of the lease.
   */
  private static final Duration MARGIN = Duration.ofMillis(250);

  /** A point in time by both clocks. */
  public record Moment(long nanos, long wallMillis) {
    Moment plus(Duration duration) {
      return new Moment(nanos + duration.toNanos(), wallMillis + duration.toMillis());
    }

    /** Whether this has passed at {@code now} by either clock. */
    boolean isPast(Moment now) {
      return nanos - now.nanos() <= 0 || wallMillis <= now.wallMillis();
    }
  }

  private final Delivery delivery;

  /** Null until a handler has it: one step says that it has started, and when. */
  private final AtomicReference<Long> startedAt = new AtomicReference<>();

  private volatile boolean startRecorded;
  private volatile Moment until;
  private volatile boolean lost;
  private volatile boolean ended;

  /**
   * @param before taken before the claim was sent to the store
   */
  LeasedDelivery(Delivery delivery, Moment before, Duration lease) {
    this.delivery = delivery;
    this.startRecorded = delivery.started();
    extend(before, lease);
  }

  public Delivery delivery() {
    return delivery;
  }

  /**
   * True for the first caller only, who may handle or release it.
   *
   * @param nanos the present, as {@link Timing#nanos}
   */
  public boolean tryStart(long nanos) {
    return startedAt.compareAndSet(null, nanos);
  }

  void extend(Moment before, Duration lease) {
    Duration tenth = Duration.ofNanos(TimeUnit.MILLISECONDS.toNanos(lease.toMillis()) / 10);
    until = before.plus(lease).plus((tenth.compareTo(MARGIN) < 0 ? tenth : MARGIN).negated());
  }

  /** The store says that another process has taken it over. */
  void markLost() {
    lost = true;
  }

  /** Whether the store said so: somebody has finished it, or taken it over. */
  public boolean isLost() {
    return lost;
  }

  /** Whether a handler has worked on it for {@code nanos} and the store does not know that. */
  boolean needsStartRecorded(long now, long nanos) {
    Long at = startedAt.get();
    return !startRecorded && !ended && at != null && now - at > nanos;
  }

  void startRecorded() {
    startRecorded = true;
  }

  boolean isEnded() {
    return ended;
  }

  /** The attempt has ended: steps that still run, as after a wire tap, are not refused. */
  public void end() {
    ended = true;
  }

  /** Whether another process may have taken it over by {@code now}. */
  public boolean leaseExpired(Moment now) {
    return lost || until.isPast(now);
  }

  /** Whether a step may act, as far as this process knows without asking the store. */
  boolean holds(Moment now) {
    return !lost && (ended || !until.isPast(now));
  }

  /** What is handled one after another: the lane's key, or this delivery when it has no lane. */
  public Object laneOrSelf() {
    return delivery().lane().<Object>map(key -> key).orElse(this);
  }
}
