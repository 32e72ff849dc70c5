package hub.provider.email;

import hub.call.policy.Providers;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.camel.CamelContext;
import org.apache.camel.Route;

/**
 * The ways to send e-mail: one for each route from {@code direct:email-by-NAME}. What a way needs
 * is what the calls to the provider of its name need. Thread-safe.
 */
final class EmailTransports {
  private static final String ROUTE = "direct://email-by-";

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

  /** The variables without which this way cannot work. */
  Set<String> needs(String name) {
    return context
        .map(camel -> camel.getRegistry().lookupByNameAndType(Providers.BEAN, Providers.class))
        .map(providers -> providers.needsOf(name))
        .orElse(Set.of());
  }
}
