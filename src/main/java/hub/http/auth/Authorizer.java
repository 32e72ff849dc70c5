package hub.http.auth;

import hub.http.HeaderNames;
import hub.http.RequestHeadRules;
import hub.http.SourceAddresses;
import hub.http.WorkerPools;
import hub.http.problem.Problem;
import hub.http.problem.ProblemException;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets a request to {@code /api} in only with the key it needs; to {@code /api/admin} also with an
 * operator's session. A path that is not named here needs a key, so that a new route is closed
 * until somebody opens it. Thread-safe.
 */
public final class Authorizer {
  /** What operators change, under the id that is kept of it and the name that people know. */
  private static final Logger LOG = LoggerFactory.getLogger("hub.console");

  private static final String ADMIN = "/api/admin";

  /** Which scope opens which paths. */
  private static final Map<String, String> SCOPES =
      Map.of(
          "/api/payments", "payments",
          "/api/email", "email",
          "/api/files", "files",
          "/api/analytics", "analytics",
          "/api/auth/tokens", "tokens");

  /** Set on a request that was let in; whoever serves one without it must refuse. */
  public static final String ADMITTED = "hub.admitted";

  /** Where a request that showed a key has its owner's name. */
  public static final String CALLER = "hub.caller";

  /** Where a request that was let in to {@code /api/admin} has its {@link Operator}. */
  public static final String OPERATOR = "hub.operator";

  /** Methods that change nothing. */
  private static final Set<HttpMethod> SAFE = Set.of(HttpMethod.GET, HttpMethod.HEAD);

  private final ApiKeys keys;
  private final OperatorSessions sessions;
  private final SourceAddresses sources;
  private final WrongKeyLimiter wrong;
  private final WorkerPools workerPools;

  public Authorizer(
      ApiKeys keys,
      OperatorSessions sessions,
      SourceAddresses sources,
      WrongKeyLimiter wrong,
      WorkerPools workerPools) {
    this.sources = sources;
    this.wrong = wrong;
    this.workerPools = workerPools;
    this.keys = keys;
    this.sessions = sessions;
  }

  public void check(RoutingContext context) {
    String path = context.normalizedPath();
    if (!isUnder(path, "/api") || isOpen(path)) {
      admit(context);
      return;
    }
    HttpServerRequest request = context.request();
    List<String> authorization = request.headers().getAll(HeaderNames.AUTHORIZATION);
    if (authorization.isEmpty() && isUnder(path, ADMIN)) {
      Optional<String> session = sessions.shown(request);
      if (session.isPresent()) {
        checkSession(context, session.get());
        return;
      }
    }
    Optional<Problem> refusal = refusal(request, path, authorization);
    if (refusal.isEmpty()) {
      bearer(request.getHeader(HeaderNames.AUTHORIZATION))
          .flatMap(keys::callerOf)
          .ifPresent(
              caller -> {
                context.put(CALLER, caller.name());
                if (caller.operator()) {
                  context.put(
                      OPERATOR, new Operator(caller.name(), caller.name(), Operator.Role.OPERATOR));
                }
              });
      admit(context);
    } else {
      if (refusal.get().status() == 401) {
        context.response().putHeader("WWW-Authenticate", "Bearer realm=\"hub\"");
      }
      context.fail(new ProblemException(refusal.get()));
    }
  }

  /** Sessions lie in the store: asked off the event loop, while the request's body waits. */
  private void checkSession(RoutingContext context, String token) {
    HttpServerRequest request = context.request();
    boolean changes = !SAFE.contains(request.method());
    if (changes) {
      try {
        sessions.requireOwnPage(request);
      } catch (ProblemException stranger) {
        context.fail(stranger);
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
                    RequestHeadRules.shown(context.normalizedPath()),
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
          Problem.of(401, "session-expired", "This session is over; sign in at /console/."));
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

  private Optional<Problem> refusal(
      HttpServerRequest request, String path, List<String> authorization) {
    if (authorization.isEmpty()) {
      return Optional.of(
          Problem.of(401, "key-missing", "Send the header Authorization: Bearer <key>."));
    }
    Optional<Caller> caller =
        authorization.size() == 1
            ? bearer(authorization.get(0)).flatMap(keys::callerOf)
            : Optional.empty();
    if (caller.isEmpty()) {
      return Optional.of(
          wrong.note(
              sources.of(request),
              Problem.of(
                  401,
                  "key-wrong",
                  "The hub does not know this key; see HUB_ADMIN_KEY and HUB_API_KEYS.")));
    }
    return caller.filter(known -> isPermitted(known, path)).isPresent()
        ? Optional.empty()
        : Optional.of(
            Problem.of(
                403,
                "not-permitted",
                "This key does not open this path; it needs " + need(path) + "."));
  }

  private static Optional<String> bearer(String authorization) {
    return authorization.regionMatches(true, 0, "Bearer ", 0, 7)
        ? Optional.of(authorization.substring(7).trim())
        : Optional.empty();
  }

  private static boolean isPermitted(Caller caller, String path) {
    if (isUnder(path, ADMIN)) {
      return caller.operator();
    }
    return !caller.operator() && scope(path).map(caller.scopes()::contains).orElse(true);
  }

  private static String need(String path) {
    return isUnder(path, ADMIN)
        ? "the operators' key"
        : scope(path)
            .map(scope -> "a caller's key with the scope " + scope)
            .orElse("a caller's key");
  }

  private static Optional<String> scope(String path) {
    return SCOPES.entrySet().stream()
        .filter(entry -> isUnder(path, entry.getKey()))
        .map(Map.Entry::getValue)
        .findFirst();
  }

  /** Senders prove themselves by signature, browsers by cookie or by the login itself. */
  private static boolean isOpen(String path) {
    return isUnder(path, "/api/webhooks")
        || path.matches("/api/auth/[^/]+/login/?")
        || path.matches("/api/auth/callback/[^/]+/?")
        || path.matches("/api/auth/(session|logout)/?");
  }

  private static boolean isUnder(String path, String folder) {
    return path.equals(folder) || path.startsWith(folder + "/");
  }
}
