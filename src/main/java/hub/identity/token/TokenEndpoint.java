package hub.identity.token;

import java.time.Duration;
import java.util.Map;

/** The token endpoints of the login providers. Thread-safe. */
public interface TokenEndpoint {
  /** Name in the registry. */
  String BEAN = "tokenEndpoint";

  /**
   * Checks that people can log in at a provider.
   *
   * @param provider as in {@code routes/login/providers.yaml}
   * @throws hub.http.problem.ProblemException 404 {@code provider-unknown}, 503 {@code
   *     not-configured}
   */
  void require(String provider);

  /**
   * The providers that forget refresh tokens which nobody uses, and within what time each token has
   * to be used.
   */
  default Map<String, Duration> refreshWithin() {
    return Map.of();
  }

  /**
   * Exchanges a refresh token for new tokens, under the call policy.
   *
   * @param provider as in {@code routes/login/providers.yaml}
   * @throws GrantRefusedException when the provider no longer accepts the grant; the person has to
   *     log in again
   * @throws RuntimeException of the call policy when the provider is unreachable, slow or answers
   *     nonsense; a retry may succeed
   */
  TokenSet refresh(String provider, String refreshToken);

  /** Revokes a token (RFC 7009); does nothing if the provider has no revocation endpoint. */
  void revoke(String provider, String token);
}
