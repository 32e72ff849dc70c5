package hub.identity.token;

import java.time.Instant;
import java.util.Optional;

/**
 * An access token to hand out. Its text does not show it.
 *
 * @param expiresAt empty when the provider did not say
 * @param scope space-separated; empty when the provider did not say
 */
record AccessToken(String value, Optional<Instant> expiresAt, String scope) {
  @Override
  public String toString() {
    return "AccessToken[expiresAt=" + expiresAt + ", scope=" + scope + "]";
  }
}
