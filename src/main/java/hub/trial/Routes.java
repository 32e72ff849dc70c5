package hub.trial;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.Route;
import org.apache.camel.component.kamelet.KameletEndpoint;

/** Finds routes of a hub under test. */
final class Routes {
  private static final String ALERTS = "alert-source";

  private Routes() {}

  static List<String> ids(CamelContext context) {
    return context.getRoutes().stream().map(Route::getRouteId).toList();
  }

  /** The route of the Kamelet that {@code route} begins with; without one, itself. */
  static Route within(CamelContext context, Route route) {
    Route begun = route;
    while (begun.getEndpoint() instanceof KameletEndpoint kamelet
        && context.getRoute(kamelet.getRouteId()) != null) {
      begun = context.getRoute(kamelet.getRouteId());
    }
    return begun;
  }

  /** File and line of a route. */
  static String place(Route route) {
    return Optional.ofNullable(route.getSourceLocationShort()).orElse("");
  }

  /** The route that begins with the alert of this name, else with the first of this condition. */
  static Optional<Route> ofAlert(CamelContext context, String type) {
    return Stream.of("name", "condition")
        .flatMap(
            parameter ->
                context.getRoutes().stream()
                    .filter(route -> type.equals(alert(route).get(parameter))))
        .findFirst();
  }

  /** The names of all alerts. */
  static TreeSet<String> alerts(CamelContext context) {
    TreeSet<String> names = new TreeSet<>();
    context
        .getRoutes()
        .forEach(
            route ->
                Optional.ofNullable(alert(route).get("name"))
                    .ifPresent(name -> names.add(name.toString())));
    return names;
  }

  private static Map<String, Object> alert(Route route) {
    return route.getEndpoint() instanceof KameletEndpoint kamelet
            && ALERTS.equals(kamelet.getTemplateId())
        ? kamelet.getKameletProperties()
        : Map.of();
  }
}
