package hub.identity.token;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * A row of {@code token}.
 *
 * @param loginRequired whether the provider has refused the refresh token
 * @param keyId the id of the key that encrypted both tokens
 * @param obtainedAt when the provider issued the access token
 * @param expiresAt when it expires; empty when the provider gave no lifetime
 * @param version changes with every pair of tokens that the provider issues
 */
record TokenRow(
    TokenOwner owner,
    boolean loginRequired,
    byte[] encryptedAccessToken,
    Optional<byte[]> encryptedRefreshToken,
    String keyId,
    String scope,
    Instant obtainedAt,
    Optional<Instant> expiresAt,
    UUID version) {
  /**
   * A token is refreshed this long before it expires, so that a call that starts with it can end.
   */
  private static final Duration MARGIN = Duration.ofSeconds(60);

  /**
   * At most this fraction of a token's lifetime, so that short-lived tokens are used for most of
   * it.
   */
  private static final int MARGIN_FRACTION = 10;

  boolean isExpired(Instant now) {
    return expiresAt.filter(end -> !now.isBefore(end)).isPresent();
  }

  /** Whether the access token should be refreshed, if that is possible. */
  boolean isDue(Instant now) {
    return expiresAt.filter(end -> !now.isBefore(end.minus(margin(end)))).isPresent();
  }

  private Duration margin(Instant end) {
    Duration part = Duration.between(obtainedAt, end).dividedBy(MARGIN_FRACTION);
    return part.compareTo(MARGIN) < 0 ? part : MARGIN;
  }

  /** Without the ciphertexts. */
  @Override
  public String toString() {
    return "TokenRow[" + owner + ", expiresAt=" + expiresAt + ", version=" + version + "]";
  }
}
