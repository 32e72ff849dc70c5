package hub.inbox.engine;

import hub.inbox.db.NewEvent;
import hub.inbox.db.Receipt;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An event that waits to be stored. Calls back once: for the commit, or for the time limit that
 * passed first. Thread-safe.
 */
final class PendingEvent {
  private static final Logger LOG = LoggerFactory.getLogger(EventWriter.class);

  private final NewEvent event;
  private final AppendCallback callback;
  private final AtomicBoolean answered = new AtomicBoolean();
  private final long since;

  /**
   * @param since from when on it waits, as {@link Timing#nanos}
   */
  PendingEvent(NewEvent event, AppendCallback callback, long since) {
    this.since = since;
    this.event = event;
    this.callback = callback;
  }

  NewEvent event() {
    return event;
  }

  /** Since when it waits, as {@link Timing#nanos}. */
  long since() {
    return since;
  }

  /** Roughly its size in memory. */
  int bytes() {
    return event.payload().length + event.headers().length();
  }

  void stored(Receipt receipt) {
    if (answered.compareAndSet(false, true)) {
      guarded(() -> callback.stored(receipt));
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
