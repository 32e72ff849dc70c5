package hub.inbox.idempotency;

/** Another exchange is doing the step of this key right now. The caller must try again later. */
public final class KeyInProgressException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  KeyInProgressException(String scope, String key) {
    super("step " + key + " of " + scope + " is being done elsewhere; it is tried again later");
  }
}
