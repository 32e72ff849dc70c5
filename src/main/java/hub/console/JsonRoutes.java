package hub.console;

import com.fasterxml.jackson.databind.node.ObjectNode;
import hub.http.auth.Operator;
import hub.util.Json;
import io.vertx.core.http.HttpServerRequest;
import java.util.Optional;
import java.util.Set;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.platform.http.vertx.HttpMessage;

/** Base of routes below {@code /api/admin} that answer with JSON. */
abstract class JsonRoutes extends RouteBuilder {
  static final String BASE = "/api/admin";

  /** Answers a request that may have no content. */
  interface Call {
    /** {@return the content, or empty for no content} */
    Optional<ObjectNode> answer(Exchange exchange) throws Exception;
  }

  /** Answers a request that only reads. */
  interface Show {
    ObjectNode answer(Exchange exchange) throws Exception;
  }

  /**
   * Adds a GET route, which answers with 200 and an {@code ETag}.
   *
   * @param path below {@link #BASE}
   */
  final void get(String path, String routeId, String description, Show show) {
    call("GET", path, 200, routeId, description, exchange -> Optional.of(show.answer(exchange)));
  }

  /** Adds a route; it answers with {@code status}, or with 204 when there is no content. */
  final void call(
      String method, String path, int status, String routeId, String description, Call call) {
    // A problem is an answer, not an error to log.
    from("platform-http:" + BASE + path + "?useBodyHandler=false&httpMethodRestrict=" + method)
        .errorHandler(noErrorHandler())
        .routeId(routeId)
        .routeDescription(description)
        .process(exchange -> answer(exchange, status, call.answer(exchange)));
  }

  private static void answer(Exchange exchange, int status, Optional<ObjectNode> answer) {
    String known = request(exchange).getHeader("If-None-Match");
    exchange.getMessage().removeHeaders("*");
    exchange.getMessage().setHeader("Cache-Control", "no-store");
    if (answer.isEmpty()) {
      exchange.getMessage().setHeader(Exchange.HTTP_RESPONSE_CODE, 204);
      exchange.getMessage().setBody(null);
      return;
    }
    byte[] body = Json.bytes(answer.get());
    if (request(exchange).method().name().equals("GET")) {
      // The console polls every few seconds; an unchanged answer is a 304.
      String tag = ETag.of(body);
      exchange.getMessage().setHeader("ETag", tag);
      exchange.getMessage().setHeader("Cache-Control", "private, no-cache");
      if (tag.equals(known)) {
        exchange.getMessage().setHeader(Exchange.HTTP_RESPONSE_CODE, 304);
        exchange.getMessage().setBody(null);
        return;
      }
    }
    exchange.getMessage().setHeader(Exchange.CONTENT_TYPE, "application/json");
    exchange.getMessage().setHeader(Exchange.HTTP_RESPONSE_CODE, status);
    exchange.getMessage().setBody(body);
  }

  static void noParameters(Exchange exchange) {
    RequestFields.ofQuery(request(exchange).query(), Set.of()).refuseFaults();
  }

  static HttpServerRequest request(Exchange exchange) {
    return exchange.getMessage(HttpMessage.class).getRequest();
  }

  static Operator operator(Exchange exchange) {
    return exchange.getProperty(Operator.PROPERTY, Operator.class);
  }
}
