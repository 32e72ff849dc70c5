package hub.identity.token;

/** Queue of tokens that could not be revoked because their provider was away. */
interface RevocationQueue {
  /**
   * Adds a token; it is revoked later.
   *
   * @throws RuntimeException when the token cannot be queued
   */
  void add(TokenOwner owner, String token);
}
