package hub.http.server;

import hub.http.HeaderNames;
import hub.http.RequestContext;
import hub.http.RequestHeadRules;
import hub.http.SourceAddresses;
import hub.http.WorkerPools;
import hub.http.auth.ApiKeys;
import hub.http.auth.Authorizer;
import hub.http.auth.OperatorSessions;
import hub.http.auth.WrongKeyLimiter;
import hub.http.body.UnreadBody;
import hub.http.framing.FramingFault;
import hub.http.problem.Problem;
import hub.http.problem.ProblemException;
import hub.http.problem.Problems;
import hub.util.log.LogField;
import io.netty.handler.codec.http2.Http2Exception;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * What every request passes: it gets an id and a line in the log, shows its key, and whatever goes
 * wrong behind it, or finds nothing there, is answered with a {@link Problem}.
 */
public final class RequestPipeline {
  private static final Logger LOG = LoggerFactory.getLogger("hub.request");
  private static final Logger FAULTS = LoggerFactory.getLogger(RequestPipeline.class);

  private static final Pattern SENSIBLE_ID = Pattern.compile("[A-Za-z0-9._-]{1,64}");
  private static final String WEBHOOKS = "/api/webhooks/";

  private final Authorizer authorizer;
  private final SourceAddresses sources;
  private final CamelContext hub;
  private final BiConsumer<String, String> refusedWebhooks;
  private final SecureRandom random = new SecureRandom();

  /**
   * @param refusedWebhooks is told the source and the reason of each webhook that is refused
   * @param hub while it starts or stops, a path without a route may just not have it yet, or any
   *     more
   */
  public RequestPipeline(
      ApiKeys keys,
      OperatorSessions sessions,
      SourceAddresses sources,
      WrongKeyLimiter wrong,
      BiConsumer<String, String> refusedWebhooks,
      WorkerPools workerPools,
      CamelContext hub) {
    this.sources = sources;
    this.authorizer = new Authorizer(keys, sessions, sources, wrong, workerPools);
    this.refusedWebhooks = refusedWebhooks;
    this.hub = hub;
  }

  /** Hangs itself before and behind all routes of the server. */
  void install(Router router) {
    router.route().order(-3).handler(this::identify);
    router.route().order(-2).handler(authorizer::check);
    router.route().order(-1).failureHandler(this::answerFailure);
    router.route().last().handler(context -> nothingHere(router, context));
  }

  /**
   * Gives a request its id; before any route sees it, because a router fails at a head that is
   * wrong, each in its own way. One that cannot be served is answered.
   *
   * @return whether the routes may have it
   */
  boolean admits(HttpServerRequest request) {
    String asked = request.getHeader(HeaderNames.REQUEST_ID);
    String id = asked != null && SENSIBLE_ID.matcher(asked).matches() ? asked : newId();
    request.headers().set(HeaderNames.REQUEST_ID, id);
    stamp(request, id);
    Optional<Problem> fault = RequestHeadRules.fault(request);
    fault.ifPresent(
        problem -> {
          closeAfterwards(request);
          turnAway(request, problem, id);
        });
    return fault.isEmpty();
  }

  /** Answers what could not be read as HTTP. */
  void refuse(HttpServerRequest request) {
    String id = newId();
    stamp(request, id);
    closeAfterwards(request);
    turnAway(request, RequestHeadRules.fault(request.decoderResult()), id);
  }

  /** What comes next on the connection may be anything; HTTP/2 keeps its requests apart. */
  private static void closeAfterwards(HttpServerRequest request) {
    if (request.version() == HttpVersion.HTTP_2) {
      return;
    }
    request
        .response()
        .putHeader("Connection", "close")
        .endHandler(ended -> request.connection().close());
  }

  private static void stamp(HttpServerRequest request, String id) {
    request.response().putHeader(HeaderNames.REQUEST_ID, id);
    request.response().putHeader("X-Content-Type-Options", "nosniff");
  }

  private void turnAway(HttpServerRequest request, Problem problem, String id) {
    LogField.REQUEST_ID.during(
        id,
        () ->
            LOG.info(
                "method={} path={} status={} ms=0 address={} requestId={}",
                request.method(),
                RequestHeadRules.shown(request.path()),
                problem.status(),
                sources.of(request).text(),
                id));
    ResponseWriter.write(request.response(), problem, id);
  }

  private void identify(RoutingContext context) {
    long begun = System.nanoTime();
    RequestContext.setSource(context, sources.of(context.request()));
    String id = context.request().getHeader(HeaderNames.REQUEST_ID);
    context.addEndHandler(end -> LogField.REQUEST_ID.during(id, () -> logEnd(context, begun, id)));
    context.next();
  }

  private void logEnd(RoutingContext context, long begun, String id) {
    LOG.info(
        "method={} path={} status={} ms={} address={} requestId={}",
        context.request().method(),
        RequestHeadRules.shown(context.normalizedPath()),
        context.response().headWritten() ? context.response().getStatusCode() : "-",
        (System.nanoTime() - begun) / 1_000_000,
        RequestContext.source(context).text(),
        id);
  }

  private String newId() {
    byte[] bytes = new byte[12];
    random.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  private void answerFailure(RoutingContext context) {
    Throwable failure = context.failure();
    Problem problem =
        failure == null || failure instanceof HttpException
            ? Problems.ofStatus(context.statusCode() < 400 ? 500 : context.statusCode())
            : Problems.of(failure, failedStep(context));
    String endpoint = context.get(RequestContext.ENDPOINT);
    if (endpoint != null && endpoint.startsWith(WEBHOOKS)) {
      refusedWebhooks.accept(endpoint.substring(WEBHOOKS.length()), problem.reason());
    }
    String id = context.request().getHeader(HeaderNames.REQUEST_ID);
    LogField.REQUEST_ID.during(id, () -> logFault(context, problem, failure, id));
    if (problem.reason().equals(FramingFault.MALFORMED)) {
      closeAfterwards(context.request());
    } else if (endpoint == null && !context.request().isEnded()) {
      UnreadBody.bound(context.vertx(), context.request());
    }
    ResponseWriter.write(context.response(), problem, id);
  }

  private static void logFault(
      RoutingContext context, Problem problem, Throwable failure, String id) {
    if (context.response().headWritten()) {
      // Whoever leaves may do so a thousand times a second; only what the hub broke off is a fault.
      FAULTS
          .atLevel(isOfReader(context, failure) ? Level.DEBUG : Level.WARN)
          .log(
              "requestId={} path={} broke off in mid-answer: {}",
              id,
              RequestHeadRules.shown(context.normalizedPath()),
              String.valueOf(failure));
    } else if (problem.status() == 500) {
      FAULTS.error(
          "requestId={} path={} failed{}",
          id,
          RequestHeadRules.shown(context.normalizedPath()),
          failedStep(context).isEmpty() ? "" : " at " + failedStep(context),
          failure);
    }
  }

  /** Whether whoever asked has left, or has closed the stream of an answer. */
  private static boolean isOfReader(RoutingContext context, Throwable failure) {
    return context.response().closed() || failure instanceof Http2Exception.StreamException;
  }

  private static String failedStep(RoutingContext context) {
    return Optional.ofNullable(context.<String>get(RequestContext.FAILED_STEP)).orElse("");
  }

  private void nothingHere(Router router, RoutingContext context) {
    String path = context.normalizedPath();
    Set<String> methods = methodsFor(router, path);
    if (hub.isStopping() || hub.isStopped()) {
      context.response().putHeader("Connection", "close");
      fail(context, Problems.stopping());
    } else if (!hub.isStarted()) {
      fail(context, Problems.starting());
    } else if (isProbe(context.request(), path) && !methods.isEmpty()) {
      context.response().end();
    } else if (!methods.isEmpty()) {
      context.response().putHeader("Allow", String.join(", ", methods));
      fail(context, Problems.ofStatus(405));
    } else if (isBrowserAtTheDoor(context.request(), path)) {
      context.response().setStatusCode(302).putHeader("Location", "/console/").end();
    } else if (path.startsWith(WEBHOOKS)) {
      refusedWebhooks.accept("unknown", "source-unknown");
      fail(context, Problem.of(404, "source-unknown", "No route in routes/ receives this source."));
    } else {
      fail(context, Problems.ofStatus(404));
    }
  }

  /** Some senders ask in this way whether there is somebody to send to. */
  private static boolean isProbe(HttpServerRequest request, String path) {
    return request.method() == HttpMethod.HEAD && path.startsWith(WEBHOOKS);
  }

  /** A person who typed the hub's address, not a program. */
  private static boolean isBrowserAtTheDoor(HttpServerRequest request, String path) {
    String accept = request.getHeader("Accept");
    return path.equals("/")
        && (request.method() == HttpMethod.GET || request.method() == HttpMethod.HEAD)
        && accept != null
        && accept.contains("text/html");
  }

  private static void fail(RoutingContext context, Problem problem) {
    context.fail(new ProblemException(problem));
  }

  /** The methods of the routes at this path; a route for every method would have answered. */
  private static Set<String> methodsFor(Router router, String path) {
    String bare =
        path.length() > 1 && path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    return router.getRoutes().stream()
        .filter(route -> route.getPath() != null && route.methods() != null && matches(route, bare))
        .flatMap(route -> route.methods().stream())
        .map(HttpMethod::name)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static boolean matches(Route route, String path) {
    String pattern = route.getPath();
    if (!pattern.contains(":") && !route.isRegexPath()) {
      return pattern.equals(path)
          || (pattern.endsWith("*") && path.startsWith(pattern.substring(0, pattern.length() - 1)));
    }
    String regex = Pattern.compile("/:[^/]+").matcher(pattern).replaceAll("/[^/]+");
    return path.matches(regex);
  }
}
