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
 * Limits the memory of all request bodies together, from their first byte until the request is
 * answered. When it is full, it evicts stalled bodies, and large ones in favour of small ones, so
 * that senders who keep connections open cannot lock out others. Thread-safe.
 */
final class BodyBudget {
  /** A body without a new byte for this long is stalled. */
  private static final long STALLED_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** A body up to this size may evict larger ones. Most webhooks are smaller. */
  private static final long SMALL_BYTES = 64 * 1024;

  /** How many times larger than a small body another must be to be evicted for it. */
  private static final int LARGER_FACTOR = 4;

  /**
   * An eviction frees an extra 1/16 of the total, so that not every part of a body causes another
   * search.
   */
  private static final int SPARE_PARTS = 16;

  /** One address may use 1/4 of the total. */
  private static final int ADDRESS_PARTS = 4;

  private final long maxTotal;
  private final LongSupplier nanoTime;
  private final Set<Reservation> reading = new LinkedHashSet<>();
  private final Map<String, Long> byAddress = new HashMap<>();
  private long total;
  private long largestBody;
  private long used;

  /**
   * @param total the limit in bytes
   * @param maxTotal the most that the limit may grow to, so that two of the largest bodies fit
   */
  BodyBudget(long total, long maxTotal) {
    this(total, maxTotal, System::nanoTime);
  }

  BodyBudget(long total, long maxTotal, LongSupplier nanoTime) {
    this.total = total;
    this.maxTotal = maxTotal;
    this.nanoTime = nanoTime;
  }

  /** Notes that a route accepts bodies of this size. One address may always send one of them. */
  synchronized void allowBodiesOf(long bodyBytes) {
    total = Math.max(total, Math.min(maxTotal, 2 * bodyBytes));
    largestBody = Math.max(largestBody, Math.min(bodyBytes, total / 2));
  }

  synchronized long total() {
    return total;
  }

  /**
   * Opens a reservation of 0 bytes for a new body.
   *
   * @param onEvicted called once, on any thread, when the body is evicted; it must release the
   *     body's bytes
   */
  Reservation open(SourceAddress from, Runnable onEvicted) {
    Reservation reservation = new Reservation(from, onEvicted);
    synchronized (this) {
      reading.add(reservation);
    }
    return reservation;
  }

  synchronized long used() {
    return used;
  }

  /** The part of the budget that one body uses. */
  final class Reservation {
    private final SourceAddress from;
    private final Runnable onEvicted;
    private long bytes;
    private long lastByte = nanoTime.getAsLong();
    private boolean released;

    private Reservation(SourceAddress from, Runnable onEvicted) {
      this.from = from;
      this.onEvicted = onEvicted;
    }

    /**
     * Reserves room for more bytes of this body.
     *
     * @return false when there is no room, or this body was evicted
     */
    boolean reserve(long more) {
      List<Reservation> victims = new ArrayList<>();
      boolean reserved;
      synchronized (BodyBudget.this) {
        lastByte = nanoTime.getAsLong();
        if (used + more > total && !released) {
          victims = evictFor(this, more);
        }
        reserved = !released && used + more <= total && isWithinShare(more);
        if (reserved) {
          add(more);
        }
      }
      victims.forEach(victim -> victim.onEvicted.run());
      return reserved;
    }

    /**
     * Notes that the body is complete and has this size. It can no longer be evicted, and keeps its
     * room until {@link #release}.
     */
    void complete(long size) {
      synchronized (BodyBudget.this) {
        reading.remove(this);
        if (!released) {
          add(size - bytes);
        }
      }
    }

    /** Gives the room back, once the request is answered. May be called more than once. */
    void release() {
      synchronized (BodyBudget.this) {
        if (!released) {
          released = true;
          reading.remove(this);
          add(-bytes);
        }
      }
    }

    private boolean isWithinShare(long more) {
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

    private boolean isEvictableFor(Reservation other, long more, long now) {
      long wanted = other.bytes + more;
      return this != other
          && bytes > 0
          && (now - lastByte >= STALLED_NANOS
              || (wanted <= SMALL_BYTES && bytes >= LARGER_FACTOR * wanted));
    }
  }

  private List<Reservation> evictFor(Reservation wanting, long more) {
    long now = nanoTime.getAsLong();
    long goal = Math.max(0, total - more - total / SPARE_PARTS);
    List<Reservation> candidates =
        reading.stream()
            .filter(one -> one.isEvictableFor(wanting, more, now))
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
