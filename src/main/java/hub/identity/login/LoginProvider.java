package hub.identity.login;

import com.nimbusds.oauth2.sdk.auth.ClientAuthenticationMethod;
import hub.http.problem.Problem;
import hub.http.problem.ProblemException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A provider as {@code routes/login/providers.yaml} tells of it. Its text shows no secret.
 *
 * @param name in paths, sessions and the vault
 * @param title for people
 * @param issuer of OpenID Connect; empty: the three addresses are there instead
 * @param scopes what is asked for
 * @param secret the client's, of today; empty: a public client
 * @param pkce whether PKCE binds the code to this login
 * @param nonce whether a nonce binds the ID token to this login
 * @param clientAuth how the hub shows its secret; empty: as discovery says
 * @param tenant where the organisation is within which the person's id counts; none: it counts for
 *     the provider as a whole
 * @param subject where the person's id is
 * @param fullName where the person's name is
 * @param email where a verified address is; none: the usual claims tell
 * @param parameters more parameters of the authorization request
 * @param missing names of properties or variables that must be set first; where there are some, the
 *     rest may be empty
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
    List<String> missing) {

  /**
   * Its name among the third parties that the hub calls: breaker, figures and log. Not the bare
   * one, under which a route may call the same company's API.
   */
  String calledAs() {
    return "login-" + name;
  }

  /** Read when it is shown, since it may change. */
  Optional<String> clientSecret() {
    return secret.get();
  }

  /**
   * @throws ProblemException 503 {@code not-configured}, naming what is not set
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
