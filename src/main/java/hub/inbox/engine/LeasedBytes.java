package hub.inbox.engine;

/**
 * What the events that all handlers of this process hold may take in memory together. A claim
 * reserves the most that it may return, and keeps of that what it got. Thread-safe.
 */
public final class LeasedBytes {
  /** What one claim returns, and one handler holds, at most; a single event may be larger. */
  public static final long CLAIM = 16L << 20;

  /** Less than this is no use to a claim. */
  private static final long LEAST = 64L << 10;

  /** Of the heap: its events are parsed in there as well, which takes several times as much. */
  private static final int SHARE = 8;

  private final long most;
  private long used;

  public LeasedBytes(long most) {
    this.most = most;
  }

  static LeasedBytes ofHeap(long heap) {
    return new LeasedBytes(Math.max(CLAIM, heap / SHARE));
  }

  /**
   * Reserves for a claim of a handler that holds {@code held} bytes by now.
   *
   * @return bytes that it may ask for; 1: a single event, so that handlers with large events do not
   *     stop the others; 0: nothing for now
   */
  public synchronized long reserve(long held) {
    long room = Math.min(CLAIM - held, most - used);
    long granted = room >= LEAST ? room : 0;
    if (granted == 0 && held == 0 && used < 2 * most) {
      granted = 1;
    }
    used += granted;
    return granted;
  }

  /** Replaces what was reserved by what is held; less is given back, more is not refused. */
  public synchronized void settle(long reserved, long held) {
    used += held - reserved;
  }

  synchronized long used() {
    return used;
  }
}
