package hub.poll;

/** Another node polls the source now. */
final class LeaseLostException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  LeaseLostException(String source) {
    super("another node polls " + source);
  }
}
