package hub.inbox.camel;

import java.util.List;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.model.RouteDefinition;

/**
 * Whether a handler's effects and its outcomes share a transaction.
 *
 * @param obstacles the steps that no transaction can hold, where there is something to hold: where,
 *     what, and the remedy
 */
public record TransactedChoice(boolean isTransacted, List<String> obstacles) {
  /**
   * Decides as the endpoint's {@code transacted} says.
   *
   * @throws IllegalArgumentException with all obstacles, where the route asks for a transaction
   *     that cannot hold its effects
   */
  static TransactedChoice of(ModelCamelContext context, InboxEndpoint endpoint, String routeId) {
    RouteDefinition route = context.getRouteDefinition(routeId);
    if (route == null || endpoint.getTransacted().equals("false")) {
      return new TransactedChoice(false, List.of());
    }
    TransactedEffects effects = TransactedEffects.of(context, route);
    List<String> obstacles = effects.obstacles();
    if (endpoint.getBatch() > 1) {
      obstacles.add(
          0,
          routeId
              + ": batch="
              + endpoint.getBatch()
              + " is one run for several events; leave it out: several events of a transacted"
              + " handler share a commit anyway");
    }
    if (endpoint.getTransacted().equals("true") && !obstacles.isEmpty()) {
      throw new IllegalArgumentException(
          "route "
              + routeId
              + ": transacted=true cannot hold these effects:\n"
              + String.join("\n", obstacles));
    }
    boolean isAsked = effects.hasEffects() || endpoint.getTransacted().equals("true");
    return new TransactedChoice(
        isAsked && obstacles.isEmpty(), isAsked ? List.copyOf(obstacles) : List.of());
  }
}
