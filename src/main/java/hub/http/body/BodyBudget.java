package hub.http.body;

import hub.http.SourceAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Bounds what all request bodies take in memory together, from their first byte until their request
 * is answered. When it is full, bodies that nobody sends on make room, and large ones for small
 * ones, so that senders who hold connections open cannot keep others out. Thread-safe.
 */
final class BodyBudget {
  /** A body without a byte for so long is not on its way any more. */
  private static final long STALLED_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** Most webhooks are smaller; up to here a body may take the room of larger ones. */
  private static final long SMALL_BYTES = 64 * 1024;

  /** How many times larger a body must be to make room for a small one. */
  private static final int LARGER = 4;

  /** Room is made for more than one, so that not every part of a body looks at all the others. */
  private static final int SPARE_PARTS = 16;

  /** One address gets this part of the whole. */
  private static final int ADDRESS_PARTS = 4;

  private final long most;
  private final LongSupplier nanoTime;
  private final Set<Reservation> reading = new LinkedHashSet<>();
  private final Map<String, Long> byAddress = new HashMap<>();
  private long total;
  private long largestBody;
  private long used;

  /**
   * @param total bytes of all bodies
   * @param most what it may grow to, so that two of the largest bodies fit
   */
  BodyBudget(long total, long most) {
    this(total, most, System::nanoTime);
  }

  BodyBudget(long total, long most, LongSupplier nanoTime) {
    this.total = total;
    this.most = most;
    this.nanoTime = nanoTime;
  }

  /** Says that some route takes bodies of so many bytes: one address may always send one. */
  synchronized void expect(long bodyBytes) {
    total = Math.max(total, Math.min(most, 2 * bodyBytes));
    largestBody = Math.max(largestBody, Math.min(bodyBytes, total / 2));
  }

  synchronized long total() {
    return total;
  }

  /**
   * Begins with a body, of which nothing is here yet.
   *
   * @param evicted called once, on any thread, when the body must make room: its bytes are to be
   *     let go
   */
  Reservation open(SourceAddress from, Runnable evicted) {
    Reservation reservation = new Reservation(from, evicted);
    synchronized (this) {
      reading.add(reservation);
    }
    return reservation;
  }

  synchronized long used() {
    return used;
  }

  /** What one body takes of the budget. */
  final class Reservation {
    private final SourceAddress from;
    private final Runnable evicted;
    private long bytes;
    private long lastByte = nanoTime.getAsLong();
    private boolean released;

    private Reservation(SourceAddress from, Runnable evicted) {
      this.from = from;
      this.evicted = evicted;
    }

    /**
     * Takes room for more of it.
     *
     * @return false: there is none, or this body had to make room meanwhile
     */
    boolean take(long more) {
      List<Reservation> victims = new ArrayList<>();
      boolean taken;
      synchronized (BodyBudget.this) {
        lastByte = nanoTime.getAsLong();
        if (used + more > total && !released) {
          victims = makeRoom(this, more);
        }
        taken = !released && used + more <= total && mayTake(more);
        if (taken) {
          add(more);
        }
      }
      victims.forEach(victim -> victim.evicted.run());
      return taken;
    }

    /** All of it has arrived: it keeps room for so many bytes until it is released. */
    void complete(long size) {
      synchronized (BodyBudget.this) {
        reading.remove(this);
        if (!released) {
          add(size - bytes);
        }
      }
    }

    /** Its request is answered. May be called more than once. */
    void release() {
      synchronized (BodyBudget.this) {
        if (!released) {
          released = true;
          reading.remove(this);
          add(-bytes);
        }
      }
    }

    private boolean mayTake(long more) {
      long share = Math.max(total / ADDRESS_PARTS, largestBody);
      return !from.limited() || byAddress.getOrDefault(from.network(), 0L) + more <= share;
    }

    private void add(long more) {
      bytes += more;
      used += more;
      if (from.limited()) {
        byAddress.merge(from.network(), more, (a, b) -> a + b == 0 ? null : a + b);
      }
    }

    private boolean mustYieldTo(Reservation other, long more, long now) {
      long wanted = other.bytes + more;
      return this != other
          && bytes > 0
          && (now - lastByte >= STALLED_NANOS
              || (wanted <= SMALL_BYTES && bytes >= LARGER * wanted));
    }
  }

  private List<Reservation> makeRoom(Reservation wanting, long more) {
    long now = nanoTime.getAsLong();
    long goal = Math.max(0, total - more - total / SPARE_PARTS);
    List<Reservation> candidates =
        reading.stream()
            .filter(one -> one.mustYieldTo(wanting, more, now))
            .sorted(Comparator.comparingLong((Reservation one) -> one.bytes).reversed())
            .toList();
    List<Reservation> victims = new ArrayList<>();
    for (Reservation candidate : candidates) {
      if (used <= goal) {
        break;
      }
      candidate.release();
      victims.add(candidate);
    }
    return victims;
  }
}
