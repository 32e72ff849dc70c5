package hub.identity.token;

/** The provider does not honour a grant any more: {@code invalid_grant}. */
public final class GrantRefusedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** The message names the provider and its error code, never a token. */
  public GrantRefusedException(String message) {
    super(message);
  }
}
