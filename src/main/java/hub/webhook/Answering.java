package hub.webhook;

import org.apache.camel.Exchange;

/** Answers a request with nothing of what it has asked. */
final class Answering {
  private Answering() {}

  /**
   * @param contentType empty: none
   * @param body empty: none
   */
  static void with(Exchange exchange, int status, String contentType, String body) {
    exchange.getMessage().removeHeaders("*");
    exchange.getMessage().setHeader(Exchange.HTTP_RESPONSE_CODE, status);
    if (!contentType.isEmpty()) {
      exchange.getMessage().setHeader(Exchange.CONTENT_TYPE, contentType);
    }
    exchange.getMessage().setBody(body.isEmpty() ? null : body);
  }

  /** As above, and the route's steps are not run. */
  static void stop(Exchange exchange, int status, String contentType, String body) {
    with(exchange, status, contentType, body);
    exchange.setRouteStop(true);
  }
}
