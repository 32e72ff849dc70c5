package hub.db;

/** More waits for the event store than it takes in time; the same request may succeed later. */
public final class StoreBusyException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public StoreBusyException(String message) {
    super(message);
  }
}
