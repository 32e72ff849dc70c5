package hub.identity.token;

/** The provider no longer accepts a grant: {@code invalid_grant}. */
public final class GrantRefusedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** The message contains the provider and its error code, never a token. */
  public GrantRefusedException(String message) {
    super(message);
  }
}
