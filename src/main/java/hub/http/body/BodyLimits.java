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
 * How large a request's body may be, how long it may take, and the {@link BodyBudget} that all of
 * them share: a path has a limit of its own, or everybody's; who needs no body, or only a key in
 * it, gets little. Thread-safe.
 */
public final class BodyLimits {
  private static final Logger LOG = LoggerFactory.getLogger(BodyLimits.class);

  /** Of a key to sign in with, or of a request that needs no body. */
  private static final int SMALL_BYTES = 8 * 1024;

  private static final String REMEDY =
      "; see maxBodyBytes of the source and hub.webhook.max-body-bytes";

  private static final Set<HttpMethod> WITHOUT_BODY =
      Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.DELETE, HttpMethod.OPTIONS);

  /** What all bodies may take of the heap where nobody says how much. */
  private static final int PART_OF_HEAP = 8;

  /** As much at most, so that two of the largest bodies fit. */
  private static final int MAX_OF_HEAP = 4;

  private final int usual;
  private final int timeoutSeconds;
  private final int idleSeconds;
  private final boolean chosen;
  private final BodyBudget budget;
  private final Map<String, Integer> own = new ConcurrentHashMap<>();

  /**
   * @throws IllegalArgumentException when {@code hub.webhook.max-body-bytes} is over half of the
   *     budget
   */
  public BodyLimits(Settings settings) {
    this(settings, Runtime.getRuntime().maxMemory());
  }

  BodyLimits(Settings settings, long heap) {
    this.usual = settings.count(Setting.MAX_BODY_BYTES);
    this.timeoutSeconds = settings.count(Setting.BODY_TIMEOUT_SECONDS);
    this.idleSeconds = settings.count(Setting.HTTP_IDLE_SECONDS);
    String total = settings.text(Setting.BODIES_MAX_BYTES);
    this.chosen = !total.isEmpty();
    this.budget =
        chosen
            ? new BodyBudget(Long.parseLong(total), Long.parseLong(total))
            : new BodyBudget(heap / PART_OF_HEAP, heap / MAX_OF_HEAP);
    budget.expect(usual);
    if (usual > budget.total() / 2) {
      throw tooLarge(Setting.MAX_BODY_BYTES.key(), usual);
    }
  }

  /**
   * The largest limit that a body may have under {@code hub.http.bodies-max-bytes}, or under what
   * the heap leaves for bodies where that is empty.
   */
  public static long largest(Settings settings) {
    String total = settings.text(Setting.BODIES_MAX_BYTES);
    return (total.isEmpty()
            ? Runtime.getRuntime().maxMemory() / MAX_OF_HEAP
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
    return own.getOrDefault(path, usual);
  }

  /**
   * Gives a path its own limit. Where the budget is the heap's, and too small for twice of it, the
   * path gets less, with a warning.
   *
   * @throws IllegalArgumentException when it is over half of a budget that somebody chose
   */
  public void set(String path, int bytes) {
    budget.expect(bytes);
    int most = (int) Math.min(bytes, budget.total() / 2);
    if (most < bytes && chosen) {
      throw tooLarge("maxBodyBytes", bytes);
    }
    if (most < bytes) {
      LOG.warn(
          "path={} takes bodies of {} bytes instead of its maxBodyBytes of {}: the heap is too small; raise -Xmx",
          path,
          most,
          bytes);
    }
    own.put(path, most);
  }

  public void remove(String path) {
    own.remove(path);
  }

  /** How long a sender may be silent within a body that is read while it arrives. */
  public int idleSeconds() {
    return idleSeconds;
  }

  /**
   * Reads the body of {@code context}'s request, on its event loop.
   *
   * @param path of its route
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
        : new RawBody.Limit(of(path), timeoutSeconds, REMEDY);
  }

  private static boolean needsNone(HttpMethod method, String path) {
    return WITHOUT_BODY.contains(method)
        || path.startsWith("/console")
        || path.startsWith("/api/auth/");
  }
}
