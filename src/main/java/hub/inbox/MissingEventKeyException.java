package hub.inbox;

/** An event has no id by which the inbox could recognize a duplicate. */
public final class MissingEventKeyException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * @param source of the event
   */
  public MissingEventKeyException(String source) {
    super(
        "inbox:"
            + source
            + ": nothing tells this event from others; set the variable providerEventId before it,"
            + " or write inbox:"
            + source
            + "?id=random where each append is an event of its own");
  }
}
