package hub.lint;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.camel.CamelContext;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.model.ProcessorDefinitionHelper;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.ToDefinition;

/** Everything that the files define, for rules that look across files. */
final class Project {
  private final List<Route> routes = new ArrayList<>();
  private final List<Endpoint> endpoints = new ArrayList<>();
  private final Map<String, Kamelet> kamelets = new LinkedHashMap<>();
  private final Set<String> routeConfigurations = new LinkedHashSet<>();
  private final Set<String> loginProviders = new LinkedHashSet<>();
  private final Set<String> consumedElsewhere = new LinkedHashSet<>();
  private final Set<String> producedElsewhere = new LinkedHashSet<>();
  private final List<List<Spot>> spots = new ArrayList<>();

  /** Includes the routes that {@code context} has already: those of the engine. */
  Project(CamelContext context) {
    if (context instanceof ModelCamelContext model) {
      model.getRouteDefinitions().forEach(this::addElsewhere);
      model
          .getRouteConfigurationDefinitions()
          .forEach(configuration -> routeConfigurations.add(configuration.getId()));
    }
  }

  private void addElsewhere(RouteDefinition route) {
    consumedElsewhere.add(plain(route.getInput().getEndpointUri()));
    ProcessorDefinitionHelper.filterTypeInOutputs(route.getOutputs(), ToDefinition.class)
        .forEach(to -> producedElsewhere.add(plain(to.getEndpointUri())));
  }

  private static String plain(String uri) {
    return uri.replaceFirst("\\?.*", "").replaceFirst(":/+", ":");
  }

  void add(Route route) {
    routes.add(route);
    endpoints.addAll(route.endpoints());
  }

  void add(List<Endpoint> outsideRoutes) {
    endpoints.addAll(outsideRoutes);
  }

  /** Adds a file of routes or a Kamelet, for rules that look at every entry. */
  void add(YamlTree file) {
    spots.add(Spot.in(file));
  }

  /** The entries of each file of routes and of each Kamelet. */
  List<List<Spot>> spots() {
    return spots;
  }

  /** Whether code or settings append to the inbox. */
  boolean isFedElsewhere(String inbox) {
    return producedElsewhere.contains("inbox:" + inbox);
  }

  void add(Kamelet kamelet) {
    kamelets.put(kamelet.name(), kamelet);
  }

  /** A source that the settings open, so that its inbox is fed without a route file. */
  void addOpenedSource(String source) {
    producedElsewhere.add("inbox:" + source);
  }

  void addRouteConfiguration(String id) {
    routeConfigurations.add(id);
  }

  void addLoginProvider(String name) {
    loginProviders.add(name);
  }

  List<Route> routes() {
    return routes;
  }

  List<Endpoint> endpoints() {
    return endpoints;
  }

  Map<String, Kamelet> kamelets() {
    return kamelets;
  }

  Set<String> routeConfigurations() {
    return routeConfigurations;
  }

  Set<String> loginProviders() {
    return loginProviders;
  }

  /** The names after {@code scheme:} that some route consumes from. */
  Set<String> consumed(String scheme) {
    return names(scheme, true, consumedElsewhere);
  }

  /** The names after {@code scheme:} that some route sends messages to. */
  Set<String> produced(String scheme) {
    return names(scheme, false, producedElsewhere);
  }

  private Set<String> names(String scheme, boolean consumed, Set<String> elsewhere) {
    Set<String> names = new TreeSet<>();
    for (Endpoint endpoint : endpoints) {
      if (endpoint.scheme().equals(scheme) && endpoint.isConsumer() == consumed) {
        names.add(endpoint.name());
      }
    }
    for (String uri : elsewhere) {
      if (uri.startsWith(scheme + ":")) {
        names.add(uri.substring(scheme.length() + 1));
      }
    }
    return names;
  }
}
