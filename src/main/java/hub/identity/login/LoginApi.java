package hub.identity.login;

import com.fasterxml.jackson.databind.node.ObjectNode;
import hub.http.HeaderNames;
import hub.http.SourceAddresses;
import hub.http.problem.Problem;
import hub.http.problem.ProblemException;
import hub.identity.session.Person;
import hub.identity.session.PublicUrl;
import hub.identity.session.SameOriginCheck;
import hub.identity.session.SessionCookie;
import hub.identity.session.Sessions;
import hub.identity.token.TokenStore;
import hub.identity.token.TokenVault;
import hub.util.Form;
import hub.util.Json;
import hub.util.step.FutureStep;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.platform.http.vertx.HttpMessage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code /api/auth}: login, callback, session and logout. */
final class LoginApi extends RouteBuilder {
  private static final Logger LOG = LoggerFactory.getLogger("hub.login");
  private static final String BASE = "/api/auth";

  /** The path after a login without {@code returnTo}. */
  private static final String HOME = "/";

  private final Login login;
  private final LoginProviders providers;
  private final LoginAttempts attempts;
  private final Sessions sessions;
  private final LoginThreads threads = new LoginThreads();
  private final LoginLimiter limiter;
  private final PublicUrl base;
  private final SessionCookie cookie;
  private final SameOriginCheck sameOrigin;

  LoginApi(
      Login login,
      LoginProviders providers,
      LoginAttempts attempts,
      Sessions sessions,
      LoginLimiter limiter,
      String publicUrl) {
    this.limiter = limiter;
    this.login = login;
    this.providers = providers;
    this.attempts = attempts;
    this.sessions = sessions;
    this.base = new PublicUrl(publicUrl);
    this.cookie = new SessionCookie(publicUrl);
    this.sameOrigin = new SameOriginCheck(publicUrl);
  }

  @Override
  public void configure() {
    // A problem is an answer, not an error to log.
    errorHandler(noErrorHandler());
    route(
        "GET",
        "/{provider}/login",
        "login-begin",
        "Redirects a browser to a login provider.",
        new FutureStep(this::begin));
    route(
        "GET",
        "/callback/{provider}",
        "login-finish",
        "Finishes a login at the provider's callback.",
        new FutureStep(this::finish));
    route("GET", "/session", "login-session", "Shows who is logged in.", this::session);
    from("platform-http:" + BASE + "/logout?useBodyHandler=false&httpMethodRestrict=POST")
        .routeId("login-logout")
        .routeDescription("Ends a session and revokes the person's tokens.")
        .process(this::logout);
  }

  private void route(
      String method, String path, String routeId, String description, Processor processor) {
    from("platform-http:" + BASE + path + "?useBodyHandler=false&httpMethodRestrict=" + method)
        .routeId(routeId)
        .routeDescription(description)
        .process(processor);
  }

  private CompletionStage<Void> begin(Exchange exchange) {
    LoginProvider provider = providers.named(pathProvider(exchange));
    List<String> returnTos = Form.parse(request(exchange).query()).all(ReturnTo.PARAMETER);
    if (returnTos.size() > 1) {
      throw new ProblemException(
          Problem.of(400, "payload-invalid", ReturnTo.PARAMETER + " is given more than once."));
    }
    String returnTo = returnTos.stream().map(ReturnTo::check).findFirst().orElse(HOME);
    SourceAddresses sources =
        getContext().getRegistry().lookupByNameAndType(SourceAddresses.BEAN, SourceAddresses.class);
    limiter.take(sources.of(request(exchange)));
    return threads.run(
        provider,
        own ->
            login
                .begin(provider, own)
                .thenAcceptAsync(
                    redirect -> redirect(exchange, provider, redirect, returnTo), own));
  }

  private void redirect(
      Exchange exchange, LoginProvider provider, Login.Redirect redirect, String returnTo) {
    attempts.begin(redirect.cookie().state(), provider.name(), returnTo);
    HttpServerResponse response = uncached(exchange);
    LoginCookie.clearingOldest(request(exchange), base)
        .forEach(text -> response.headers().add("Set-Cookie", text));
    response.headers().add("Set-Cookie", redirect.cookie().set(base));
    redirect(exchange, redirect.location().toString());
  }

  private CompletionStage<Void> finish(Exchange exchange) {
    LoginProvider provider = providers.named(pathProvider(exchange));
    return threads.run(
        provider, own -> CompletableFuture.runAsync(() -> finish(exchange, provider), own));
  }

  private void finish(Exchange exchange, LoginProvider provider) {
    HttpServerRequest request = request(exchange);
    Optional<String> requestId = Optional.ofNullable(request.getHeader(HeaderNames.REQUEST_ID));
    try {
      Form query = Form.parse(request.query());
      String state = query.firstValues().getOrDefault("state", "");
      LoginCookie kept =
          LoginCookie.read(request, state)
              .filter(found -> !query.hasRepeated())
              .orElseThrow(LoginFailedException::stateMismatch);
      String returnTo =
          attempts.take(state, provider.name()).orElseThrow(LoginFailedException::stateMismatch);
      HttpServerResponse response = uncached(exchange);
      response.headers().add("Set-Cookie", kept.clear(base));
      Login.Result result = login.finish(provider, query.firstValues(), kept, requestId);
      Person person = result.person();
      store().ifPresent(store -> store.store(person.provider(), person.subject(), result.tokens()));
      String session =
          cookie
              .read(request)
              .map(old -> sessions.replace(old, person))
              .orElseGet(() -> sessions.open(person));
      response.headers().add("Set-Cookie", cookie.set(session));
      redirect(exchange, returnTo);
      LOG.info("login={} outcome=logged-in requestId={}", provider.name(), requestId.orElse("-"));
    } catch (LoginFailedException e) {
      LOG.warn(
          "login={} outcome={} requestId={} error={}",
          provider.name(),
          e.problem().reason(),
          requestId.orElse("-"),
          e.problem().detail());
      throw e;
    }
  }

  private void session(Exchange exchange) {
    Person person =
        cookie
            .read(request(exchange))
            .flatMap(sessions::find)
            .orElseThrow(
                () ->
                    new ProblemException(
                        Problem.of(
                            401,
                            "session-missing",
                            "Nobody is logged in here; log in at " + BASE + "/{provider}/login.")));
    ObjectNode answer =
        Json.object()
            .put("provider", person.provider())
            .put("subject", person.subject())
            .put("name", person.name().isEmpty() ? null : person.name())
            .put("email", person.email().isEmpty() ? null : person.email());
    uncached(exchange);
    exchange.getMessage().setHeader(Exchange.CONTENT_TYPE, "application/json");
    exchange.getMessage().setBody(Json.bytes(answer));
  }

  private void logout(Exchange exchange) {
    HttpServerRequest request = request(exchange);
    sameOrigin.require(request);
    Optional<String> sessionId = cookie.read(request);
    Optional<Person> person = sessionId.flatMap(sessions::find);
    sessionId.ifPresent(sessions::end);
    HttpServerResponse response = uncached(exchange);
    response.headers().add("Set-Cookie", cookie.clear());
    exchange.getMessage().setBody(null);
    exchange.getMessage().setHeader(Exchange.HTTP_RESPONSE_CODE, 204);
    // The person may have another session, which still needs the tokens.
    person.filter(left -> !sessions.hasAny(left)).ifPresent(this::forgetAsync);
  }

  /** Revokes in the background: the person is logged out whatever the provider answers. */
  private void forgetAsync(Person person) {
    Optional<LoginProvider> provider = providers.find(person.provider());
    if (provider.isEmpty()) {
      // The provider was removed from providers.yaml, so there is no call to wait for.
      forget(person);
      return;
    }
    try {
      var unused =
          threads.run(provider.get(), own -> CompletableFuture.runAsync(() -> forget(person), own));
    } catch (ProblemException e) {
      LOG.warn("logout={} outcome=tokens-kept error={}", person.provider(), e.problem().detail());
    }
  }

  private void forget(Person person) {
    try {
      store().ifPresent(store -> store.forget(person.provider(), person.subject()));
    } catch (RuntimeException e) {
      LOG.warn("logout={} outcome=tokens-kept error={}", person.provider(), e.toString());
    }
  }

  private Optional<TokenStore> store() {
    return Optional.ofNullable(
        getContext().getRegistry().lookupByNameAndType(TokenVault.BEAN, TokenStore.class));
  }

  /** Removes the request's headers and forbids caching of the answer. */
  private static HttpServerResponse uncached(Exchange exchange) {
    HttpServerResponse response = exchange.getMessage(HttpMessage.class).getResponse();
    exchange.getMessage().removeHeaders("*");
    return response
        .putHeader("Cache-Control", "no-store")
        .putHeader("Referrer-Policy", "no-referrer");
  }

  private static void redirect(Exchange exchange, String location) {
    exchange.getMessage().setBody(null);
    exchange.getMessage().setHeader(Exchange.HTTP_RESPONSE_CODE, 302);
    exchange.getMessage().setHeader("Location", location);
  }

  private static String pathProvider(Exchange exchange) {
    return exchange.getMessage().getHeader("provider", "", String.class);
  }

  private static HttpServerRequest request(Exchange exchange) {
    return exchange.getMessage(HttpMessage.class).getRequest();
  }
}
