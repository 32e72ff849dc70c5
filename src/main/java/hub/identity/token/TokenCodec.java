package hub.identity.token;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * Makes rows of tokens, and tokens of rows. Thread-safe.
 *
 * @param ciphers gives the one of today's keys; a row is made by one alone
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
   * @param refreshToken the one that counts from now on
   */
  TokenRow seal(
      TokenOwner tokenOwner, TokenSet given, Optional<String> refreshToken, Instant obtainedAt) {
    TokenCipher cipher = cipher();
    return new TokenRow(
        tokenOwner,
        false,
        cipher.seal(tokenOwner, TokenCipher.ACCESS, given.accessToken()),
        refreshToken.map(token -> cipher.seal(tokenOwner, TokenCipher.REFRESH, token)),
        cipher.keyId(),
        given.scope(),
        obtainedAt,
        given.expiresAt(),
        UUID.randomUUID());
  }

  /** The same tokens of the same version under the newest key. */
  TokenRow reseal(TokenRow row) {
    TokenCipher cipher = cipher();
    return new TokenRow(
        row.person(),
        row.loginRequired(),
        cipher.seal(row.person(), TokenCipher.ACCESS, open(row).value()),
        openRefresh(row).map(token -> cipher.seal(row.person(), TokenCipher.REFRESH, token)),
        cipher.keyId(),
        row.scope(),
        row.obtainedAt(),
        row.expiresAt(),
        row.version());
  }

  AccessToken open(TokenRow row) {
    return new AccessToken(
        cipher().open(row.person(), TokenCipher.ACCESS, row.keyId(), row.accessToken()),
        row.expiresAt(),
        row.scope());
  }

  Optional<String> openRefresh(TokenRow row) {
    return row.refreshToken()
        .map(
            ciphertext ->
                cipher().open(row.person(), TokenCipher.REFRESH, row.keyId(), ciphertext));
  }
}
