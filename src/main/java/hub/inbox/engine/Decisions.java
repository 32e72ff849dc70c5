package hub.inbox.engine;

import hub.inbox.db.NewEvent;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which conditions hold for one event. Each is decided once, however many handlers and nodes have
 * it. One that cannot be decided counts as held: a mistake in a filter must not lose an event. For
 * one thread at a time.
 */
final class Decisions {
  private static final Logger LOG = LoggerFactory.getLogger(Decisions.class);

  /** A condition that fails for every event of a busy source must not fill the log. */
  private static final long TELL_AGAIN_NANOS = TimeUnit.MINUTES.toNanos(1);

  private static final AtomicLong NEXT_TOLD = new AtomicLong(System.nanoTime());

  private final NewEvent event;

  /** By their text. */
  private Map<String, Boolean> decided = Map.of();

  private Candidate candidate;

  Decisions(NewEvent event) {
    this.event = event;
  }

  NewEvent event() {
    return event;
  }

  boolean hold(Known handler) {
    if (handler.condition().isEmpty()) {
      return true;
    }
    String when = handler.handler().when();
    Boolean known = decided.get(when);
    if (known != null) {
      return known;
    }
    boolean holds = decide(handler, handler.condition().get());
    if (decided.isEmpty()) {
      decided = new HashMap<>();
    }
    decided.put(when, holds);
    return holds;
  }

  private boolean decide(Known handler, Condition condition) {
    if (candidate == null) {
      candidate = new Candidate(event);
    }
    try {
      return condition.holds(candidate);
    } catch (RuntimeException | StackOverflowError e) {
      long now = System.nanoTime();
      long next = NEXT_TOLD.get();
      if (now - next >= 0 && NEXT_TOLD.compareAndSet(next, now + TELL_AGAIN_NANOS)) {
        LOG.warn(
            "inbox=when source={} type={} route={}: its condition '{}' cannot be decided, so the route gets the event: {}",
            event.source(),
            event.type(),
            handler.handler().route(),
            handler.handler().when(),
            reason(e));
      }
      return true;
    }
  }

  /** Others than ours may quote the payload. */
  private static String reason(Throwable e) {
    return e instanceof Condition.UndecidedException
        ? e.getMessage()
        : e.getClass().getSimpleName();
  }

  /** Frees the parsed payload; what has been decided stays. */
  void forgetPayload() {
    candidate = null;
  }
}
