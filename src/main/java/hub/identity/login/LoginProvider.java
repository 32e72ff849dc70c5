package hub.identity.login;

import com.nimbusds.oauth2.sdk.auth.ClientAuthenticationMethod;
import hub.http.problem.Problem;
import hub.http.problem.ProblemException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A provider of {@code routes/login/providers.yaml}. {@code toString} shows no secret.
 *
 * @param name in paths, sessions and the vault
 * @param title for people
 * @param issuer of OpenID Connect; empty: the three URLs are given instead
 * @param scopes the requested scopes
 * @param secret supplies the current client secret; empty: a public client
 * @param pkce whether PKCE binds the code to this login
 * @param nonce whether a nonce binds the ID token to this login
 * @param clientAuth the client authentication method; empty: as discovery says
 * @param tenant paths to the organisation in which the person's id is unique; none: it is unique at
 *     the provider
 * @param subject paths to the person's id
 * @param fullName paths to the person's name
 * @param email paths to a verified e-mail address; none: the standard claims
 * @param parameters further parameters of the authorization request
 * @param refreshWithin within what time a refresh token has to be used; empty: any
 * @param missing names of properties or variables that are not set; if there are some, the other
 *     components may be empty
 */
record LoginProvider(
    String name,
    String title,
    Optional<String> issuer,
    Optional<URI> authorizeUrl,
    Optional<URI> tokenUrl,
    Optional<URI> userInfoUrl,
    Optional<URI> emailsUrl,
    Optional<URI> revocationUrl,
    List<String> scopes,
    String clientId,
    Supplier<Optional<String>> secret,
    boolean pkce,
    boolean nonce,
    Optional<ClientAuthenticationMethod> clientAuth,
    ClaimPaths tenant,
    ClaimPaths subject,
    ClaimPaths fullName,
    ClaimPaths email,
    Map<String, String> parameters,
    Optional<Duration> refreshWithin,
    List<String> missing) {

  /**
   * Its provider name for calls: circuit breaker, metrics and log. Prefixed, because a route may
   * call an API of the same company.
   */
  String calledAs() {
    return "login-" + name;
  }

  /** The current client secret, which may change while the hub runs. */
  Optional<String> clientSecret() {
    return secret.get();
  }

  /**
   * @throws ProblemException 503 {@code not-configured} with the missing names
   */
  void require() {
    if (!missing.isEmpty()) {
      throw new ProblemException(
          Problem.of(
              503,
              "not-configured",
              title
                  + " is not configured: set "
                  + String.join(", ", missing)
                  + " and start the hub again."));
    }
  }

  @Override
  public String toString() {
    return "LoginProvider[" + name + "]";
  }
}
