package hub.store;

/** More waits for the event store than it takes in time; the same request may succeed later. */
public final class StoreBusy extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public StoreBusy(String message) {
    super(message);
  }
}
