package hub.identity.token;

/** Where a login leaves the tokens that it got. Thread-safe. */
public interface TokenStore {
  /**
   * Keeps what the provider gave for a person, in place of what is kept already.
   *
   * @param provider as in {@code routes/login/providers.yaml}
   * @param subject the provider's id of the person
   */
  void store(String provider, String subject, TokenSet tokens);

  /** Tells the provider that the person's tokens are not needed any more, and deletes them. */
  void forget(String provider, String subject);
}
