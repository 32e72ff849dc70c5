package hub.db;

/** Too many events wait for the event store. The same request may succeed later. */
public final class StoreBusyException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public StoreBusyException(String message) {
    super(message);
  }
}
