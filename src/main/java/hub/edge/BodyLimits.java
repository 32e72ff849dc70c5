package hub.edge;

import hub.problem.ProblemException;
import hub.settings.Setting;
import hub.settings.Settings;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.util.Set;

/**
 * How much of a request's body is taken, and how long that may last.
 *
 * @param maxBytes largest body of a route that says nothing else
 * @param timeoutSeconds how long a body may take that is read as a whole
 * @param idleSeconds how long a body may rest that is read while it arrives
 * @param budget of all bodies together
 */
record BodyLimits(int maxBytes, int timeoutSeconds, int idleSeconds, BodyBudget budget) {
  /** Of a key to sign in, or of a request that needs no body. */
  private static final int SMALL_BYTES = 8 * 1024;

  private static final Set<HttpMethod> WITHOUT_BODY =
      Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.DELETE, HttpMethod.OPTIONS);

  /** Reads the body of {@code context}'s request. */
  RawBody read(RoutingContext context) {
    HttpServerRequest request = context.request();
    return RawBody.read(
        context.vertx().getOrCreateContext(),
        request,
        maxBytesOf(context),
        timeoutSeconds,
        budget,
        FrontDoor.sourceOf(context));
  }

  /** Before the body handler of Vert.x, which tells nobody what it holds: room for all of it. */
  Handler<RoutingContext> before(Handler<RoutingContext> bodyHandler) {
    return context -> {
      HttpServerRequest request = context.request();
      BodyBudget.Reservation reservation =
          budget.open(FrontDoor.sourceOf(context), () -> request.connection().close());
      context.addEndHandler(end -> reservation.release());
      if (reservation.take(expectedBytes(request))) {
        bodyHandler.handle(context);
      } else {
        context.fail(new ProblemException(Problems.overloaded()));
      }
    };
  }

  private long expectedBytes(HttpServerRequest request) {
    String length = request.getHeader("Content-Length");
    if (length != null) {
      // What is larger is refused without being read.
      return Math.min(maxBytes, Long.parseLong(length.trim()));
    }
    return request.getHeader("Transfer-Encoding") == null ? 0 : maxBytes;
  }

  private int maxBytesOf(RoutingContext context) {
    String path = context.normalizedPath();
    boolean small =
        WITHOUT_BODY.contains(context.request().method())
            || path.startsWith("/console/")
            || path.startsWith("/api/auth/");
    return small ? Math.min(SMALL_BYTES, maxBytes) : maxBytes;
  }

  /** {@code hub.http.bodies-max-bytes}, or an eighth of the heap. */
  static long budgetBytes(Settings settings) {
    String set = settings.text(Setting.BODIES_MAX_BYTES);
    return set.isEmpty() ? Runtime.getRuntime().maxMemory() / 8 : Long.parseLong(set);
  }
}
