package hub.dev;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.camel.Endpoint;
import org.apache.camel.EndpointAware;
import org.apache.camel.Navigate;
import org.apache.camel.Processor;
import org.apache.camel.Route;
import org.apache.camel.component.kamelet.KameletEndpoint;
import org.apache.camel.component.kamelet.KameletProcessor;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.model.RouteDefinition;

/** Finds and removes running routes, with the routes that Camel made of Kamelets for them. */
final class LiveRoutes {
  /** Whatever calls these waits for them, so they stop after those that events enter by. */
  private static final Set<String> INNER = Set.of("direct", "seda", "kamelet");

  private final ModelCamelContext context;

  LiveRoutes(ModelCamelContext context) {
    this.context = context;
  }

  /**
   * The routes of these ids and, behind them, those of the Kamelets that they alone use; by id.
   * Those that events enter by come first.
   */
  Map<String, Route> withKamelets(Set<String> ids) {
    Map<String, Route> found = new LinkedHashMap<>();
    Deque<Route> open = new ArrayDeque<>();
    ids.stream().map(context::getRoute).filter(Objects::nonNull).forEach(open::add);
    while (!open.isEmpty()) {
      Route route = open.remove();
      if (found.putIfAbsent(route.getRouteId(), route) == null) {
        kamelets(route).stream()
            .map(kamelet -> context.getRoute(kamelet.getRouteId()))
            .filter(Objects::nonNull)
            .forEach(open::add);
      }
    }
    dropShared(found, ids);
    Map<String, Route> sorted = new LinkedHashMap<>();
    found.values().stream()
        .filter(route -> !isInner(route))
        .forEach(route -> sorted.put(route.getRouteId(), route));
    sorted.putAll(found);
    return sorted;
  }

  /** Routes of Kamelets that another route uses, too, stay. */
  private void dropShared(Map<String, Route> found, Set<String> ids) {
    boolean drops = true;
    while (drops) {
      Set<String> used = new TreeSet<>();
      for (Route route : context.getRoutes()) {
        if (!found.containsKey(route.getRouteId())) {
          kamelets(route).forEach(kamelet -> used.add(kamelet.getRouteId()));
        }
      }
      drops = found.keySet().removeIf(id -> !ids.contains(id) && used.contains(id));
    }
  }

  private static boolean isInner(Route route) {
    return INNER.contains(route.getEndpoint().getEndpointBaseUri().split(":", 2)[0]);
  }

  /** The Kamelets that a route uses, each with its own instance. */
  private Set<KameletEndpoint> kamelets(Route route) {
    Set<KameletEndpoint> kamelets = new LinkedHashSet<>();
    if (route.getEndpoint() instanceof KameletEndpoint source
        && !source.getRouteId().equals(route.getRouteId())) {
      kamelets.add(source);
    }
    Deque<Navigate<?>> open = new ArrayDeque<>();
    open.add(route.navigate());
    Set<Object> seen = new LinkedHashSet<>();
    while (!open.isEmpty()) {
      Navigate<?> here = open.remove();
      if (here == null || !here.hasNext()) {
        continue;
      }
      for (Object next : here.next()) {
        if (next == null || !seen.add(System.identityHashCode(next))) {
          continue;
        }
        endpoint(next)
            .filter(kamelet -> !kamelet.getRouteId().equals(route.getRouteId()))
            .ifPresent(kamelets::add);
        if (next instanceof Navigate<?> inner) {
          open.add(inner);
        }
      }
    }
    return kamelets;
  }

  private Optional<KameletEndpoint> endpoint(Object step) {
    Endpoint endpoint = null;
    if (step instanceof KameletProcessor kamelet) {
      endpoint = context.hasEndpoint("kamelet://" + kamelet.getName());
    } else if (step instanceof Processor && step instanceof EndpointAware aware) {
      endpoint = aware.getEndpoint();
    }
    return endpoint instanceof KameletEndpoint kamelet ? Optional.of(kamelet) : Optional.empty();
  }

  /** Stops the routes, each when what is in it has ended, and forgets them. */
  void remove(Collection<Route> routes) throws Exception {
    Set<String> ids = new LinkedHashSet<>();
    routes.forEach(route -> ids.add(route.getRouteId()));
    for (String id : ids) {
      context.getRouteController().stopRoute(id);
    }
    for (String id : ids) {
      RouteDefinition definition = context.getRouteDefinition(id);
      if (definition != null) {
        context.removeRouteDefinition(definition);
      } else {
        context.removeRoute(id);
      }
    }
    for (Endpoint endpoint : context.getEndpoints()) {
      if (endpoint instanceof KameletEndpoint kamelet && ids.contains(kamelet.getRouteId())) {
        context.removeEndpoint(endpoint);
      }
    }
  }

  /** Removes what is left of Kamelets that have changed: instances that dynamic steps made. */
  void removeInstancesOf(Set<String> kamelets) throws Exception {
    Map<String, Route> left = new LinkedHashMap<>();
    for (Endpoint endpoint : context.getEndpoints()) {
      if (endpoint instanceof KameletEndpoint kamelet
          && kamelets.contains(kamelet.getTemplateId())) {
        Route route = context.getRoute(kamelet.getRouteId());
        if (route != null) {
          left.put(route.getRouteId(), route);
        }
      }
    }
    remove(left.values());
  }
}
