package hub.http.auth;

import hub.http.HeaderNames;
import hub.http.RequestContext;
import hub.http.RequestHeadRules;
import hub.http.RequestPath;
import hub.http.WorkerPools;
import hub.http.problem.Problem;
import hub.http.problem.ProblemException;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Admits a request to {@code /api} only with the key that its path needs; to {@code /api/admin}
 * also with an operator's session. A path that is not named here needs a key, so a new route is
 * closed by default. Thread-safe.
 */
public final class Authorizer {
  /** Logs each change by an operator, with id and name. */
  private static final Logger LOG = LoggerFactory.getLogger("hub.console");

  private static final String ADMIN = "/api/admin";

  /** Context: set on an admitted request. A request without it must be refused. */
  public static final String ADMITTED = "hub.admitted";

  /** Context: the name of the key's owner, or the operator's id. */
  public static final String CALLER = "hub.caller";

  /** Context: the {@link Operator} of a request that was admitted to {@code /api/admin}. */
  public static final String OPERATOR = "hub.operator";

  private static final Pattern OPEN_LOGIN =
      Pattern.compile("/api/auth/([^/]+/login|callback/[^/]+|session|logout)/?");

  /** Methods that change nothing. */
  private static final Set<HttpMethod> SAFE = Set.of(HttpMethod.GET, HttpMethod.HEAD);

  private final ApiKeys keys;
  private final OperatorSessions sessions;
  private final WrongKeyLimiter wrongKeys;
  private final WorkerPools workerPools;

  public Authorizer(
      ApiKeys keys, OperatorSessions sessions, WrongKeyLimiter wrongKeys, WorkerPools workerPools) {
    this.wrongKeys = wrongKeys;
    this.workerPools = workerPools;
    this.keys = keys;
    this.sessions = sessions;
  }

  public void check(RoutingContext context) {
    String path = context.normalizedPath();
    if (!RequestPath.isUnder(path, "/api") || isOpen(path)) {
      admit(context);
      return;
    }
    HttpServerRequest request = context.request();
    List<String> authorization = request.headers().getAll(HeaderNames.AUTHORIZATION);
    if (authorization.isEmpty() && RequestPath.isUnder(path, ADMIN)) {
      Optional<String> session = sessions.shown(request);
      if (session.isPresent()) {
        checkSession(context, session.get());
        return;
      }
    }
    Optional<Caller> caller =
        authorization.size() == 1
            ? bearer(authorization.get(0)).flatMap(keys::callerOf)
            : Optional.empty();
    if (caller.isEmpty()) {
      Problem refusal = unknownCaller(context, authorization);
      if (refusal.status() == 401) {
        context.response().putHeader("WWW-Authenticate", "Bearer realm=\"hub\"");
      }
      context.fail(new ProblemException(refusal));
    } else if (!isPermitted(caller.get(), path)) {
      context.fail(new ProblemException(notPermitted(path)));
    } else {
      admit(context, caller.get());
    }
  }

  private static void admit(RoutingContext context, Caller caller) {
    context.put(CALLER, caller.name());
    if (caller.operator()) {
      context.put(OPERATOR, new Operator(caller.name(), caller.name(), Operator.Role.OPERATOR));
    }
    admit(context);
  }

  /**
   * Looks the session up in the store, not on the event loop; the request's body waits meanwhile.
   */
  private void checkSession(RoutingContext context, String token) {
    HttpServerRequest request = context.request();
    boolean changes = !SAFE.contains(request.method());
    if (changes) {
      try {
        sessions.requireOwnPage(request);
      } catch (ProblemException foreignPage) {
        context.fail(foreignPage);
        return;
      }
    }
    request.pause();
    workerPools
        .run(context.vertx(), WorkerPools.Group.CONSOLE, () -> sessions.find(token))
        .onFailure(
            error -> {
              request.resume();
              context.fail(error);
            })
        .onSuccess(
            found -> {
              request.resume();
              Optional<Problem> refusal = refusal(found, changes);
              if (refusal.isPresent()) {
                context.fail(new ProblemException(refusal.get()));
                return;
              }
              Operator operator = found.flatMap(OperatorSessions.Found::operator).orElseThrow();
              if (changes) {
                LOG.info(
                    "operator={} name={} method={} path={} requestId={}",
                    operator.id(),
                    operator.name(),
                    request.method(),
                    RequestHeadRules.forLog(context.normalizedPath()),
                    request.getHeader(HeaderNames.REQUEST_ID));
              }
              context.put(OPERATOR, operator);
              context.put(CALLER, operator.id());
              admit(context);
            });
  }

  private static Optional<Problem> refusal(
      Optional<OperatorSessions.Found> found, boolean changes) {
    if (found.isEmpty()) {
      return Optional.of(
          Problem.of(401, "session-expired", "This session has ended; sign in at /console/."));
    }
    Optional<Operator> operator = found.get().operator();
    if (operator.isEmpty()) {
      return Optional.of(
          Problem.of(
              403,
              "not-permitted",
              found.get().person() + " is in neither HUB_OPERATORS nor HUB_VIEWERS."));
    }
    return changes && operator.get().role() == Operator.Role.VIEWER
        ? Optional.of(
            Problem.of(
                403, "not-permitted", "Viewers may look, but change nothing; see HUB_OPERATORS."))
        : Optional.empty();
  }

  private static void admit(RoutingContext context) {
    context.put(ADMITTED, true);
    context.next();
  }

  private Problem unknownCaller(RoutingContext context, List<String> authorization) {
    return authorization.isEmpty()
        ? Problem.of(401, "key-missing", "Send the header Authorization: Bearer <key>.")
        : wrongKeys.note(
            RequestContext.source(context),
            Problem.of(
                401,
                "key-wrong",
                "The hub does not know this key; see HUB_ADMIN_KEY and HUB_API_KEYS."));
  }

  private static Problem notPermitted(String path) {
    return Problem.of(
        403,
        "not-permitted",
        "This key does not open this path; it needs " + requirement(path) + ".");
  }

  private static Optional<String> bearer(String authorization) {
    return authorization.regionMatches(true, 0, "Bearer ", 0, 7)
        ? Optional.of(authorization.substring(7).trim())
        : Optional.empty();
  }

  private static boolean isPermitted(Caller caller, String path) {
    if (RequestPath.isUnder(path, ADMIN)) {
      return caller.operator();
    }
    return !caller.operator() && Scope.of(path).map(caller.scopes()::contains).orElse(true);
  }

  private static String requirement(String path) {
    return RequestPath.isUnder(path, ADMIN)
        ? "the operators' key"
        : Scope.of(path)
            .map(scope -> "a caller's key with the scope " + scope)
            .orElse("a caller's key");
  }

  /** Whether a path needs no key: webhooks are signed, and browsers have a cookie or log in. */
  private static boolean isOpen(String path) {
    return RequestPath.isUnder(path, "/api/webhooks")
        || (path.startsWith("/api/auth/") && OPEN_LOGIN.matcher(path).matches());
  }
}
