package hub.http.server;

import hub.http.HeaderNames;
import hub.http.RequestContext;
import hub.http.WorkerPools;
import hub.http.auth.Authorizer;
import hub.http.auth.Operator;
import hub.http.body.BodyLimits;
import hub.http.body.BodyStream;
import hub.http.body.RawBody;
import hub.http.problem.Problem;
import hub.http.problem.ProblemException;
import hub.http.problem.Problems;
import hub.util.step.FailedStep;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePattern;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.apache.camel.component.platform.http.PlatformHttpEndpoint;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpConsumer;

/**
 * Camel's HTTP consumer with these differences:
 *
 * <ul>
 *   <li>A route that waits (for a commit, a provider) holds no thread.
 *   <li>A route gets the raw bytes, up to its path's limit in {@link BodyLimits}, for every
 *       Content-Type. For a request without a body it gets null; with {@code useBodyHandler=false},
 *       an empty array, so that steps that read JSON or verify bytes see a body.
 *   <li>With {@code useStreaming=true} it gets a {@link BodyStream}, which is never buffered as a
 *       whole.
 *   <li>A path parameter is one text, also when a header or query parameter has its name.
 *   <li>An exception becomes a {@link Problem}, and so does a suspended route.
 *   <li>Of the request's headers none is copied to the response; the response carries the call's
 *       idempotency key.
 * </ul>
 */
final class HubHttpConsumer extends VertxPlatformHttpConsumer {
  /** Context: the body that must be released after the response. */
  private static final String BODY = "hub.body";

  private final BodyLimits limits;
  private final boolean streams;
  private final WorkerPools workerPools;
  private final WorkerPools.Group group;

  HubHttpConsumer(
      PlatformHttpEndpoint endpoint,
      Processor processor,
      List<Handler<RoutingContext>> handlers,
      String routerName,
      BodyLimits limits,
      WorkerPools workerPools) {
    super(endpoint, processor, handlers, routerName);
    this.limits = limits;
    this.streams = endpoint.isUseStreaming();
    this.workerPools = workerPools;
    this.group = WorkerPools.Group.of(endpoint.getPath());
  }

  /**
   * Turns off Camel's own body handlers: they read the whole body into memory or a file, without a
   * common limit.
   */
  @Override
  protected void doInit() throws Exception {
    boolean bodyHandler = getEndpoint().isUseBodyHandler();
    getEndpoint().setUseStreaming(false);
    getEndpoint().setUseBodyHandler(false);
    try {
      super.doInit();
    } finally {
      getEndpoint().setUseStreaming(streams);
      getEndpoint().setUseBodyHandler(bodyHandler);
    }
  }

  @Override
  protected void handleRequest(RoutingContext context) {
    if (context.get(Authorizer.ADMITTED) == null) {
      // Without the request pipeline no key was checked: refuse.
      context.response().setStatusCode(503).end();
      return;
    }
    context.put(RequestContext.ENDPOINT, getEndpoint().getPath());
    if (isSuspended()) {
      context.fail(new ProblemException(suspended(context)));
      return;
    }
    Exchange exchange = createExchange(false);
    exchange.setPattern(ExchangePattern.InOut);
    exchange.setProperty(RequestContext.CALLER_PROPERTY, context.<String>get(Authorizer.CALLER));
    exchange.setProperty(Operator.PROPERTY, context.<Operator>get(Authorizer.OPERATOR));
    exchange.setProperty(
        RequestContext.REQUEST_ID_PROPERTY, context.request().getHeader(HeaderNames.REQUEST_ID));
    Context eventLoop = context.vertx().getOrCreateContext();
    processHttpRequest(exchange, context)
        .onFailure(error -> end(exchange, context, error))
        .onSuccess(
            ready ->
                workerPools.execute(
                    context.vertx(),
                    group,
                    () -> begin(exchange, context),
                    error -> eventLoop.runOnContext(now -> end(exchange, context, error))));
  }

  /** A stopping hub suspends its routes first. */
  private Problem suspended(RoutingContext context) {
    if (getEndpoint().getCamelContext().isStopping()) {
      context.response().putHeader("Connection", "close");
      return Problems.stopping();
    }
    return Problem.of(503, "suspended", "This route is suspended by an operator.").retryAfter(30);
  }

  @Override
  protected Future<Void> populateCamelMessage(
      RoutingContext context, Exchange exchange, Message message) {
    Future<Void> populated =
        super.populateCamelMessage(context, exchange, message)
            .map(done -> setPathParameters(context, message));
    HttpServerRequest request = context.request();
    if (streams) {
      exchange.getExchangeExtension().setStreamCacheDisabled(true);
      BodyStream body =
          new BodyStream(context.vertx().getOrCreateContext(), request, limits.idleSeconds());
      message.setBody(body);
      context.put(BODY, body);
      return populated;
    }
    return populated
        .compose(
            done -> {
              RawBody body = limits.read(context, getEndpoint().getPath());
              context.put(BODY, body);
              return body.bytes();
            })
        .map(
            bytes -> {
              boolean none = bytes.length == 0 && getEndpoint().isUseBodyHandler();
              message.setBody(none ? null : bytes);
              return null;
            });
  }

  /**
   * Sets path parameters as headers again: Camel makes a list when a header or a query parameter
   * has the same name.
   */
  private static Void setPathParameters(RoutingContext context, Message message) {
    context
        .pathParams()
        .forEach(
            (name, value) -> {
              if (value.indexOf('\0') >= 0) {
                // No database, file system or provider accepts a NUL; each would fail differently.
                throw new ProblemException(Problems.ofStatus(400));
              }
              message.setHeader(name, value);
            });
    return null;
  }

  /**
   * Runs the route on a worker thread; after an asynchronous step it continues on the thread that
   * completed the step.
   */
  private void begin(Exchange exchange, RoutingContext context) throws Exception {
    createUoW(exchange);
    Map<String, Object> requestHeaders = new HashMap<>(exchange.getMessage().getHeaders());
    getAsyncProcessor()
        .process(
            exchange,
            doneSync -> {
              dropRequestHeaders(requestHeaders, exchange.getMessage());
              end(exchange, context, exchange.getException());
            });
  }

  /** Removes the request's headers that the route did not change. */
  private static void dropRequestHeaders(Map<String, Object> requestHeaders, Message response) {
    requestHeaders.forEach(
        (name, value) -> {
          if (response.getHeader(name) == value) {
            response.removeHeader(name);
          }
        });
  }

  private static void releaseBody(Object body) {
    if (body instanceof BodyStream stream) {
      stream.discard();
    } else if (body instanceof RawBody raw) {
      raw.release();
    }
  }

  private void end(Exchange exchange, RoutingContext context, Throwable error) {
    String key = exchange.getProperty(RequestContext.IDEMPOTENCY_KEY_PROPERTY, String.class);
    if (key != null && !context.response().headWritten()) {
      context.response().putHeader(HeaderNames.IDEMPOTENCY_KEY, key);
    }
    context.put(RequestContext.FAILED_STEP, FailedStep.of(exchange));
    Future<Void> written =
        error == null
            ? ResponseWriter.write(context, exchange, getEndpoint().getHeaderFilterStrategy())
            : Future.failedFuture(error);
    written
        .onFailure(context::fail)
        .onComplete(
            result -> {
              releaseBody(context.get(BODY));
              doneUoW(exchange);
              releaseExchange(exchange, false);
            });
  }
}
