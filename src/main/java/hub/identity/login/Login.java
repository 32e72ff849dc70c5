package hub.identity.login;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jwt.JWT;
import com.nimbusds.oauth2.sdk.AccessTokenResponse;
import com.nimbusds.oauth2.sdk.AuthorizationCode;
import com.nimbusds.oauth2.sdk.AuthorizationCodeGrant;
import com.nimbusds.oauth2.sdk.AuthorizationRequest;
import com.nimbusds.oauth2.sdk.ResponseType;
import com.nimbusds.oauth2.sdk.Scope;
import com.nimbusds.oauth2.sdk.id.ClientID;
import com.nimbusds.oauth2.sdk.id.State;
import com.nimbusds.oauth2.sdk.pkce.CodeChallengeMethod;
import com.nimbusds.oauth2.sdk.pkce.CodeVerifier;
import com.nimbusds.oauth2.sdk.token.AccessToken;
import com.nimbusds.openid.connect.sdk.OIDCTokenResponse;
import com.nimbusds.openid.connect.sdk.claims.IDTokenClaimsSet;
import com.nimbusds.openid.connect.sdk.validators.InvalidHashException;
import hub.call.policy.CallFailedException;
import hub.call.policy.CallFailure;
import hub.call.policy.CallOutcome;
import hub.identity.session.Person;
import hub.identity.session.PublicUrl;
import hub.identity.token.TokenSet;
import hub.util.step.FutureStep;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;

/** The authorization code flow: the redirect to the provider, and its callback. Thread-safe. */
final class Login {
  private static final String UNREADABLE_ERROR = "unreadable_error";

  /** The redirect that begins a login, and the cookie for its callback. */
  record Redirect(URI location, LoginCookie cookie) {}

  /** A successful login. */
  record Result(Person person, TokenSet tokens) {}

  private final LoginProviders providers;
  private final LoginCalls calls;
  private final UserInfo userInfo;
  private final PublicUrl base;
  private final Duration total;
  private final Clock clock;

  /**
   * @param total timeout of the callback, including all calls to the provider
   */
  Login(LoginProviders providers, LoginCalls calls, PublicUrl base, Duration total, Clock clock) {
    this.total = total;
    this.providers = providers;
    this.calls = calls;
    this.userInfo = new UserInfo(calls);
    this.base = base;
    this.clock = clock;
  }

  /**
   * Makes the redirect to the provider's page.
   *
   * @param threads runs the discovery, when that is needed
   * @return fails with {@link CallFailedException} when the discovery fails
   */
  CompletableFuture<Redirect> begin(LoginProvider provider, Executor threads) {
    return providers
        .endpointsAsync(provider, threads)
        .handle(
            (endpoints, error) -> {
              if (error != null) {
                throw unavailable(FutureStep.unwrap(error));
              }
              return redirect(provider, endpoints);
            });
  }

  private Redirect redirect(LoginProvider provider, Endpoints endpoints) {
    LoginCookie cookie = LoginCookie.make();
    AuthorizationRequest.Builder request =
        new AuthorizationRequest.Builder(ResponseType.CODE, new ClientID(provider.clientId()))
            .endpointURI(endpoints.authorize())
            .redirectionURI(redirection(provider))
            .state(new State(cookie.state()));
    if (provider.pkce()) {
      request.codeChallenge(new CodeVerifier(cookie.verifier()), CodeChallengeMethod.S256);
    }
    if (!provider.scopes().isEmpty()) {
      request.scope(Scope.parse(provider.scopes()));
    }
    if (endpoints.openId().isPresent() && provider.nonce()) {
      request.customParameter("nonce", cookie.nonce());
    }
    provider.parameters().forEach((name, value) -> request.customParameter(name, value));
    return new Redirect(request.build().toURI(), cookie);
  }

  /**
   * A provider that rejects the discovery request is reported as unavailable: the person's request
   * was right.
   */
  private static CompletionException unavailable(Throwable error) {
    return new CompletionException(
        error instanceof CallFailedException e && e.failure().outcome() == CallOutcome.REJECTED
            ? new CallFailedException(
                e.provider(),
                CallFailure.of(
                    CallOutcome.UNAVAILABLE, "its discovery document: " + e.failure().message()),
                e)
            : error);
  }

  private URI redirection(LoginProvider provider) {
    return URI.create(base.at("/api/auth/callback/" + provider.name()));
  }

  /**
   * Exchanges the code of the callback for tokens, and reads whose they are.
   *
   * @param answer the callback's parameters, whose state has been checked
   * @throws LoginFailedException with the reason
   */
  Result finish(
      LoginProvider provider,
      Map<String, String> answer,
      LoginCookie cookie,
      Optional<String> requestId) {
    try {
      return calls.within(total, () -> exchange(provider, answer, cookie, requestId));
    } catch (CallFailedException e) {
      throw LoginFailedException.exchange(provider, e);
    }
  }

  private Result exchange(
      LoginProvider provider,
      Map<String, String> answer,
      LoginCookie cookie,
      Optional<String> requestId) {
    Endpoints endpoints = providers.endpoints(provider);
    endpoints.openId().ifPresent(openId -> checkIssuer(provider, openId, answer));
    checkError(provider, answer);
    AccessTokenResponse response =
        TokenAnswer.read(
            provider,
            calls.ask(
                provider,
                LoginCall.EXCHANGE_CODE,
                new OAuthClient(provider, endpoints)
                    .token(
                        endpoints.token(),
                        new AuthorizationCodeGrant(
                            code(provider, answer),
                            redirection(provider),
                            provider.pkce() ? new CodeVerifier(cookie.verifier()) : null)),
                requestId));
    Person person = person(provider, endpoints, response, cookie, requestId);
    // An answer without a scope grants the requested scopes (RFC 6749, 5.1).
    return new Result(
        person,
        TokenAnswer.tokens(response, clock).withScopeOr(String.join(" ", provider.scopes())));
  }

  /** Prevents mix-up attacks, in which a code of one provider is sent to another (RFC 9207). */
  private static void checkIssuer(
      LoginProvider provider, OpenId openId, Map<String, String> answer) {
    String named = answer.get("iss");
    if (named == null ? openId.namesItself() : !named.equals(openId.issuer().getValue())) {
      throw LoginFailedException.exchange(
          provider, "did not make this answer: its iss is another", null);
    }
  }

  private static void checkError(LoginProvider provider, Map<String, String> answer) {
    String error = answer.get("error");
    if (error == null) {
      return;
    }
    if (error.equals("access_denied")) {
      throw LoginFailedException.accessDenied(provider);
    }
    throw LoginFailedException.exchange(
        provider, "refused: " + (error.matches("[a-z_]{1,64}") ? error : UNREADABLE_ERROR), null);
  }

  private static AuthorizationCode code(LoginProvider provider, Map<String, String> answer) {
    return Optional.ofNullable(answer.get("code"))
        .filter(code -> !code.isBlank())
        .map(AuthorizationCode::new)
        .orElseThrow(
            () ->
                LoginFailedException.exchange(provider, "sent back neither code nor error", null));
  }

  private Person person(
      LoginProvider provider,
      Endpoints endpoints,
      AccessTokenResponse response,
      LoginCookie cookie,
      Optional<String> requestId) {
    AccessToken token = response.getTokens().getAccessToken();
    if (endpoints.openId().isPresent()) {
      return openIdPerson(
          provider,
          endpoints,
          idToken(provider, endpoints.openId().get(), response, cookie),
          token,
          requestId);
    }
    Map<String, Object> claims =
        userInfo.claims(provider, endpoints.userInfo().orElseThrow(), token, requestId);
    String subject = PersonReader.subject(provider, tenant(provider, endpoints), claims);
    Optional<String> email =
        provider.emailsUrl().isPresent()
            ? userInfo.verifiedEmail(provider, provider.emailsUrl().get(), token, requestId)
            : PersonReader.verifiedEmail(provider, claims);
    return PersonReader.person(provider, subject, provider.fullName().in(claims), email);
  }

  private Map<String, Object> idToken(
      LoginProvider provider, OpenId openId, AccessTokenResponse response, LoginCookie cookie) {
    JWT idToken =
        response instanceof OIDCTokenResponse oidc ? oidc.getOIDCTokens().getIDToken() : null;
    if (idToken == null) {
      throw LoginFailedException.exchange(provider, "gave no ID token", null);
    }
    try {
      IDTokenClaimsSet claims =
          openId.verify(
              idToken,
              provider.clientId(),
              provider.nonce() ? Optional.of(cookie.nonce()) : Optional.empty(),
              response.getTokens().getAccessToken());
      return new LinkedHashMap<>(claims.toJSONObject());
    } catch (BadJOSEException | InvalidHashException e) {
      throw LoginFailedException.exchange(
          provider, "gave an ID token that is refused: " + PersonReader.shown(e), e);
    } catch (JOSEException e) {
      for (Throwable t = e; t != null; t = t.getCause()) {
        if (t instanceof CallFailedException failed) {
          throw failed;
        }
      }
      throw LoginFailedException.exchange(provider, "gave an ID token that cannot be checked", e);
    }
  }

  /** The subject is the ID token's; the user info may add name and e-mail address. */
  private Person openIdPerson(
      LoginProvider provider,
      Endpoints endpoints,
      Map<String, Object> claims,
      AccessToken token,
      Optional<String> requestId) {
    String subject = PersonReader.subject(provider, tenant(provider, endpoints), claims);
    Optional<String> name = provider.fullName().in(claims);
    Optional<String> email = PersonReader.verifiedEmail(provider, claims);
    boolean asked = provider.scopes().contains("profile") || provider.scopes().contains("email");
    if (asked && (name.isEmpty() || email.isEmpty()) && endpoints.userInfo().isPresent()) {
      Map<String, Object> more =
          userInfo.claims(provider, endpoints.userInfo().get(), token, requestId);
      if (!Objects.equals(more.get("sub"), claims.get("sub"))) {
        throw LoginFailedException.exchange(
            provider, "tells of somebody else than its ID token", null);
      }
      name = name.or(() -> provider.fullName().in(more));
      email = email.or(() -> PersonReader.verifiedEmail(provider, more));
    }
    return PersonReader.person(provider, subject, name, email);
  }

  private static ClaimPaths tenant(LoginProvider provider, Endpoints endpoints) {
    boolean isMultiTenant = endpoints.openId().flatMap(OpenId::template).isPresent();
    return provider.tenant().paths().isEmpty() && isMultiTenant
        ? new ClaimPaths(List.of("$." + IssuerTemplate.CLAIM))
        : provider.tenant();
  }
}
