package hub.http.server;

import hub.http.HeaderNames;
import hub.http.auth.Authorizer;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;
import org.slf4j.event.Level;

/** Keeps programs that ask every second from filling the log of requests. */
final class PollRequest {
  private static final int FIRST_FAILURE = 400;

  private PollRequest() {}

  /**
   * The level of the line about a request that has ended: DEBUG for an operator's successful GET
   * that says it is one of many, INFO for every other.
   */
  static Level logLevel(RoutingContext context) {
    boolean isPoll =
        context.request().getHeader(HeaderNames.POLL) != null
            && context.request().method().equals(HttpMethod.GET)
            && context.get(Authorizer.OPERATOR) != null
            && context.response().getStatusCode() < FIRST_FAILURE;
    return isPoll ? Level.DEBUG : Level.INFO;
  }
}
