package hub.inbox.camel;

import hub.inbox.engine.LeasedDelivery;
import hub.inbox.engine.PrefetchWindow;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * The claimed lanes of a transacted handler that wait for a worker. A worker takes several, so that
 * their events share a commit. Thread-safe.
 */
final class TransactedLanes {
  /** Workers beyond the processors would only make the commits smaller. */
  private static final int PROCESSORS = Runtime.getRuntime().availableProcessors();

  private final TransactedBatch batch;
  private final int concurrency;
  private final PrefetchWindow prefetchWindow;
  private final Runnable wake;
  private final Deque<Deque<LeasedDelivery>> waiting = new ArrayDeque<>();

  /**
   * @param wake starts another worker for the lanes that are left
   */
  TransactedLanes(
      TransactedBatch batch, int concurrency, PrefetchWindow prefetchWindow, Runnable wake) {
    this.wake = wake;
    this.batch = batch;
    this.concurrency = concurrency;
    this.prefetchWindow = prefetchWindow;
  }

  synchronized void add(List<LeasedDelivery> lane) {
    waiting.add(new ArrayDeque<>(lane));
  }

  synchronized boolean isAnyWaiting() {
    return !waiting.isEmpty();
  }

  /**
   * Handles some events of some lanes in one commit.
   *
   * @param lost receives the deliveries whose outcome is unknown after an unexpected error
   * @return how many lanes have ended
   */
  int handleSome(BiConsumer<List<LeasedDelivery>, Throwable> lost) {
    List<Deque<LeasedDelivery>> lanes = take();
    List<List<LeasedDelivery>> taken = lanes.stream().map(List::copyOf).toList();
    Set<Object> given = new HashSet<>();
    try {
      handle(
          lanes,
          back -> {
            back.forEach(lane -> given.add(TransactedBatch.laneOf(lane.element())));
            giveBack(back);
          });
    } catch (RuntimeException | Error e) {
      List<List<LeasedDelivery>> kept =
          taken.stream()
              .filter(lane -> !given.contains(TransactedBatch.laneOf(lane.get(0))))
              .toList();
      lost.accept(kept.stream().flatMap(List::stream).toList(), e);
      return kept.size();
    }
    Collection<Deque<LeasedDelivery>> left =
        lanes.stream().filter(lane -> !lane.isEmpty()).toList();
    synchronized (this) {
      waiting.addAll(left);
    }
    return lanes.size() - left.size();
  }

  private void handle(
      List<Deque<LeasedDelivery>> lanes, Consumer<List<Deque<LeasedDelivery>>> givenBack) {
    if (!lanes.isEmpty() && batch.isLocked(lanes.get(0))) {
      batch.handleLocked(lanes);
    } else {
      int limit = Math.min(TransactedBatch.MAX_EVENTS, prefetchWindow.window() / concurrency);
      batch.handle(lanes, Math.max(1, limit), prefetchWindow, givenBack);
    }
  }

  private void giveBack(List<Deque<LeasedDelivery>> lanes) {
    synchronized (this) {
      waiting.addAll(lanes);
    }
    if (!lanes.isEmpty()) {
      wake.run();
    }
  }

  /** A fair share of what waits; lanes whose first event met a lock are for themselves. */
  private synchronized List<Deque<LeasedDelivery>> take() {
    int workers = Math.min(concurrency, PROCESSORS);
    int events = waiting.stream().mapToInt(Deque::size).sum();
    int share = Math.min(TransactedBatch.MAX_EVENTS, (events + workers - 1) / workers);
    List<Deque<LeasedDelivery>> lanes = new ArrayList<>();
    int taken = 0;
    while (taken < share
        && !waiting.isEmpty()
        && (lanes.isEmpty() || batch.isLocked(waiting.element()) == batch.isLocked(lanes.get(0)))) {
      Deque<LeasedDelivery> lane = waiting.remove();
      taken += lane.size();
      lanes.add(lane);
    }
    return lanes;
  }
}
