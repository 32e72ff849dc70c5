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
import io.vertx.core.Handler;
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
 * What every request passes. Before the router, {@link #accepts} gives it an id and checks its
 * head; the handlers check its key, log it, and answer failures and unknown paths with a {@link
 * Problem}.
 */
public final class RequestPipeline {
  /** Name in the registry. */
  public static final String BEAN = "requestPipeline";

  private static final Logger LOG = LoggerFactory.getLogger("hub.request");
  private static final Logger FAULT_LOG = LoggerFactory.getLogger(RequestPipeline.class);

  private static final Pattern VALID_ID = Pattern.compile("[A-Za-z0-9._-]{1,64}");
  private static final String WEBHOOKS = "/api/webhooks/";

  private final Authorizer authorizer;
  private final SourceAddresses sources;
  private final CamelContext hub;
  private final BiConsumer<String, String> refusedWebhooks;
  private final SecureRandom random = new SecureRandom();

  /** Holds requests while routes are exchanged; empty: routes do not change while the hub runs. */
  private volatile Optional<RequestGate> gate = Optional.empty();

  /** Path of the warm-up's requests, which are not logged; empty: there is none. */
  private volatile String unlogged = "";

  /**
   * @param refusedWebhooks receives the source and the reason of each refused webhook
   * @param hub while it starts or stops, a path without a route is answered with 503, because its
   *     route may be missing temporarily
   */
  public RequestPipeline(
      ApiKeys keys,
      OperatorSessions sessions,
      SourceAddresses sources,
      WrongKeyLimiter wrongKeys,
      BiConsumer<String, String> refusedWebhooks,
      WorkerPools workerPools,
      CamelContext hub) {
    this.sources = sources;
    this.authorizer = new Authorizer(keys, sessions, wrongKeys, workerPools);
    this.refusedWebhooks = refusedWebhooks;
    this.hub = hub;
  }

  /** Installs its handlers before and after all routes of the server. */
  void install(Router router) {
    router.route().order(-3).handler(this::identify);
    router.route().order(-2).handler(authorizer::check);
    router.route().order(-1).failureHandler(this::answerFailure);
    router.route().last().handler(context -> answerNoRoute(router, context));
  }

  /**
   * Gives a request its id and checks its head, before the router, which fails differently for each
   * faulty head. Answers a request that cannot be served.
   *
   * @return whether the request may be routed
   */
  boolean accepts(HttpServerRequest request) {
    String given = request.getHeader(HeaderNames.REQUEST_ID);
    String id = given != null && VALID_ID.matcher(given).matches() ? given : newId();
    request.headers().set(HeaderNames.REQUEST_ID, id);
    setResponseHeaders(request, id);
    Optional<Problem> fault = RequestHeadRules.fault(request);
    fault.ifPresent(
        problem -> {
          closeAfterResponse(request);
          reject(request, problem, id);
        });
    return fault.isEmpty();
  }

  /** Has every request pass {@code holding} from now on. */
  public void install(RequestGate holding) {
    gate = Optional.of(holding);
  }

  /** Routes a request, at once or when its route has been exchanged. */
  void route(HttpServerRequest request, Handler<HttpServerRequest> router) {
    if (gate.isEmpty()) {
      router.handle(request);
      return;
    }
    gate.get()
        .pass(
            request,
            router,
            problem -> reject(request, problem, request.getHeader(HeaderNames.REQUEST_ID)));
  }

  /** Answers a request that is not valid HTTP. */
  void rejectUnreadable(HttpServerRequest request) {
    String id = newId();
    setResponseHeaders(request, id);
    closeAfterResponse(request);
    reject(request, RequestHeadRules.fault(request.decoderResult()), id);
  }

  /**
   * Closes the connection after the response: the next bytes may be anything. HTTP/2 keeps its
   * requests apart.
   */
  private static void closeAfterResponse(HttpServerRequest request) {
    if (request.version() == HttpVersion.HTTP_2) {
      return;
    }
    request
        .response()
        .putHeader("Connection", "close")
        .endHandler(ended -> request.connection().close());
  }

  private static void setResponseHeaders(HttpServerRequest request, String id) {
    request.response().putHeader(HeaderNames.REQUEST_ID, id);
    request.response().putHeader("X-Content-Type-Options", "nosniff");
  }

  /** Logs no request of this path. */
  void leaveOut(String path) {
    unlogged = path;
  }

  private void reject(HttpServerRequest request, Problem problem, String id) {
    LogField.REQUEST_ID.during(
        id,
        () ->
            LOG.info(
                "method={} path={} status={} ms=0 address={} requestId={}",
                request.method(),
                RequestHeadRules.forLog(request.path()),
                problem.status(),
                sources.of(request).text(),
                id));
    ResponseWriter.write(request.response(), problem, id);
  }

  private void identify(RoutingContext context) {
    long begun = System.nanoTime();
    RequestContext.setSource(context, sources.of(context.request()));
    String id = context.request().getHeader(HeaderNames.REQUEST_ID);
    if (!context.request().path().equals(unlogged)) {
      context.addEndHandler(
          end -> LogField.REQUEST_ID.during(id, () -> logEnd(context, begun, id)));
    }
    gate.ifPresent(passed -> context.addEndHandler(end -> passed.leave(context.request())));
    context.next();
  }

  private void logEnd(RoutingContext context, long begun, String id) {
    LOG.atLevel(PollRequest.logLevel(context))
        .log(
            "method={} path={} status={} ms={} address={} requestId={}",
            context.request().method(),
            RequestHeadRules.forLog(context.normalizedPath()),
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
      closeAfterResponse(context.request());
    } else if (endpoint == null && !context.request().isEnded()) {
      UnreadBody.discard(context.vertx(), context.request());
    }
    ResponseWriter.write(context.response(), problem, id);
  }

  private static void logFault(
      RoutingContext context, Problem problem, Throwable failure, String id) {
    if (context.response().headWritten()) {
      // Clients may abort a thousand times a second; only an abort by the hub is a fault.
      FAULT_LOG
          .atLevel(isClientAbort(context, failure) ? Level.DEBUG : Level.WARN)
          .log(
              "requestId={} path={} broke off in mid-answer: {}",
              id,
              RequestHeadRules.forLog(context.normalizedPath()),
              String.valueOf(failure));
    } else if (problem.status() == 500) {
      FAULT_LOG.error(
          "requestId={} path={} failed{}",
          id,
          RequestHeadRules.forLog(context.normalizedPath()),
          failedStep(context).isEmpty() ? "" : " at " + failedStep(context),
          failure);
    }
  }

  /** Whether the client closed the connection or the stream of a response. */
  private static boolean isClientAbort(RoutingContext context, Throwable failure) {
    return context.response().closed() || failure instanceof Http2Exception.StreamException;
  }

  private static String failedStep(RoutingContext context) {
    return Optional.ofNullable(context.<String>get(RequestContext.FAILED_STEP)).orElse("");
  }

  private void answerNoRoute(Router router, RoutingContext context) {
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
    } else if (isBrowserAtRoot(context.request(), path)) {
      context.response().setStatusCode(302).putHeader("Location", "/console/").end();
    } else if (path.startsWith(WEBHOOKS)) {
      refusedWebhooks.accept("unknown", "source-unknown");
      fail(context, Problem.of(404, "source-unknown", "No route in routes/ receives this source."));
    } else {
      fail(context, Problems.ofStatus(404));
    }
  }

  /** Some senders check with HEAD whether a webhook's address exists. */
  private static boolean isProbe(HttpServerRequest request, String path) {
    return request.method().equals(HttpMethod.HEAD) && path.startsWith(WEBHOOKS);
  }

  /** A person who typed the hub's address, not a program. */
  private static boolean isBrowserAtRoot(HttpServerRequest request, String path) {
    String accept = request.getHeader("Accept");
    return path.equals("/")
        && (request.method().equals(HttpMethod.GET) || request.method().equals(HttpMethod.HEAD))
        && accept != null
        && accept.contains("text/html");
  }

  private static void fail(RoutingContext context, Problem problem) {
    context.fail(new ProblemException(problem));
  }

  /**
   * The methods of the routes at this path. A route without a method restriction would have
   * answered already.
   */
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
