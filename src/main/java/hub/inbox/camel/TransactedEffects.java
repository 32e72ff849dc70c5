package hub.inbox.camel;

import hub.util.step.Step;
import hub.util.step.StepPaths;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.camel.CamelContext;
import org.apache.camel.NamedNode;
import org.apache.camel.model.KameletDefinition;
import org.apache.camel.model.Model;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.RouteTemplateDefinition;
import org.apache.camel.model.language.ExpressionDefinition;

/**
 * Looks through a handler's steps, also those of the routes and Kamelets that it uses, for effects:
 * those that its transaction can hold, and those that it cannot. Not thread-safe.
 */
final class TransactedEffects {
  /** Kamelets that stand for the steps around them. */
  private static final Set<String> AROUND = Set.of("source", "sink");

  private static final Set<String> ROUTES = Set.of("direct", "kamelet");

  private final CamelContext context;
  private final Model model;
  private final StepEffects steps;
  private final List<Obstacle> obstacles = new ArrayList<>();

  /** With whether they have effects. */
  private final IdentityHashMap<RouteDefinition, Boolean> seen = new IdentityHashMap<>();

  /** The first obstacle in each that has one. */
  private final Map<String, Obstacle> kamelets = new HashMap<>();

  private boolean hasEffects;

  private TransactedEffects(ModelCamelContext context, StepEffects steps) {
    this.context = context;
    this.model = context;
    this.steps = steps;
  }

  /** What the steps of {@code route} do. */
  static TransactedEffects of(ModelCamelContext context, RouteDefinition route) {
    return of(context, route, new StepEffects(context));
  }

  /** The same, as far as the files alone tell. */
  static TransactedEffects beforeStart(ModelCamelContext context, RouteDefinition route) {
    return of(context, route, new StepEffects(context, true));
  }

  private static TransactedEffects of(
      ModelCamelContext context, RouteDefinition route, StepEffects steps) {
    TransactedEffects effects = new TransactedEffects(context, steps);
    effects.hasEffects = effects.addRoute(route, List.of());
    return effects;
  }

  /** Whether there is anything that a transaction could hold. */
  boolean hasEffects() {
    return hasEffects;
  }

  /** What stands against a transaction, with places. In the order of steps. */
  List<Obstacle> obstacles() {
    return obstacles;
  }

  /** Returns whether the route has effects that a transaction could hold, as all that follow. */
  private boolean addRoute(RouteDefinition route, List<JoiningCode.LocalBean> beans) {
    Boolean known = seen.putIfAbsent(route, false);
    if (known != null) {
      return known;
    }
    if (StepEffects.hasDeadLetterChannel(route)) {
      refuse(
          route,
          Obstacle.of(
              "its dead letter channel takes failed events away from the inbox",
              "leave retries and dead letters to the inbox"));
    }
    boolean effects = addAll(route.getOutputs(), beans);
    seen.put(route, effects);
    return effects;
  }

  private boolean addAll(List<ProcessorDefinition<?>> all, List<JoiningCode.LocalBean> beans) {
    boolean effects = false;
    for (ProcessorDefinition<?> step : all) {
      effects |= add(step, beans);
    }
    return effects;
  }

  private boolean add(ProcessorDefinition<?> step, List<JoiningCode.LocalBean> beans) {
    if (steps.isDisabled(step)) {
      return false;
    }
    boolean effects = steps.mayStore(step, beans);
    Optional<EndpointUse> endpoint = EndpointUse.of(context, step);
    if (step instanceof KameletDefinition kamelet) {
      effects |= addKamelet(step, kamelet.getName());
    } else if (endpoint.isPresent()) {
      effects |= addEndpoint(step, endpoint.get());
    } else {
      refuse(step, steps.obstacle(step, beans));
    }
    StepClauses.headers(step).forEach(name -> refuse(step, StepEffects.headerObstacle(name)));
    for (ExpressionDefinition expression : StepClauses.expressions(step)) {
      refuse(step, steps.obstacle(expression));
      effects |= steps.mayStore(expression);
    }
    boolean within = addAll(StepClauses.steps(step), beans);
    if (within) {
      refuse(step, StepEffects.obstacleToEffects(step));
    }
    boolean inClauses = addAll(StepClauses.clauses(step), beans);
    return effects || within || inClauses;
  }

  private boolean addEndpoint(ProcessorDefinition<?> step, EndpointUse use) {
    boolean isRoute = ROUTES.contains(use.scheme());
    if (isRoute && !use.isDynamic()) {
      return use.scheme().equals("direct")
          ? addDirect(step, use.name())
          : addKamelet(step, use.name());
    }
    refuse(step, steps.obstacle(use));
    return false;
  }

  private boolean addDirect(NamedNode step, String name) {
    Optional<RouteDefinition> target =
        model.getRouteDefinitions().stream()
            .filter(
                route ->
                    uriOf(route)
                        .replaceFirst("\\?.*", "")
                        .matches("direct:/*" + Pattern.quote(name)))
            .findFirst();
    if (target.isEmpty()) {
      refuseAtStart(
          step,
          Obstacle.of("no route begins with direct:" + name, "write that route, or another name"));
      return false;
    }
    return addRoute(target.get(), List.of());
  }

  private static String uriOf(RouteDefinition route) {
    return route.getInput() == null ? "" : String.valueOf(route.getInput().getEndpointUri());
  }

  private boolean addKamelet(NamedNode step, String name) {
    String plain = name.replaceFirst("[?/].*", "");
    if (AROUND.contains(plain)) {
      return false;
    }
    if (StepPaths.isCall(plain)) {
      refuse(step, Obstacle.elsewhere("it calls a provider"));
      return false;
    }
    RouteTemplateDefinition template = model.getRouteTemplateDefinition(plain);
    if (template == null) {
      refuseAtStart(
          step,
          Obstacle.of("the Kamelet " + plain + " is unknown", "write a Kamelet that is there"));
      return false;
    }
    int others = obstacles.size();
    boolean effects = addRoute(template.getRoute(), JoiningCode.LocalBean.of(context, template));
    List<Obstacle> inside = obstacles.subList(others, obstacles.size());
    // Its author is often somebody else: one reason, told where the Kamelet is used.
    inside.stream().findFirst().ifPresent(first -> kamelets.put(plain, first));
    inside.clear();
    refuse(
        step,
        Optional.ofNullable(kamelets.get(plain))
            .flatMap(
                first ->
                    Obstacle.elsewhere("its Kamelet " + plain + " has the step " + first.what())));
    return effects;
  }

  private void refuseAtStart(NamedNode step, Optional<Obstacle> found) {
    if (!steps.isBeforeStart()) {
      refuse(step, found);
    }
  }

  private void refuse(NamedNode step, Optional<Obstacle> found) {
    found.ifPresent(obstacle -> obstacles.add(obstacle.at(Step.of(step).toString())));
  }
}
