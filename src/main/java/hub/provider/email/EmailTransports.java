package hub.provider.email;

import hub.call.policy.Providers;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.camel.CamelContext;
import org.apache.camel.Route;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.model.ProcessorDefinitionHelper;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.ToDefinition;

/**
 * The ways to send e-mail: one for each route from {@code direct:email-by-NAME}. What a way needs
 * is what the calls to the provider of its name need. Thread-safe.
 */
final class EmailTransports {
  private static final String ROUTE = "direct://email-by-";

  /** The route that reads the files of an e-mail for the way of sending. */
  private static final String READING = "direct:email-read-attachments";

  private final Optional<CamelContext> context;

  private EmailTransports(Optional<CamelContext> context) {
    this.context = context;
  }

  /** Of the routes that run. */
  static EmailTransports of(CamelContext context) {
    return new EmailTransports(Optional.of(context));
  }

  /** None, where no routes run. */
  static EmailTransports none() {
    return new EmailTransports(Optional.empty());
  }

  Set<String> names() {
    Set<String> names = new TreeSet<>();
    context.ifPresent(
        camel -> {
          for (Route route : camel.getRoutes()) {
            String from = route.getEndpoint().getEndpointUri();
            if (from.startsWith(ROUTE)) {
              names.add(from.substring(ROUTE.length()));
            }
          }
        });
    return names;
  }

  /**
   * Whether this way takes files along: then its route reads them by a step to {@code
   * direct:email-read-attachments}. Not checked, thus true, for a way without a route.
   */
  boolean takesAttachments(String name) {
    List<RouteDefinition> routes =
        context.stream()
            .flatMap(camel -> ((ModelCamelContext) camel).getRouteDefinitions().stream())
            .filter(route -> isFrom(route, "email-by-" + name))
            .toList();
    return routes.isEmpty()
        || routes.stream()
            .flatMap(
                route ->
                    ProcessorDefinitionHelper.filterTypeInOutputs(
                        route.getOutputs(), ToDefinition.class)
                        .stream())
            .anyMatch(step -> READING.equals(step.getEndpointUri()));
  }

  private static boolean isFrom(RouteDefinition route, String direct) {
    return route.getInput() != null
        && ("direct:" + direct).equals(route.getInput().getEndpointUri());
  }

  /** The variables without which this way cannot work. */
  Set<String> needs(String name) {
    return context
        .map(camel -> camel.getRegistry().lookupByNameAndType(Providers.BEAN, Providers.class))
        .map(providers -> providers.needsOf(name))
        .orElse(Set.of());
  }
}
