package hub.identity.token;

/** Is told when a person's refresh token no longer serves. Thread-safe. */
@FunctionalInterface
interface TokenDeaths {
  /**
   * A provider has refused a refresh token for good; told once for each token.
   *
   * @param reason for people, without a secret
   */
  void died(TokenOwner owner, String reason);
}
