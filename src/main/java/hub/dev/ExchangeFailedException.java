package hub.dev;

/** New versions of routes did not start; the old ones run again unless its message says else. */
final class ExchangeFailedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  ExchangeFailedException(String message, Throwable cause) {
    super(message, cause);
  }
}
