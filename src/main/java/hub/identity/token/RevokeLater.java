package hub.identity.token;

/** Where a token waits that its provider could not be asked to revoke. */
interface RevokeLater {
  /**
   * @throws RuntimeException when it cannot be kept
   */
  void keep(TokenOwner tokenOwner, String token);
}
