package hub.inbox.engine;

/**
 * Limits the memory of all leased events of this process. A claim reserves the most that it may
 * return and gives back what it did not use. Thread-safe.
 */
public final class LeasedBytes {
  /** The limit of one claim and of one handler, in bytes; a single event may be larger. */
  public static final long CLAIM = 16L << 20;

  /** A claim for fewer bytes is not worth its query. */
  private static final long MIN_CLAIM = 64L << 10;

  /** An eighth of the heap: a parsed event takes several times its bytes. */
  private static final int HEAP_DIVISOR = 8;

  private final long limit;
  private long used;

  public LeasedBytes(long limit) {
    this.limit = limit;
  }

  static LeasedBytes ofHeap(long heap) {
    return new LeasedBytes(Math.max(CLAIM, heap / HEAP_DIVISOR));
  }

  /**
   * Reserves bytes for a claim of a handler that has {@code leased} bytes now.
   *
   * @return how many bytes it may claim; 1: a single event of any size, so that large events of
   *     other handlers do not block this one; 0: none for now
   */
  public synchronized long reserve(long leased) {
    long room = Math.min(CLAIM - leased, limit - used);
    long granted = room >= MIN_CLAIM ? room : 0;
    if (granted == 0 && leased == 0 && used < 2 * limit) {
      granted = 1;
    }
    used += granted;
    return granted;
  }

  /** Replaces a reservation by the bytes that are really leased, which may be more. */
  public synchronized void settle(long reserved, long leased) {
    used += leased - reserved;
  }

  synchronized long used() {
    return used;
  }
}
