package hub.http.body;

import hub.config.Setting;
import hub.config.Settings;
import hub.http.RequestContext;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Limits for the size and the duration of request bodies, and the {@link BodyBudget} that all
 * bodies share. A path has its own limit, or the default. Requests that need no body, or a login
 * form only, get a small limit. Thread-safe.
 */
public final class BodyLimits {
  /** Name in the registry. */
  public static final String BEAN = "bodyLimits";

  private static final Logger LOG = LoggerFactory.getLogger(BodyLimits.class);

  /** For the sign-in with a key, and for requests that need no body. */
  private static final int SMALL_BYTES = 8 * 1024;

  private static final String WEBHOOKS = "/api/webhooks/";
  private static final String REMEDY = "; see hub.webhook.max-body-bytes";
  private static final String WEBHOOK_REMEDY =
      "; see maxBodyBytes of the source and hub.webhook.max-body-bytes";

  private static final Set<HttpMethod> WITHOUT_BODY =
      Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.DELETE, HttpMethod.OPTIONS);

  /** Without {@code hub.http.bodies-max-bytes}, all bodies may use 1/8 of the heap. */
  private static final int HEAP_FRACTION = 8;

  /** The budget may grow to this part of the heap, so that two of the largest bodies fit. */
  private static final int MAX_HEAP_FRACTION = 4;

  private final int defaultBytes;
  private final int timeoutSeconds;
  private final int idleSeconds;
  private final boolean configured;
  private final BodyBudget budget;
  private final Map<String, Integer> byPath = new ConcurrentHashMap<>();

  /**
   * @throws IllegalArgumentException when {@code hub.webhook.max-body-bytes} is over half of the
   *     budget
   */
  public BodyLimits(Settings settings) {
    this(settings, Runtime.getRuntime().maxMemory());
  }

  BodyLimits(Settings settings, long heap) {
    this.defaultBytes = settings.count(Setting.MAX_BODY_BYTES);
    this.timeoutSeconds = settings.count(Setting.BODY_TIMEOUT_SECONDS);
    this.idleSeconds = settings.count(Setting.HTTP_IDLE_SECONDS);
    String total = settings.text(Setting.BODIES_MAX_BYTES);
    this.configured = !total.isEmpty();
    this.budget =
        configured
            ? new BodyBudget(Long.parseLong(total), Long.parseLong(total))
            : new BodyBudget(heap / HEAP_FRACTION, heap / MAX_HEAP_FRACTION);
    budget.allowBodiesOf(defaultBytes);
    if (defaultBytes > budget.total() / 2) {
      throw tooLarge(Setting.MAX_BODY_BYTES.key(), defaultBytes);
    }
  }

  /**
   * The largest limit for one body: half of {@code hub.http.bodies-max-bytes}, or, when that is
   * empty, half of the most that bodies may use of the heap.
   */
  public static long largest(Settings settings) {
    String total = settings.text(Setting.BODIES_MAX_BYTES);
    return (total.isEmpty()
            ? Runtime.getRuntime().maxMemory() / MAX_HEAP_FRACTION
            : Long.parseLong(total))
        / 2;
  }

  private IllegalArgumentException tooLarge(String limit, int bytes) {
    return new IllegalArgumentException(
        "%s (%d) is over half of %s (%d): lower it, raise %s, or give the hub a larger heap by -Xmx"
            .formatted(
                limit,
                bytes,
                Setting.BODIES_MAX_BYTES.key(),
                budget.total(),
                Setting.BODIES_MAX_BYTES.key()));
  }

  /** The limit of a route's path, in bytes. */
  int of(String path) {
    return byPath.getOrDefault(path, defaultBytes);
  }

  /**
   * Gives a path its own limit. When the budget depends on the heap and is smaller than twice the
   * limit, the path gets less, with a warning.
   *
   * @throws IllegalArgumentException when the limit is over half of a configured budget
   */
  public void set(String path, int bytes) {
    budget.allowBodiesOf(bytes);
    int granted = (int) Math.min(bytes, budget.total() / 2);
    if (granted < bytes && configured) {
      throw tooLarge("maxBodyBytes", bytes);
    }
    if (granted < bytes) {
      LOG.warn(
          "path={} takes bodies of {} bytes instead of its maxBodyBytes of {}: the heap is too small; raise -Xmx",
          path,
          granted,
          bytes);
    }
    byPath.put(path, granted);
  }

  public void remove(String path) {
    byPath.remove(path);
  }

  /** How long a sender may pause within a streamed body. */
  public int idleSeconds() {
    return idleSeconds;
  }

  /**
   * Reads the body of {@code context}'s request, on its event loop.
   *
   * @param path the path of its route
   */
  public RawBody read(RoutingContext context, String path) {
    return RawBody.read(
        context.vertx().getOrCreateContext(),
        context.request(),
        limit(context.request().method(), path),
        budget,
        RequestContext.source(context));
  }

  private RawBody.Limit limit(HttpMethod method, String path) {
    return needsNone(method, path)
        ? new RawBody.Limit(Math.min(SMALL_BYTES, of(path)), timeoutSeconds, "")
        : new RawBody.Limit(of(path), timeoutSeconds, remedy(path));
  }

  private static String remedy(String path) {
    return path.startsWith(WEBHOOKS) ? WEBHOOK_REMEDY : REMEDY;
  }

  private static boolean needsNone(HttpMethod method, String path) {
    return WITHOUT_BODY.contains(method)
        || path.startsWith("/console")
        || path.startsWith("/api/auth/");
  }
}
