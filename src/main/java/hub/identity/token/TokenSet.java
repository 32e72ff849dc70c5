package hub.identity.token;

import java.time.Instant;
import java.util.Optional;

/**
 * What a provider's token endpoint gave for one person. Its text shows no token.
 *
 * @param accessToken as the provider's APIs take it
 * @param refreshToken how to get the next one; empty when the provider gave none, which on a
 *     refresh means that the old one stays valid
 * @param expiresAt when the access token ends; empty when the provider did not say
 * @param scope what was granted, space-separated; empty when the provider did not say
 */
public record TokenSet(
    String accessToken, Optional<String> refreshToken, Optional<Instant> expiresAt, String scope) {
  /** A refresh that tells no scope leaves it as it was (RFC 6749, 6). */
  TokenSet withScopeOr(String before) {
    return scope.isEmpty() ? new TokenSet(accessToken, refreshToken, expiresAt, before) : this;
  }

  @Override
  public String toString() {
    return "TokenSet[expiresAt=" + expiresAt + ", scope=" + scope + "]";
  }
}
