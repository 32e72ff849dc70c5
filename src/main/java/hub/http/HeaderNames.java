package hub.http;

/** Names of HTTP headers that several classes use. */
public final class HeaderNames {
  public static final String AUTHORIZATION = "Authorization";

  public static final String CONTENT_TYPE = "Content-Type";

  /** The key under which a request may be sent again without a second effect. */
  public static final String IDEMPOTENCY_KEY = "Idempotency-Key";

  /**
   * Request header of a program that asks again and again, such as {@code tail}; any value. An
   * operator's successful request with it is logged at DEBUG only.
   */
  public static final String POLL = "Hub-Poll";

  /** Request and response header with the request's id. */
  public static final String REQUEST_ID = "X-Request-Id";

  public static final String RETRY_AFTER = "Retry-After";

  private HeaderNames() {}
}
