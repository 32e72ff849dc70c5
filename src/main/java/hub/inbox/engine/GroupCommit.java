package hub.inbox.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.ToIntFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One thread that takes all waiting items and writes them in one commit. The longer a commit takes,
 * the more items share the next one. Thread-safe.
 *
 * @param <T> an item
 */
final class GroupCommit<T> {
  /** Writes a batch of at least one item; must not throw when the store fails. */
  interface Writer<T> {
    void write(List<T> batch);
  }

  private static final Logger LOG = LoggerFactory.getLogger(GroupCommit.class);

  /** How often an idle thread looks whether it is closed. */
  private static final long IDLE_MILLIS = 100;

  private final BlockingQueue<T> waiting;
  private final Signal arrived;
  private final ToIntFunction<T> size;
  private final int batchSize;
  private final ToIntFunction<T> bytes;
  private final int batchBytes;
  private final Writer<T> writer;
  private final String name;
  private final Thread thread;
  private volatile boolean closed;

  /**
   * @param capacity how many items may wait; one more is refused
   * @param size how much an item is: 1, or more for one that is several things
   * @param batchSize an item that reaches this sum is the last one of its commit
   * @param bytes the bytes of an item
   * @param batchBytes the same for the sum of bytes
   */
  GroupCommit(
      Timing timing,
      String name,
      int capacity,
      ToIntFunction<T> size,
      int batchSize,
      ToIntFunction<T> bytes,
      int batchBytes,
      Writer<T> writer) {
    this.waiting = new LinkedBlockingQueue<>(capacity);
    this.size = size;
    this.batchSize = batchSize;
    this.bytes = bytes;
    this.batchBytes = batchBytes;
    this.writer = writer;
    this.name = name;
    this.arrived = timing.signal();
    this.thread = timing.start(name, this::run);
  }

  /** Queues an item; returns false when the queue is full or closed. */
  boolean offer(T item) {
    boolean taken = !closed && waiting.offer(item);
    if (taken) {
      arrived.raise();
    }
    return taken;
  }

  /** Queues an item that must not be refused; blocks while the queue is full. */
  void put(T item) throws InterruptedException {
    waiting.put(item);
    arrived.raise();
  }

  /** Removes all waiting items without writing them. */
  List<T> drain() {
    List<T> all = new ArrayList<>();
    waiting.drainTo(all);
    return all;
  }

  private void run() {
    List<T> batch = new ArrayList<>(batchSize);
    while (!closed || !waiting.isEmpty()) {
      try {
        T first = waiting.poll();
        if (first == null) {
          arrived.await(IDLE_MILLIS);
          continue;
        }
        fill(batch, first);
        writer.write(batch);
      } catch (InterruptedException e) {
        return;
      } catch (RuntimeException | Error e) {
        // The thread must survive: later items would wait for ever.
        LOG.error("{} failed for {} items", name, batch.size(), e);
      } finally {
        batch.clear();
      }
    }
  }

  private void fill(List<T> batch, T first) {
    int sizes = 0;
    long sum = 0;
    for (T item = first; item != null; item = waiting.poll()) {
      batch.add(item);
      sizes += size.applyAsInt(item);
      sum += bytes.applyAsInt(item);
      if (sizes >= batchSize || sum >= batchBytes) {
        return;
      }
    }
  }

  /** Writes the waiting items for at most {@code millis}, then ends the thread. */
  void close(long millis) {
    closed = true;
    try {
      thread.join(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    thread.interrupt();
  }
}
