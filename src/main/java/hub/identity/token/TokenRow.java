package hub.identity.token;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * A row of {@code token}.
 *
 * @param loginRequired the provider has refused the refresh token
 * @param accessToken encrypted, as is {@code refreshToken}
 * @param keyId of the key that both are encrypted with
 * @param obtainedAt when the provider gave the access token
 * @param expiresAt when it ends; empty when the provider did not say
 * @param version another one with each pair of tokens that the provider gave
 */
record TokenRow(
    TokenOwner person,
    boolean loginRequired,
    byte[] accessToken,
    Optional<byte[]> refreshToken,
    String keyId,
    String scope,
    Instant obtainedAt,
    Optional<Instant> expiresAt,
    UUID version) {
  /** A call that begins with the token should end before the token does. */
  private static final Duration MARGIN = Duration.ofSeconds(60);

  /** Of a token's life, so that a short one is used for most of it. */
  private static final int MARGIN_PART = 10;

  boolean isExpired(Instant now) {
    return expiresAt.filter(end -> !now.isBefore(end)).isPresent();
  }

  /** Whether it is time for the next access token, if there is a way to get one. */
  boolean isDue(Instant now) {
    return expiresAt.filter(end -> !now.isBefore(end.minus(margin(end)))).isPresent();
  }

  private Duration margin(Instant end) {
    Duration part = Duration.between(obtainedAt, end).dividedBy(MARGIN_PART);
    return part.compareTo(MARGIN) < 0 ? part : MARGIN;
  }

  /** Without the ciphertexts. */
  @Override
  public String toString() {
    return "StoredTokens[" + person + ", expiresAt=" + expiresAt + ", version=" + version + "]";
  }
}
