package hub.identity.token;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * Encrypts tokens into rows and decrypts them. Thread-safe.
 *
 * @param ciphers supplies the cipher with the current keys; a row is encrypted by one cipher
 */
record TokenCodec(Supplier<TokenCipher> ciphers) {
  TokenCodec(TokenCipher cipher) {
    this(() -> cipher);
  }

  TokenCipher cipher() {
    return ciphers.get();
  }

  /**
   * A row of a new version.
   *
   * @param refreshToken the refresh token to store, of this answer or an earlier one
   */
  TokenRow encrypt(
      TokenOwner owner, TokenSet given, Optional<String> refreshToken, Instant obtainedAt) {
    TokenCipher cipher = cipher();
    return new TokenRow(
        owner,
        false,
        cipher.encrypt(owner, TokenCipher.ACCESS, given.accessToken()),
        refreshToken.map(token -> cipher.encrypt(owner, TokenCipher.REFRESH, token)),
        cipher.keyId(),
        given.scope(),
        obtainedAt,
        given.expiresAt(),
        UUID.randomUUID());
  }

  /** The same tokens and version, encrypted with the newest key. */
  TokenRow reencrypt(TokenRow row) {
    TokenCipher cipher = cipher();
    return new TokenRow(
        row.owner(),
        row.loginRequired(),
        cipher.encrypt(row.owner(), TokenCipher.ACCESS, decryptAccessToken(row).value()),
        decryptRefreshToken(row)
            .map(token -> cipher.encrypt(row.owner(), TokenCipher.REFRESH, token)),
        cipher.keyId(),
        row.scope(),
        row.obtainedAt(),
        row.expiresAt(),
        row.version());
  }

  AccessToken decryptAccessToken(TokenRow row) {
    return new AccessToken(
        cipher().decrypt(row.owner(), TokenCipher.ACCESS, row.keyId(), row.encryptedAccessToken()),
        row.expiresAt(),
        row.scope());
  }

  Optional<String> decryptRefreshToken(TokenRow row) {
    return row.encryptedRefreshToken()
        .map(
            ciphertext ->
                cipher().decrypt(row.owner(), TokenCipher.REFRESH, row.keyId(), ciphertext));
  }
}
