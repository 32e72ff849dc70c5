package hub.inbox;

/**
 * A request's token, which is good once, was used before, and for other events. Nothing of the
 * request is stored. Carries no stack trace: it is a response, not a bug.
 */
public final class ReplayKeySpentException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * @param source of the request
   */
  public ReplayKeySpentException(String source) {
    super(
        "inbox:" + source + ": the request's token is good once and was used for another event",
        null,
        false,
        false);
  }
}
