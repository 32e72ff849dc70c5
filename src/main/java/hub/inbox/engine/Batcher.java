package hub.inbox.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Collects claimed deliveries into batches. A batch is complete when it has {@code size} of them,
 * or when the first has waited {@code waitMillis}. Thread-safe.
 */
public final class Batcher {
  private final int size;
  private final long waitMillis;
  private final ScheduledExecutorService timer;
  private final Consumer<List<LeasedDelivery>> consumer;
  private List<LeasedDelivery> waiting = new ArrayList<>();
  private ScheduledFuture<?> flush;

  /**
   * @param size deliveries in a batch, at most
   * @param waitMillis how long the first of a batch waits for others
   * @param consumer takes each batch; must not block
   */
  public Batcher(
      int size,
      long waitMillis,
      ScheduledExecutorService timer,
      Consumer<List<LeasedDelivery>> consumer) {
    this.size = size;
    this.waitMillis = waitMillis;
    this.timer = timer;
    this.consumer = consumer;
  }

  public synchronized void add(LeasedDelivery one) {
    waiting.add(one);
    if (waiting.size() >= size) {
      flush();
    } else if (waiting.size() == 1) {
      flush = timer.schedule(this::flush, waitMillis, TimeUnit.MILLISECONDS);
    }
  }

  /** Hands over the batch as it is; does nothing while it is empty. */
  public synchronized void flush() {
    if (flush != null) {
      flush.cancel(false);
      flush = null;
    }
    if (!waiting.isEmpty()) {
      List<LeasedDelivery> batch = waiting;
      waiting = new ArrayList<>();
      consumer.accept(batch);
    }
  }
}
