package hub.identity.token;

import java.time.Instant;
import java.util.Optional;

/**
 * The answer of a token endpoint for one person. {@code toString} shows no token.
 *
 * @param accessToken as the provider's APIs accept it
 * @param refreshToken empty when the provider gave none, which in the answer to a refresh means
 *     that the old one stays valid
 * @param expiresAt when the access token expires; empty when the provider gave no lifetime
 * @param scope the granted scopes, space-separated; empty when the provider gave none
 */
public record TokenSet(
    String accessToken, Optional<String> refreshToken, Optional<Instant> expiresAt, String scope) {
  /** With this scope when the answer names none: the requested or the previous one. */
  public TokenSet withScopeOr(String other) {
    return scope.isEmpty() ? new TokenSet(accessToken, refreshToken, expiresAt, other) : this;
  }

  @Override
  public String toString() {
    return "TokenSet[expiresAt=" + expiresAt + ", scope=" + scope + "]";
  }
}
