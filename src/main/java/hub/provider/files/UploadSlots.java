package hub.provider.files;

import hub.http.problem.Problem;
import hub.http.problem.ProblemException;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Limits the uploads at the same time, because each keeps parts in memory. Further ones wait
 * without a thread and without their bodies. Thread-safe.
 */
final class UploadSlots {
  /** All parts together take at most 1/4 of the heap. */
  private static final int HEAP_FRACTION = 4;

  private static final int MAX_SLOTS = 100;
  private static final int MAX_WAITING = 1_000;

  private final Deque<Runnable> waiting = new ArrayDeque<>();
  private int free;

  UploadSlots(int slots) {
    this.free = slots;
  }

  static UploadSlots ofHeap() {
    long slots = Runtime.getRuntime().maxMemory() / HEAP_FRACTION / Upload.MEMORY_BYTES;
    return new UploadSlots((int) Math.max(2, Math.min(MAX_SLOTS, slots)));
  }

  /**
   * @param onAcquired runs when a slot is free, possibly at once
   * @throws ProblemException 503 when too many wait already
   */
  void acquire(Runnable onAcquired) {
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
        waiting.add(onAcquired);
        return;
      }
      free--;
    }
    onAcquired.run();
  }

  /** Gives the slot to the upload that waits longest. */
  void release() {
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
