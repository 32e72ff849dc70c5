package hub.db;

/** The store answers, and must not be used as it is; the message says what to do. */
public final class StoreRefusedException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  StoreRefusedException(String message, Throwable cause) {
    super(message, cause);
  }

  StoreRefusedException(String message) {
    super(message);
  }
}
