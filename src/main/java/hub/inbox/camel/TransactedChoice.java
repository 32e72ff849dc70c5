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
  /** Instead of {@code batch}. */
  public static final String BATCH_REMEDY =
      "leave it out: several events of a transacted handler share a commit anyway";

  /**
   * What stands against a transaction as far as the files alone tell, without beans and settings.
   *
   * @param context has the routes and Kamelets; need not be started
   */
  public static List<String> obstaclesInFiles(ModelCamelContext context, String routeId) {
    RouteDefinition route = context.getRouteDefinition(routeId);
    return route == null
        ? List.of()
        : texts(TransactedEffects.beforeStart(context, route).obstacles());
  }

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
    List<Obstacle> obstacles = effects.obstacles();
    if (endpoint.getBatch() > 1) {
      obstacles.add(
          0,
          new Obstacle(
              routeId + ": batch=" + endpoint.getBatch() + " is one run for several events",
              BATCH_REMEDY));
    }
    if (endpoint.getTransacted().equals("true") && !obstacles.isEmpty()) {
      throw new IllegalArgumentException(
          "route "
              + routeId
              + ": transacted=true cannot hold these effects:\n"
              + String.join("\n", texts(obstacles)));
    }
    boolean isAsked = effects.hasEffects() || endpoint.getTransacted().equals("true");
    return new TransactedChoice(
        isAsked && obstacles.isEmpty(), isAsked ? texts(obstacles) : List.of());
  }

  private static List<String> texts(List<Obstacle> obstacles) {
    return obstacles.stream().map(Obstacle::toString).toList();
  }
}
