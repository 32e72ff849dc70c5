package hub.store;

/** The store answers, and must not be used as it is; the message says what to do. */
public final class StoreRefused extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  StoreRefused(String message, Throwable cause) {
    super(message, cause);
  }

  StoreRefused(String message) {
    super(message);
  }
}
