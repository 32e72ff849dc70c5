package hub.identity.login;

import com.fasterxml.jackson.databind.node.ObjectNode;
import hub.http.HeaderNames;
import hub.util.step.FutureStep;
import hub.http.SourceAddresses;
import hub.http.problem.Problem;
import hub.http.problem.ProblemException;
import hub.identity.session.SameOriginCheck;
import hub.identity.session.Person;
import hub.identity.session.PublicUrl;
import hub.identity.session.SessionCookie;
import hub.identity.session.Sessions;
import hub.identity.token.TokenStore;
import hub.identity.token.TokenVault;
import hub.util.Json;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.platform.http.vertx.HttpMessage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code /api/auth}: to a provider's page and back, who is logged in, and out again. */
final class LoginApi extends RouteBuilder {
  private static final Logger LOG = LoggerFactory.getLogger("hub.login");
  private static final String BASE = "/api/auth";

  /** Where a person goes who did not say. */
  private static final String HOME = "/";


  private final Login login;
  private final LoginProviders providers;
  private final LoginAttempts attempts;
  private final Sessions sessions;
  private final LoginThreads threads = new LoginThreads();
  private final LoginLimiter shares;
  private final PublicUrl base;
  private final SessionCookie cookie;
  private final SameOriginCheck origin;

  LoginApi(
      Login login,
      LoginProviders providers,
      LoginAttempts attempts,
      Sessions sessions,
      LoginLimiter shares,
      String publicUrl) {
    this.shares = shares;
    this.login = login;
    this.providers = providers;
    this.attempts = attempts;
    this.sessions = sessions;
    this.base = new PublicUrl(publicUrl);
    this.cookie = new SessionCookie(publicUrl);
    this.origin = new SameOriginCheck(publicUrl);
  }

  @Override
  public void configure() {
    // A refusal is an answer, not a failure to be logged.
    errorHandler(noErrorHandler());
    route(
        "GET",
        "/{provider}/login",
        "login-begin",
        "Sends a browser to log in.",
        new FutureStep(this::begin));
    route(
        "GET",
        "/callback/{provider}",
        "login-finish",
        "Takes a browser back that logged in.",
        new FutureStep(this::finish));
    route("GET", "/session", "login-session", "Tells who is logged in.", this::session);
    from("platform-http:" + BASE + "/logout?useBodyHandler=false&httpMethodRestrict=POST")
        .routeId("login-logout")
        .routeDescription("Ends a session, and gives the person's tokens back.")
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
    QueryString queryString = QueryString.of(request(exchange));
    if (queryString.repeated().contains(ReturnTo.PARAMETER)) {
      throw new ProblemException(
          Problem.of(400, "payload-invalid", ReturnTo.PARAMETER + " is given more than once."));
    }
    String returnTo =
        Optional.ofNullable(queryString.values().get(ReturnTo.PARAMETER))
            .map(ReturnTo::check)
            .orElse(HOME);
    SourceAddresses sources =
        getContext().getRegistry().lookupByNameAndType(SourceAddresses.BEAN, SourceAddresses.class);
    shares.take(sources.of(request(exchange)));
    return threads.run(
        provider,
        own ->
            login
                .begin(provider, own)
                .thenAcceptAsync(begun -> sendAway(exchange, provider, begun, returnTo), own));
  }

  private void sendAway(
      Exchange exchange, LoginProvider provider, Login.Begun begun, String returnTo) {
    attempts.begin(begun.cookie().state(), provider.name(), returnTo);
    HttpServerResponse response = fresh(exchange);
    LoginCookie.clearingOldest(request(exchange), base)
        .forEach(text -> response.headers().add("Set-Cookie", text));
    response.headers().add("Set-Cookie", begun.cookie().giving(base));
    redirect(exchange, begun.location().toString());
  }

  private CompletionStage<Void> finish(Exchange exchange) {
    LoginProvider provider = providers.named(pathProvider(exchange));
    return threads.run(
        provider, own -> CompletableFuture.runAsync(() -> takeBack(exchange, provider), own));
  }

  private void takeBack(Exchange exchange, LoginProvider provider) {
    HttpServerRequest request = request(exchange);
    Optional<String> requestId = Optional.ofNullable(request.getHeader(HeaderNames.REQUEST_ID));
    try {
      QueryString queryString = QueryString.of(request);
      String state = queryString.values().getOrDefault("state", "");
      LoginCookie kept =
          LoginCookie.in(request, state)
              .filter(found -> queryString.repeated().isEmpty())
              .orElseThrow(LoginFailedException::stateMismatch);
      String returnTo =
          attempts.take(state, provider.name()).orElseThrow(LoginFailedException::stateMismatch);
      HttpServerResponse response = fresh(exchange);
      response.headers().add("Set-Cookie", kept.clearing(base));
      Login.Done done = login.finish(provider, queryString.values(), kept, requestId);
      Person person = done.person();
      store().ifPresent(store -> store.store(person.provider(), person.subject(), done.tokens()));
      String session =
          cookie
              .in(request)
              .map(old -> sessions.replace(old, person))
              .orElseGet(() -> sessions.open(person));
      response.headers().add("Set-Cookie", cookie.giving(session));
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
            .in(request(exchange))
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
    fresh(exchange);
    exchange.getMessage().setHeader(Exchange.CONTENT_TYPE, "application/json");
    exchange.getMessage().setBody(Json.bytes(answer));
  }

  private void logout(Exchange exchange) {
    HttpServerRequest request = request(exchange);
    origin.require(request);
    Optional<String> shown = cookie.in(request);
    Optional<Person> person = shown.flatMap(sessions::find);
    shown.ifPresent(sessions::end);
    HttpServerResponse response = fresh(exchange);
    response.headers().add("Set-Cookie", cookie.clearing());
    exchange.getMessage().setBody(null);
    exchange.getMessage().setHeader(Exchange.HTTP_RESPONSE_CODE, 204);
    // Somebody who is logged in elsewhere still needs the tokens there.
    person.filter(left -> !sessions.hasAny(left)).ifPresent(this::forgetLater);
  }

  /** Nobody waits for it: the person is out, whatever the provider says. */
  private void forgetLater(Person person) {
    Optional<LoginProvider> provider = providers.known(person.provider());
    if (provider.isEmpty()) {
      // Nobody to be asked, so nobody to be waited for.
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

  /** An answer that is nobody's but this browser's, now. */
  private static HttpServerResponse fresh(Exchange exchange) {
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
