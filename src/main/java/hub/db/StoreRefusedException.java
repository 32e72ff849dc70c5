package hub.db;

/** The store can be reached but must not be used as it is. The message says what to do. */
public final class StoreRefusedException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  StoreRefusedException(String message, Throwable cause) {
    super(message, cause);
  }

  StoreRefusedException(String message) {
    super(message);
  }
}
