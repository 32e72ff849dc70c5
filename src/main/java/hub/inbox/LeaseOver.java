package hub.inbox;

/**
 * A handler's step was refused, because the event's lease is over: another process may be handling
 * the event by now. The attempt ends without being written.
 */
public final class LeaseOver extends RuntimeException {
  private static final long serialVersionUID = 1L;

  LeaseOver(String message) {
    super(message);
  }
}
