package hub.identity.token;

/** The token endpoints of the login providers. Thread-safe. */
public interface TokenEndpoint {
  /**
   * Does nothing for a provider at which people can log in.
   *
   * @param provider as in {@code routes/login/providers.yaml}
   * @throws hub.http.problem.ProblemException 404 {@code provider-unknown}, 503 {@code
   *     not-configured}
   */
  void require(String provider);

  /**
   * Trades a refresh token for fresh tokens, through the outgoing policy.
   *
   * @param provider as in {@code routes/login/providers.yaml}
   * @throws GrantRefusedException when the provider answered that the grant is over; the person has
   *     to log in again
   * @throws RuntimeException of the outgoing policy when the provider is out of reach, slow or
   *     answers nonsense; the same may succeed later
   */
  TokenSet refresh(String provider, String refreshToken);

  /** Tells the provider that a token is not needed any more (RFC 7009), where it offers that. */
  void revoke(String provider, String token);
}
