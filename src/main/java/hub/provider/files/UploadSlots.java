package hub.provider.files;

import hub.http.problem.Problem;
import hub.http.problem.ProblemException;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * How many files are taken in at once: each holds a part in memory. The rest wait, holding no
 * thread and nothing of their bodies. Thread-safe.
 */
final class UploadSlots {
  /** All parts together take no more than a quarter of the heap. */
  private static final int SHARE = 4;

  private static final int MOST = 100;
  private static final int MAX_WAITING = 1_000;

  private final Deque<Runnable> waiting = new ArrayDeque<>();
  private int free;

  UploadSlots(int slots) {
    this.free = slots;
  }

  static UploadSlots ofHeap() {
    long slots = Runtime.getRuntime().maxMemory() / SHARE / Upload.PART_BYTES;
    return new UploadSlots((int) Math.max(2, Math.min(MOST, slots)));
  }

  /**
   * @param go run once there is a slot, maybe at once
   * @throws ProblemException 503 when too many wait already
   */
  void take(Runnable go) {
    synchronized (this) {
      if (free == 0) {
        if (waiting.size() == MAX_WAITING) {
          throw new ProblemException(
              Problem.of(
                      503,
                      "provider-unavailable",
                      "Too many files are being stored already; send this one again later.")
                  .retryAfter(10));
        }
        waiting.add(go);
        return;
      }
      free--;
    }
    go.run();
  }

  /** Hands the slot to whoever waits longest. */
  void giveBack() {
    Runnable next;
    synchronized (this) {
      next = waiting.poll();
      if (next == null) {
        free++;
        return;
      }
    }
    next.run();
  }
}
