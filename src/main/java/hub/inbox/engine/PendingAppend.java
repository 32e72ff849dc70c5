package hub.inbox.engine;

import hub.inbox.db.NewEvent;
import hub.inbox.db.Receipt;
import hub.inbox.db.ReplayKey;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Events of one append that wait to be stored, all in one commit or none. Calls back once: for the
 * commit, or for the time limit that passed first. Thread-safe.
 */
final class PendingAppend {
  private static final Logger LOG = LoggerFactory.getLogger(EventWriter.class);

  private final List<Decisions> decisions;
  private final Optional<ReplayKey> replayKey;
  private final AppendCallback callback;
  private final AtomicBoolean answered = new AtomicBoolean();
  private final long since;
  private final int bytes;

  /**
   * @param since from when on it waits, as {@link Timing#nanos}
   */
  PendingAppend(
      List<NewEvent> events, Optional<ReplayKey> replayKey, AppendCallback callback, long since) {
    this.since = since;
    this.decisions = events.stream().map(Decisions::new).toList();
    this.replayKey = replayKey;
    this.callback = callback;
    int sum = 0;
    for (NewEvent event : events) {
      sum += event.payload().length + event.headers().length();
    }
    this.bytes = sum;
  }

  List<NewEvent> events() {
    return decisions.stream().map(Decisions::event).toList();
  }

  /** The events, with what is known of the handlers' conditions. */
  List<Decisions> decisions() {
    return decisions;
  }

  int size() {
    return decisions.size();
  }

  /** The token that is spent with the events; empty where the request has none. */
  Optional<ReplayKey> replayKey() {
    return replayKey;
  }

  /** Since when it waits, as {@link Timing#nanos}. */
  long since() {
    return since;
  }

  /** Roughly its size in memory. */
  int bytes() {
    return bytes;
  }

  /**
   * Calls the appends back.
   *
   * @param receipts those of {@code appends}, one append's after another's, from {@code first} on
   */
  static void answer(List<PendingAppend> appends, List<Receipt> receipts, int first) {
    int from = first;
    for (PendingAppend one : appends) {
      int to = from + one.size();
      one.stored(receipts.subList(from, to));
      from = to;
    }
  }

  void stored(List<Receipt> receipts) {
    if (answered.compareAndSet(false, true)) {
      guarded(() -> callback.stored(receipts));
    }
  }

  void failed(Exception error) {
    if (answered.compareAndSet(false, true)) {
      guarded(() -> callback.failed(error));
    }
  }

  /** A callback that throws must not keep the other events of the batch from their callbacks. */
  private static void guarded(Runnable answer) {
    try {
      answer.run();
    } catch (RuntimeException | Error e) {
      LOG.error("inbox=append outcome=unanswered", e);
    }
  }
}
