package hub.inbox.db;

import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.UUID;
import java.util.random.RandomGenerator;

/**
 * Makes version 7 UUIDs (RFC 9562) that grow with every call, so that ids sort in the order of
 * storing. Thread-safe.
 */
public final class EventIds {
  /** The twelve bits after the milliseconds count the ids within one millisecond. */
  private static final int COUNTER_LIMIT = 1 << 12;

  private final Clock clock;
  private final RandomGenerator random;
  private long millis;
  private int counter;

  public EventIds(Clock clock) {
    this(clock, new SecureRandom());
  }

  /**
   * @param random makes ids of the same millisecond differ between nodes
   */
  public EventIds(Clock clock, RandomGenerator random) {
    this.clock = clock;
    this.random = random;
  }

  /** The smallest id of events stored at {@code time} or later. */
  public static UUID from(Instant time) {
    return new UUID(Math.max(0, time.toEpochMilli()) << 16, 0);
  }

  /** When an event of this id was stored. */
  static Instant time(UUID id) {
    return Instant.ofEpochMilli(id.getMostSignificantBits() >>> 16);
  }

  public synchronized UUID next() {
    long now = clock.millis();
    if (now > millis) {
      millis = now;
      counter = 0;
    } else if (++counter == COUNTER_LIMIT) {
      millis++;
      counter = 0;
    }
    long high = (millis << 16) | 0x7000L | counter;
    long low = (random.nextLong() & 0x3FFF_FFFF_FFFF_FFFFL) | 0x8000_0000_0000_0000L;
    return new UUID(high, low);
  }
}
