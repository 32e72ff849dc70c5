package hub.identity.token;

/** Stores the tokens of logins. Thread-safe. */
public interface TokenStore {
  /**
   * Stores a person's tokens and replaces earlier ones.
   *
   * @param provider as in {@code routes/login/providers.yaml}
   * @param subject the provider's id of the person
   */
  void store(String provider, String subject, TokenSet tokens);

  /** Revokes a person's tokens at the provider and deletes them. */
  void forget(String provider, String subject);
}
