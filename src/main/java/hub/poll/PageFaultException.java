package hub.poll;

/** A page came and cannot be used. The message is for people: what is wrong and the remedy. */
public final class PageFaultException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public PageFaultException(String message) {
    super(message);
  }
}
