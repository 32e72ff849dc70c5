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
import hub.util.step.FutureStep;
import hub.call.policy.CallFailedException;
import hub.call.policy.CallFailure;
import hub.call.policy.CallOutcome;
import hub.identity.session.Person;
import hub.identity.session.PublicUrl;
import hub.identity.token.TokenSet;
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

/** The two halves of a login: to the provider's page, and back from it. Thread-safe. */
final class Login {
  private static final String REFUSED = "unreadable_error";

  /** Half a login: where to, and what to keep for the way back. */
  record Begun(URI location, LoginCookie cookie) {}

  /** A login that succeeded. */
  record Done(Person person, TokenSet tokens) {}

  private final LoginProviders providers;
  private final LoginCalls calls;
  private final UserInfo userInfo;
  private final PublicUrl base;
  private final Duration total;
  private final Clock clock;

  /**
   * @param total how long the way back may take, with all that is asked of the provider
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
   * Makes the address of the provider's page.
   *
   * @param threads one of which asks the provider where that is, when it is not known
   * @return fails with {@link CallFailedException} when the provider does not tell
   */
  CompletableFuture<Begun> begin(LoginProvider provider, Executor threads) {
    return providers
        .endpointsLater(provider, threads)
        .handle(
            (endpoints, error) -> {
              if (error != null) {
                throw unavailable(FutureStep.unwrap(error));
              }
              return begun(provider, endpoints);
            });
  }

  private Begun begun(LoginProvider provider, Endpoints endpoints) {
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
    return new Begun(request.build().toURI(), cookie);
  }

  /** A refusal here is no answer to the person's request: it is the provider that does not work. */
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
   * Trades what the provider's page sent back for tokens, and finds out whose they are.
   *
   * @param answer the callback's parameters, whose state is right
   * @throws LoginFailedException with the reason
   */
  Done finish(
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

  private Done exchange(
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
    return new Done(person, withScope(TokenAnswer.tokens(response, clock), provider));
  }

  /** Whoever mixes up two providers sends the code of one to the other (RFC 9207). */
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
        provider, "refused: " + (error.matches("[a-z_]{1,64}") ? error : REFUSED), null);
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

  /** The ID token proves who it is; the user info may add name and address. */
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
    boolean ofMany = endpoints.openId().flatMap(OpenId::template).isPresent();
    return provider.tenant().paths().isEmpty() && ofMany
        ? new ClaimPaths(List.of("$." + IssuerTemplate.CLAIM))
        : provider.tenant();
  }

  /** A provider that does not tell the scope gave all that was asked for (RFC 6749, 5.1). */
  private static TokenSet withScope(TokenSet tokens, LoginProvider provider) {
    return tokens.scope().isEmpty()
        ? new TokenSet(
            tokens.accessToken(),
            tokens.refreshToken(),
            tokens.expiresAt(),
            String.join(" ", provider.scopes()))
        : tokens;
  }
}
