package hub.identity.token;

import java.time.Instant;
import java.util.Optional;

/**
 * An access token for a caller. {@code toString} does not show it.
 *
 * @param expiresAt empty when the provider gave no lifetime
 * @param scope space-separated; empty when the provider gave none
 */
record AccessToken(String value, Optional<Instant> expiresAt, String scope) {
  /** The access token of a token endpoint's answer. */
  static AccessToken of(TokenSet answer) {
    return new AccessToken(answer.accessToken(), answer.expiresAt(), answer.scope());
  }

  @Override
  public String toString() {
    return "AccessToken[expiresAt=" + expiresAt + ", scope=" + scope + "]";
  }
}
