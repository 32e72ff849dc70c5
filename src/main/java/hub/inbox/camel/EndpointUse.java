package hub.inbox.camel;

import java.util.Locale;
import java.util.Optional;
import org.apache.camel.CamelContext;
import org.apache.camel.NamedNode;
import org.apache.camel.model.EnrichDefinition;
import org.apache.camel.model.SendDefinition;
import org.apache.camel.model.ToDynamicDefinition;
import org.apache.camel.model.WireTapDefinition;
import org.apache.camel.model.language.ConstantExpression;

/**
 * An endpoint that a step sends to.
 *
 * @param scheme in lower case; empty when only the run knows it
 * @param isDynamic whether the rest of the address is only known at run time
 */
record EndpointUse(String scheme, String uri, boolean isDynamic) {
  /** Empty for a step that sends to no endpoint, or to one that only the run knows. */
  static Optional<EndpointUse> of(CamelContext context, NamedNode step) {
    if (step instanceof SendDefinition<?> send) {
      return Optional.of(of(context, send.getEndpointUri(), false));
    }
    if (step instanceof ToDynamicDefinition send && !(step instanceof WireTapDefinition<?>)) {
      EndpointUse use = of(context, send.getUri(), true);
      return use.scheme.isEmpty() ? Optional.empty() : Optional.of(use);
    }
    if (step instanceof EnrichDefinition enrich
        && enrich.getExpression() instanceof ConstantExpression constant
        && enrich.getAggregationStrategy() == null
        && enrich.getAggregationStrategyBean() == null) {
      return Optional.of(of(context, constant.getExpression(), false));
    }
    return Optional.empty();
  }

  private static EndpointUse of(CamelContext context, String uri, boolean mayBeDynamic) {
    String resolved = resolve(context, uri);
    int colon = resolved.indexOf(':');
    String scheme = colon < 0 ? "" : resolved.substring(0, colon).toLowerCase(Locale.ROOT);
    boolean isDynamic = mayBeDynamic && resolved.matches("(?s).*\\$(simple)?\\{.*");
    return new EndpointUse(scheme.contains("{") ? "" : scheme, resolved, isDynamic);
  }

  private static String resolve(CamelContext context, String uri) {
    try {
      return context.resolvePropertyPlaceholders(uri);
    } catch (RuntimeException e) {
      // A parameter of a Kamelet.
      return uri;
    }
  }

  /** Whether a setting or a parameter that is not known yet fills in a part. */
  boolean isFilledIn() {
    return uri.contains("{{");
  }

  /** What follows the scheme, without options. */
  String name() {
    return uri.substring(uri.indexOf(':') + 1).replaceFirst("\\?.*", "").replaceFirst("^/+", "");
  }
}
