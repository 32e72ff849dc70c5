package hub.inbox.engine;

/**
 * A handler's step was refused, because the event's lease is over: another process may be handling
 * the event by now. The attempt ends without being written.
 */
public final class LeaseExpiredException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  LeaseExpiredException(String message) {
    super(message);
  }
}
