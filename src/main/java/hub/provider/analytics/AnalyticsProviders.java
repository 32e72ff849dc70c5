package hub.provider.analytics;

import hub.call.policy.Providers;
import hub.config.Settings;
import hub.http.problem.Problem;
import hub.http.problem.ProblemException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.apache.camel.Route;

/**
 * The analytics providers: one for each route from {@code direct:analytics-by-NAME}. What one needs
 * is what the calls to the provider of its name need. Thread-safe.
 */
final class AnalyticsProviders {
  /** Name in the registry. */
  static final String BEAN = "analyticsProviders";

  private static final String ROUTE = "direct://analytics-by-";

  private final CamelContext context;
  private final Settings settings;

  /**
   * @param context has the routes
   */
  AnalyticsProviders(CamelContext context, Settings settings) {
    this.context = context;
    this.settings = settings;
  }

  /**
   * Does nothing where there is no such route: then somebody else handles the events.
   *
   * @throws ProblemException 503 {@code not-configured} when no provider has all that it needs
   */
  void require() {
    List<Set<String>> missing = names().stream().map(this::missing).distinct().toList();
    if (missing.isEmpty() || missing.stream().anyMatch(Set::isEmpty)) {
      return;
    }
    throw new ProblemException(
        Problem.of(
            503,
            "not-configured",
            "analytics is not configured: set "
                + missing.stream()
                    .map(names -> String.join(" and ", names))
                    .collect(Collectors.joining(", or "))
                + Settings.TAKES_EFFECT));
  }

  private Set<String> names() {
    Set<String> names = new TreeSet<>();
    for (Route route : context.getRoutes()) {
      String from = route.getEndpoint().getEndpointUri();
      if (from.startsWith(ROUTE)) {
        names.add(from.substring(ROUTE.length()));
      }
    }
    return names;
  }

  private Set<String> missing(String name) {
    Providers providers =
        context.getRegistry().lookupByNameAndType(Providers.BEAN, Providers.class);
    return providers.needsOf(name).stream()
        .filter(setting -> settings.named(setting).isEmpty())
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
