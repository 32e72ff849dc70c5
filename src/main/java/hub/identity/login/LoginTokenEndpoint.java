package hub.identity.login;

import com.nimbusds.oauth2.sdk.RefreshTokenGrant;
import com.nimbusds.oauth2.sdk.token.RefreshToken;
import hub.call.policy.CallFailedException;
import hub.identity.token.GrantRefusedException;
import hub.identity.token.TokenEndpoint;
import hub.identity.token.TokenSet;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The token endpoints of the providers in {@code routes/login/providers.yaml}. Thread-safe. */
final class LoginTokenEndpoint implements TokenEndpoint {
  /** The error code of the standard, GitHub's, and that of Slack and Twitch. */
  private static final Set<String> INVALID_GRANT =
      Set.of("invalid_grant", "bad_refresh_token", "invalid_refresh_token");

  private final LoginProviders providers;
  private final LoginCalls calls;
  private final Clock clock;

  LoginTokenEndpoint(LoginProviders providers, LoginCalls calls, Clock clock) {
    this.providers = providers;
    this.calls = calls;
    this.clock = clock;
  }

  @Override
  public void require(String name) {
    providers.named(name);
  }

  @Override
  public Map<String, Duration> refreshWithin() {
    return providers.refreshWithin();
  }

  /**
   * {@inheritDoc}
   *
   * @throws hub.http.problem.ProblemException 404 {@code provider-unknown}, 503 {@code
   *     not-configured}
   */
  @Override
  public TokenSet refresh(String name, String refreshToken) {
    LoginProvider provider = providers.named(name);
    Endpoints endpoints = providers.endpoints(provider);
    try {
      return TokenAnswer.tokens(
          TokenAnswer.read(
              provider,
              calls.ask(
                  provider,
                  LoginCall.REFRESH_TOKEN,
                  new OAuthClient(provider, endpoints)
                      .token(
                          endpoints.token(), new RefreshTokenGrant(new RefreshToken(refreshToken))),
                  Optional.empty())),
          clock);
    } catch (CallFailedException e) {
      if (INVALID_GRANT.contains(e.failure().code())) {
        throw new GrantRefusedException(name + " does not honour the grant: " + e.failure().code());
      }
      throw e;
    }
  }

  @Override
  public void revoke(String name, String token) {
    LoginProvider provider = providers.named(name);
    Endpoints endpoints = providers.endpoints(provider);
    Optional<URI> revocation = endpoints.revocation();
    if (revocation.isPresent()) {
      calls.ask(
          provider,
          LoginCall.REVOKE_TOKEN,
          new OAuthClient(provider, endpoints)
              .revocation(revocation.get(), new UntypedToken(token)),
          Optional.empty());
    }
  }
}
