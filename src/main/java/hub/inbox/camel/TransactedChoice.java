package hub.inbox.camel;

import java.util.ArrayList;
import java.util.List;
import org.apache.camel.Route;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.model.RouteDefinition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether a handler's effects and its outcomes share a transaction.
 *
 * @param reason why not, with the place of the step that stands against it; empty when they do
 */
public record TransactedChoice(boolean isTransacted, String reason) {
  private static final Logger LOG = LoggerFactory.getLogger(TransactedChoice.class);

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
   * @throws TransactionRefusedException with all obstacles, where the route asks for a transaction
   *     that cannot hold its effects
   */
  static TransactedChoice of(ModelCamelContext context, InboxEndpoint endpoint, String routeId) {
    RouteDefinition route = context.getRouteDefinition(routeId);
    if (route == null || endpoint.getTransacted().equals("false")) {
      return new TransactedChoice(false, "its route says so");
    }
    TransactedEffects effects = TransactedEffects.of(context, route);
    List<Obstacle> obstacles = obstacles(effects, endpoint);
    if (isRequired(endpoint)) {
      TransactionRefusedException.throwIfAny(faults(routeId, obstacles));
      return new TransactedChoice(true, "");
    }
    if (!effects.hasEffects()) {
      return new TransactedChoice(false, "it has no effect in the hub's database");
    }
    LOG.debug("route={} obstacles: {}", routeId, obstacles);
    return new TransactedChoice(obstacles.isEmpty(), shortest(obstacles));
  }

  /**
   * Looks at all handlers that ask for a transaction, so that a start tells the faults of all.
   *
   * @throws TransactionRefusedException with the obstacles of all
   */
  static void checkAll(ModelCamelContext context) {
    List<String> faults = new ArrayList<>();
    for (Route one : context.getRoutes()) {
      RouteDefinition route = context.getRouteDefinition(one.getRouteId());
      if (route != null
          && one.getEndpoint() instanceof InboxEndpoint endpoint
          && isRequired(endpoint)) {
        TransactedEffects effects = TransactedEffects.of(context, route);
        faults.addAll(faults(one.getRouteId(), obstacles(effects, endpoint)));
      }
    }
    TransactionRefusedException.throwIfAny(faults);
  }

  private static boolean isRequired(InboxEndpoint endpoint) {
    return endpoint.getTransacted().equals("true");
  }

  private static List<Obstacle> obstacles(TransactedEffects effects, InboxEndpoint endpoint) {
    List<Obstacle> obstacles = new ArrayList<>(effects.obstacles());
    if (endpoint.getBatch() > 1) {
      obstacles.add(
          0,
          new Obstacle(
              "batch=" + endpoint.getBatch() + ", one run for several events", BATCH_REMEDY));
    }
    return obstacles;
  }

  private static List<String> faults(String routeId, List<Obstacle> obstacles) {
    return texts(obstacles).stream()
        .map(obstacle -> "route " + routeId + ": transacted=true cannot hold " + obstacle)
        .toList();
  }

  /** One is enough; a call says more than the beans around it. */
  private static String shortest(List<Obstacle> obstacles) {
    return obstacles.stream()
        .filter(obstacle -> !obstacle.isCode())
        .findFirst()
        .or(() -> obstacles.stream().findFirst())
        .map(Obstacle::what)
        .orElse("");
  }

  private static List<String> texts(List<Obstacle> obstacles) {
    return obstacles.stream().map(Obstacle::toString).toList();
  }
}
