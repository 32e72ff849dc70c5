package hub.inbox.db;

import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * From which due time on the claims of each handler look at an index. PostgreSQL keeps a row that
 * has ended, and its place in the index, while any transaction is open that began before its end;
 * then each claim would read them all again before it comes to the first that is due. Where looking
 * at all takes long, most claims begin a little before the oldest row that the last one saw. A row
 * that somebody committed later than that with an earlier time waits until all are looked at again.
 * Thread-safe.
 */
final class DueFloor {
  /** Looking at all that takes no longer than this is done by each claim. */
  private static final Duration SHORT = Duration.ofMillis(5);

  /** Of the time, one part in so many is spent on looking at all. */
  private static final int SHARE = 50;

  private static final Duration LONGEST_BETWEEN = Duration.ofSeconds(10);

  /** A row may become visible so long after its due time: its transaction has to end. */
  static final Duration MARGIN = Duration.ofSeconds(1);

  /**
   * @param from what is due earlier has ended
   * @param until when all are looked at again, by the clock
   */
  private record Floor(OffsetDateTime from, long until) {}

  private final Map<String, Floor> floors = new ConcurrentHashMap<>();
  private final LongSupplier nanoTime;
  private final Duration margin;

  /**
   * @param nanoTime the clock, as {@link System#nanoTime}
   * @param margin how long before the oldest row a claim begins, {@link #MARGIN}
   */
  DueFloor(LongSupplier nanoTime, Duration margin) {
    this.nanoTime = nanoTime;
    this.margin = margin;
  }

  /** The time, in nanoseconds by the clock. */
  long now() {
    return nanoTime.getAsLong();
  }

  /** The earliest due time that a claim of the handler looks at. */
  OffsetDateTime of(String route) {
    Floor floor = floors.get(route);
    return floor == null || now() - floor.until() >= 0 ? OffsetDateTime.MIN : floor.from();
  }

  /**
   * Records a claim.
   *
   * @param from what {@link #of} said before it
   * @param oldest the due time of the oldest row that is due, also of one that somebody has locked;
   *     the database's time when there is none
   * @param begun when the claim began, as {@link #now}
   */
  void looked(String route, OffsetDateTime from, OffsetDateTime oldest, long begun) {
    boolean all = from.equals(OffsetDateTime.MIN);
    long now = now();
    Duration took = Duration.ofNanos(now - begun);
    if (all && took.compareTo(SHORT) <= 0) {
      floors.remove(route);
      return;
    }
    OffsetDateTime next = oldest.minus(margin);
    Duration pause = took.multipliedBy(SHARE);
    long until = now + (pause.compareTo(LONGEST_BETWEEN) < 0 ? pause : LONGEST_BETWEEN).toNanos();
    floors.compute(
        route,
        (key, floor) -> {
          if (all) {
            return new Floor(next, until);
          }
          return floor == null || floor.from().isAfter(next)
              ? floor
              : new Floor(next, floor.until());
        });
  }
}
