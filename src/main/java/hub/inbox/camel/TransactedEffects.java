package hub.inbox.camel;

import hub.util.step.Step;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.NamedNode;
import org.apache.camel.model.CatchDefinition;
import org.apache.camel.model.ExpressionNode;
import org.apache.camel.model.IdempotentConsumerDefinition;
import org.apache.camel.model.KameletDefinition;
import org.apache.camel.model.Model;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.model.OnExceptionDefinition;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.RouteTemplateDefinition;
import org.apache.camel.model.SendDefinition;
import org.apache.camel.model.SetHeadersDefinition;
import org.apache.camel.model.SetVariablesDefinition;
import org.apache.camel.model.TryDefinition;

/**
 * Looks through a handler's steps, also those of the routes and Kamelets that it uses, for effects:
 * those that its transaction can hold, and those that it cannot. Not thread-safe.
 */
final class TransactedEffects {
  /** Kamelets that stand for the steps around them. */
  private static final Set<String> AROUND = Set.of("source", "sink");

  private final CamelContext context;
  private final Model model;
  private final StepEffects steps;
  private final List<String> obstacles = new ArrayList<>();
  private final Set<String> seen = new HashSet<>();
  private boolean hasEffects;

  private TransactedEffects(ModelCamelContext context) {
    this.context = context;
    this.model = context;
    this.steps = new StepEffects(context);
  }

  /** What the steps of {@code route} do. */
  static TransactedEffects of(ModelCamelContext context, RouteDefinition route) {
    TransactedEffects effects = new TransactedEffects(context);
    effects.addRoute(route, List.of());
    return effects;
  }

  /** Whether there is anything that a transaction could hold. */
  boolean hasEffects() {
    return hasEffects;
  }

  /** Each step that no transaction can hold: where, what, and the remedy. In the order of steps. */
  List<String> obstacles() {
    return obstacles;
  }

  private void addRoute(RouteDefinition route, List<StepEffects.LocalBean> beans) {
    if (seen.add(route.getId())) {
      if (StepEffects.hasDeadLetterChannel(route)) {
        refuse(
            route,
            "its dead letter channel takes failed events away from the inbox",
            "leave retries and dead letters to the inbox");
      }
      addAll(route.getOutputs(), beans);
    }
  }

  private void addAll(List<ProcessorDefinition<?>> all, List<StepEffects.LocalBean> beans) {
    all.forEach(step -> add(step, beans));
  }

  private void add(ProcessorDefinition<?> step, List<StepEffects.LocalBean> beans) {
    if (StepEffects.isDisabled(context, step)) {
      return;
    }
    if (step instanceof KameletDefinition kamelet) {
      addKamelet(step, kamelet.getName());
    } else if (step instanceof SendDefinition<?> send) {
      addSend(send);
    } else {
      steps.obstacle(step, beans).ifPresent(found -> refuse(step, found.what(), found.remedy()));
      hasEffects |= step instanceof IdempotentConsumerDefinition || steps.mayStore(step, beans);
    }
    expressions(step)
        .map(steps::obstacle)
        .flatMap(Optional::stream)
        .forEach(found -> refuse(step, found.what(), found.remedy()));
    boolean before = hasEffects;
    hasEffects = false;
    children(step).forEach(child -> add(child, beans));
    if (hasEffects && step instanceof TryDefinition) {
      refuse(
          step,
          "doTry would go on after a failed statement, which the database does not",
          "leave the failure to the inbox, which retries the event");
    }
    hasEffects |= before;
  }

  private static Stream<ProcessorDefinition<?>> children(ProcessorDefinition<?> step) {
    // Judged as a whole.
    if (step instanceof OnExceptionDefinition) {
      return Stream.empty();
    }
    return step.getOutputs().stream();
  }

  private static Stream<ExpressionNode> expressions(ProcessorDefinition<?> step) {
    if (step instanceof SetVariablesDefinition set) {
      return set.getVariables().stream().map(ExpressionNode.class::cast);
    }
    if (step instanceof SetHeadersDefinition set) {
      return set.getHeaders().stream().map(ExpressionNode.class::cast);
    }
    return step instanceof ExpressionNode node && !(step instanceof CatchDefinition)
        ? Stream.of(node)
        : Stream.empty();
  }

  private void addSend(SendDefinition<?> send) {
    String uri = uri(send);
    int colon = uri.indexOf(':');
    String scheme = colon < 0 ? "" : uri.substring(0, colon).toLowerCase(Locale.ROOT);
    String name = uri.substring(colon + 1).replaceFirst("\\?.*", "").replaceFirst("^/+", "");
    switch (scheme) {
      case "kamelet" -> addKamelet(send, name);
      case "direct" -> addDirect(send, name);
      case "inbox" -> hasEffects = true;
      case "sql" -> {
        hasEffects = true;
        steps.sqlObstacle(uri).ifPresent(found -> refuse(send, found.what(), found.remedy()));
      }
      case "log", "mock", "json-validator", "validator" -> {}
      default ->
          refuse(
              send,
              scheme + ": reaches beyond the hub's database",
              "give it a handler of its own, which may take what this one appends to an inbox");
    }
  }

  private String uri(SendDefinition<?> send) {
    String uri = send.getEndpointUri();
    try {
      return context.resolvePropertyPlaceholders(uri);
    } catch (RuntimeException e) {
      // A parameter of a Kamelet.
      return uri;
    }
  }

  private void addDirect(SendDefinition<?> send, String name) {
    Optional<RouteDefinition> target =
        model.getRouteDefinitions().stream()
            .filter(
                route ->
                    uriOf(route)
                        .replaceFirst("\\?.*", "")
                        .matches("direct:/*" + Pattern.quote(name)))
            .findFirst();
    if (target.isPresent()) {
      addRoute(target.get(), List.of());
    } else {
      refuse(send, "no route begins with direct:" + name, "write that route, or another name");
    }
  }

  private static String uriOf(RouteDefinition route) {
    return route.getInput() == null ? "" : String.valueOf(route.getInput().getEndpointUri());
  }

  private void addKamelet(NamedNode step, String name) {
    String plain = name.replaceFirst("[?/].*", "");
    if (AROUND.contains(plain)) {
      return;
    }
    RouteTemplateDefinition template = model.getRouteTemplateDefinition(plain);
    if (template == null) {
      refuse(step, "the Kamelet " + plain + " is unknown", "write a Kamelet that is there");
      return;
    }
    addRoute(template.getRoute(), StepEffects.LocalBean.of(context, template));
  }

  private void refuse(NamedNode step, String what, String remedy) {
    obstacles.add(Step.of(step) + ": " + what + "; " + remedy);
  }
}
