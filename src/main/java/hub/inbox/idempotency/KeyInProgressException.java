package hub.inbox.idempotency;

/**
 * Somebody else is doing right now what this key stands for. Neither done nor free: whoever meets
 * it tries again later.
 */
public final class KeyInProgressException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  KeyInProgressException(String scope, String key) {
    super("step " + key + " of " + scope + " is being done elsewhere; it is tried again later");
  }
}
