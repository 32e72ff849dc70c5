package hub.inbox.camel;

import hub.inbox.db.Delivery;
import hub.inbox.db.EventState;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * One event of a batch. It shares the end of the route that took the batch, unless that route says
 * otherwise of it: done, though the rest may fail, or parked, though the rest goes well.
 * Thread-safe.
 */
public final class BatchedEvent {
  /** How it ended, apart from the rest. */
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

  /** Those of its source, which a handler of single events gets as variables. */
  public Map<String, Object> variables() {
    return variables;
  }

  public byte[] payload() {
    return delivery.formJson().orElse(delivery.payload());
  }

  /** Its effect has happened; what comes after in the route does not undo that. */
  public void done() {
    if (verdict == null) {
      verdict = new Verdict(EventState.DONE, "");
    }
  }

  /** Trying it again is of no use: it is kept as dead at once. */
  public void park(String reason) {
    verdict = new Verdict(EventState.DEAD, reason);
  }

  Delivery claimed() {
    return delivery;
  }

  /** Why it is parked; empty when it is not. */
  Optional<String> parkedFor() {
    return Optional.ofNullable(verdict)
        .filter(known -> known.state() == EventState.DEAD)
        .map(Verdict::reason);
  }

  boolean isDone() {
    Verdict known = verdict;
    return known != null && known.state() == EventState.DONE;
  }
}
