package hub.inbox.camel;

import hub.inbox.db.Delivery;
import hub.inbox.db.EventState;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * One event of a batch. Its outcome is that of the route, unless the route calls {@link #done} or
 * {@link #park} for it. Thread-safe.
 */
public final class BatchedEvent {
  /** The outcome that the route gave to this event alone. */
  private record Verdict(EventState state, String reason) {}

  private final Delivery delivery;
  private final Map<String, Object> variables;
  private volatile Verdict verdict;

  BatchedEvent(Delivery delivery, Map<String, Object> variables) {
    this.delivery = delivery;
    this.variables = variables;
  }

  /** The hub's id, a UUID. */
  public String id() {
    return delivery.eventId().toString();
  }

  public String type() {
    return delivery.type();
  }

  public Instant receivedAt() {
    return delivery.receivedAt();
  }

  /** Counted from 1; this one included. */
  public int attempt() {
    return delivery.attempt();
  }

  /** The variables that a handler of single events would get for its source. */
  public Map<String, Object> variables() {
    return variables;
  }

  public byte[] payload() {
    return delivery.formJson().orElse(delivery.payload());
  }

  /** Its effect has happened: it counts as done even if the route fails later. */
  public void done() {
    if (verdict == null) {
      verdict = new Verdict(EventState.DONE, "");
    }
  }

  /** A retry does not help: it becomes dead at once, even if the route succeeds. */
  public void park(String reason) {
    verdict = new Verdict(EventState.DEAD, reason);
  }

  Delivery delivery() {
    return delivery;
  }

  /** Why it is parked; empty when it is not. */
  Optional<String> parkReason() {
    return Optional.ofNullable(verdict)
        .filter(given -> given.state() == EventState.DEAD)
        .map(Verdict::reason);
  }

  boolean isDone() {
    Verdict given = verdict;
    return given != null && given.state() == EventState.DONE;
  }
}
