package hub.http;

import io.vertx.ext.web.RoutingContext;

/**
 * Names under which the hub keeps facts about a request: on the Vert.x context, and on the
 * exchange.
 */
public final class RequestContext {
  /** Exchange property with the request's id; it stays when a route removes the headers. */
  public static final String REQUEST_ID_PROPERTY = "HubRequestId";

  /** Exchange property with the idempotency key of the whole request; the response carries it. */
  public static final String IDEMPOTENCY_KEY_PROPERTY = "HubIdempotencyKey";

  /** Exchange property with the name of the caller that the key belongs to. */
  public static final String CALLER_PROPERTY = "HubCaller";

  /** Context: the path of the route that serves the request. */
  public static final String ENDPOINT = "hub.endpoint";

  /** Context: the step of the route at which the request failed. */
  public static final String FAILED_STEP = "hub.failed-step";

  /** Context: the {@link SourceAddress}. */
  private static final String SOURCE = "hub.source";

  private RequestContext() {}

  /** Where the request comes from; unknown until {@link #setSource}. */
  public static SourceAddress source(RoutingContext context) {
    SourceAddress source = context.get(SOURCE);
    return source == null ? SourceAddress.unknown() : source;
  }

  public static void setSource(RoutingContext context, SourceAddress source) {
    context.put(SOURCE, source);
  }
}
