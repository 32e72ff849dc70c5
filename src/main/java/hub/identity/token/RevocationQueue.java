package hub.identity.token;

/** Queue of tokens that could not be revoked because their provider was away. */
interface RevocationQueue {
  /**
   * @throws RuntimeException when the token cannot be queued
   */
  void add(TokenOwner owner, String token);
}
