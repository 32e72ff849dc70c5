package hub.lint;

import java.util.Locale;
import java.util.Set;

/** Checks {@code cacheSeconds} of {@code http-api-action}: only GET and HEAD are cached. */
final class CacheRules {
  private static final Set<String> CACHED = Set.of("GET", "HEAD");

  private final Faults faults;

  CacheRules(Faults faults) {
    this.faults = faults;
  }

  /** Checks an endpoint of a Kamelet. */
  void check(Endpoint endpoint) {
    if (!endpoint.name().equals("http-api-action")) {
      return;
    }
    String method = endpoint.value("method").orElse("GET").strip().toUpperCase(Locale.ROOT);
    Endpoint.Parameter seconds = endpoint.parameters().get("cacheSeconds");
    if (seconds != null
        && seconds.value().strip().matches("0*[1-9][0-9]*")
        && !method.contains("{")
        && !CACHED.contains(method)) {
      faults.warning(
          seconds.location(),
          "the answer to " + method + " is never kept, so cacheSeconds does nothing",
          "leave it out, or ask with GET");
    }
  }
}
