package hub.inbox;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Puts claimed events together until they are enough or the first has waited long enough.
 * Thread-safe.
 */
final class Gatherer {
  private final int size;
  private final long waitMillis;
  private final ScheduledExecutorService timer;
  private final Consumer<List<Held>> full;
  private List<Held> waiting = new ArrayList<>();
  private ScheduledFuture<?> flush;

  /**
   * @param size events in a batch, at most
   * @param waitMillis how long the first of a batch waits for others
   * @param full takes each batch; must not block
   */
  Gatherer(int size, long waitMillis, ScheduledExecutorService timer, Consumer<List<Held>> full) {
    this.size = size;
    this.waitMillis = waitMillis;
    this.timer = timer;
    this.full = full;
  }

  synchronized void add(Held one) {
    waiting.add(one);
    if (waiting.size() >= size) {
      flush();
    } else if (waiting.size() == 1) {
      flush = timer.schedule(this::flush, waitMillis, TimeUnit.MILLISECONDS);
    }
  }

  /** Hands over what there is. */
  synchronized void flush() {
    if (flush != null) {
      flush.cancel(false);
      flush = null;
    }
    if (!waiting.isEmpty()) {
      List<Held> batch = waiting;
      waiting = new ArrayList<>();
      full.accept(batch);
    }
  }
}
