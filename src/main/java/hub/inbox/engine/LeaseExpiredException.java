package hub.inbox.engine;

/**
 * A handler's step was refused because the event's lease has expired: another process may be
 * handling the event. The outcome of the attempt is not written.
 */
public final class LeaseExpiredException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  LeaseExpiredException(String message) {
    super(message);
  }
}
