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
 * at all takes long, most claims begin a little before the oldest row that the last one saw, or at
 * an older one that this node has made due since. What others make due earlier waits until all are
 * looked at again, as what took this node longer to commit than {@link #MARGIN}. Thread-safe.
 */
final class DueFloor {
  /** Looking at all that takes no longer than this is done by each claim. */
  private static final Duration SHORT = Duration.ofMillis(5);

  /** Of the time, one part in so many is spent on looking at all. */
  private static final int SHARE = 50;

  private static final Duration LONGEST_BETWEEN = Duration.ofSeconds(10);

  /** A handler that cannot claim at the moment asks in vain: not more often. */
  private static final long SHORTEST_WAIT_MILLIS = 100;

  /** A row may become visible so long after its due time: its transaction has to end. */
  static final Duration MARGIN = Duration.ofSeconds(1);

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

  /**
   * The earliest due time that the handler's next claim looks at. When it is time to look at all,
   * this says so once: should that fail, the next claims look from where they did before.
   */
  OffsetDateTime next(String route) {
    return floor(route).next();
  }

  /** The earliest due time that the handler's next claim looks at when it does not look at all. */
  OffsetDateTime from(String route) {
    return floor(route).from();
  }

  /**
   * Milliseconds until all are looked at again, at least 100; {@link Long#MAX_VALUE} when the last
   * claim did.
   */
  long millisUntilAll(String route) {
    return floor(route).millisUntilAll();
  }

  /**
   * Records a claim.
   *
   * @param from what {@link #next} said before it
   * @param oldest the due time of the oldest row that is due, also of one that somebody has locked;
   *     the database's time when there is none
   * @param begun when the claim began, as {@link #now}
   */
  void looked(String route, OffsetDateTime from, OffsetDateTime oldest, long begun) {
    floor(route).looked(from, oldest, begun);
  }

  /** A row of this time is committed within {@link #MARGIN}. */
  void lower(String route, OffsetDateTime due) {
    floor(route).lower(due);
  }

  /** Rows of any time may have come: the next claim looks at all. */
  void lookAtAll(String route) {
    floor(route).lookAtAll();
  }

  private Floor floor(String route) {
    return floors.computeIfAbsent(route, key -> new Floor());
  }

  /** The one of a handler. */
  private final class Floor {
    private OffsetDateTime from = OffsetDateTime.MIN;

    /** When all are looked at again, by the clock. */
    private long until;

    /** Whether a look at all has begun, and not ended, or failed. */
    private boolean looking;

    private boolean lastLookedAtAll = true;

    /** The oldest that was made due since a time by the clock. */
    private OffsetDateTime made = OffsetDateTime.MAX;

    private long madeSince = now();

    /** The oldest that was made due before it. */
    private OffsetDateTime madeBefore = OffsetDateTime.MAX;

    synchronized OffsetDateTime from() {
      return from;
    }

    synchronized OffsetDateTime next() {
      if (looking) {
        looking = false;
        until = now() + LONGEST_BETWEEN.toNanos();
      }
      if (looksAtAll() || now() - until < 0) {
        return from;
      }
      looking = true;
      return OffsetDateTime.MIN;
    }

    synchronized void lookAtAll() {
      until = now();
    }

    synchronized long millisUntilAll() {
      return lastLookedAtAll
          ? Long.MAX_VALUE
          : Math.max(SHORTEST_WAIT_MILLIS, Duration.ofNanos(until - now()).toMillis());
    }

    synchronized void looked(OffsetDateTime lookedFrom, OffsetDateTime oldest, long begun) {
      long now = now();
      looking = false;
      Duration took = Duration.ofNanos(now - begun);
      lastLookedAtAll = lookedFrom.equals(OffsetDateTime.MIN);
      OffsetDateTime next = earlier(oldest.minus(margin), earlier(made, madeBefore));
      if (lastLookedAtAll && took.compareTo(SHORT) <= 0) {
        from = OffsetDateTime.MIN;
      } else if (lastLookedAtAll) {
        from = next;
        Duration pause = took.multipliedBy(SHARE);
        until = now + (pause.compareTo(LONGEST_BETWEEN) < 0 ? pause : LONGEST_BETWEEN).toNanos();
      } else if (!looksAtAll() && next.isAfter(from)) {
        from = next;
      }
      forgetMade(begun);
    }

    synchronized void lower(OffsetDateTime due) {
      made = earlier(made, due);
      // Stays when all are looked at.
      from = earlier(from, due);
    }

    private boolean looksAtAll() {
      return from.equals(OffsetDateTime.MIN);
    }

    /** A claim that begins a margin later sees it by itself. */
    private void forgetMade(long begun) {
      if (begun - madeSince >= margin.toNanos()) {
        madeBefore = made;
        made = OffsetDateTime.MAX;
        madeSince = now();
      }
    }
  }

  private static OffsetDateTime earlier(OffsetDateTime one, OffsetDateTime other) {
    return one.isBefore(other) ? one : other;
  }
}
