package hub.inbox.engine;

/** No current handler route takes this event. */
public final class NoHandlerException extends Exception {
  private static final long serialVersionUID = 1L;

  NoHandlerException(String source, String type) {
    super("no route handles " + type + " of inbox:" + source + ", or its 'when' does not hold");
  }
}
