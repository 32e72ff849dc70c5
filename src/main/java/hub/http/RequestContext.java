package hub.http;

import io.vertx.ext.web.RoutingContext;

/** What the hub keeps of a request while it is served: on its context, and on its exchange. */
public final class RequestContext {
  /** Exchange property with the request's id, whatever becomes of the headers. */
  public static final String REQUEST_ID_PROPERTY = "HubRequestId";

  /** Exchange property with the idempotency key of the whole request; the answer tells it. */
  public static final String IDEMPOTENCY_KEY_PROPERTY = "HubIdempotencyKey";

  /** Exchange property with the name of the caller whose key was shown. */
  public static final String CALLER_PROPERTY = "HubCaller";

  /** Context: the path of the route that took the request. */
  public static final String ENDPOINT = "hub.endpoint";

  /** Context: where in the routes the request failed. */
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
