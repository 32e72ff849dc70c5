package hub.inbox;

/** No handler route of today takes this event. */
public final class NoHandler extends Exception {
  private static final long serialVersionUID = 1L;

  NoHandler(String source, String type) {
    super("no route handles " + type + " of inbox:" + source);
  }
}
