package hub.trial;

import hub.lint.TestCase;
import hub.lint.TestCase.ExpectedCall;
import hub.lint.TestFiles;
import hub.trial.TestResult.Failure;
import hub.util.step.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.camel.CamelContext;
import org.apache.camel.NamedNode;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.RouteDefinition;

/** Compares the steps of the route files with those that tests name and reach. */
final class Coverage {
  private Coverage() {}

  /** The routes of files, by id. */
  private static Map<String, RouteDefinition> routes(CamelContext context) {
    Map<String, RouteDefinition> routes = new TreeMap<>();
    for (RouteDefinition route : ((ModelCamelContext) context).getRouteDefinitions()) {
      boolean isOfFile = route.getInput() != null && route.getInput().getLocation() != null;
      if (isOfFile && !Boolean.TRUE.equals(route.isKamelet()) && route.getId() != null) {
        routes.put(route.getId(), route);
      }
    }
    return routes;
  }

  private static List<Step> steps(RouteDefinition route) {
    List<Step> steps = new ArrayList<>();
    route.getOutputs().forEach(step -> add(step, steps));
    return steps;
  }

  private static void add(ProcessorDefinition<?> definition, List<Step> steps) {
    if (definition.isAbstract()) {
      return;
    }
    Step step = Step.of(definition);
    if (!step.place().isEmpty()) {
      steps.add(step);
    }
    for (NamedNode child : definition.getOutputs()) {
      if (child instanceof ProcessorDefinition<?> inner) {
        add(inner, steps);
      }
    }
  }

  /** What no test reached. */
  static List<TestReport.Unreached> unreached(CamelContext context, Set<String> reached) {
    List<TestReport.Unreached> unreached = new ArrayList<>();
    Map<String, RouteDefinition> routes = routes(context);
    routes.values().removeIf(ClosedWebhooks::isClosed);
    routes.forEach(
        (id, route) -> {
          List<String> all =
              steps(route).stream().filter(step -> isRun(step)).map(Step::toString).toList();
          List<String> left = all.stream().filter(step -> !reached.contains(step)).toList();
          if (!left.isEmpty()) {
            unreached.add(new TestReport.Unreached(id, left, left.size() == all.size()));
          }
        });
    return unreached;
  }

  /** Clauses of a choice or a try are no steps of their own. */
  private static boolean isRun(Step step) {
    return !step.name().matches(".*/(when|otherwise|doTry|doCatch|doFinally)-\\d+");
  }

  /** Ids in a test's stubs and calls that no step has. */
  static List<Failure> unknownSteps(TestCase test, CamelContext context) {
    Set<String> known = new TreeSet<>();
    routes(context)
        .forEach(
            (id, route) -> {
              known.add(id);
              steps(route).stream().filter(Step::named).map(Step::name).forEach(known::add);
            });
    List<Failure> failures = new ArrayList<>();
    test.stubs()
        .forEach(
            (id, stubs) -> {
              if (!known.contains(id)) {
                failures.add(unknown(stubs.get(0).where(), id, known));
              }
            });
    for (ExpectedCall call : test.then().calls()) {
      if (!known.contains(call.step())) {
        failures.add(unknown(call.where(), call.step(), known));
      }
    }
    return failures;
  }

  private static Failure unknown(String where, String id, Set<String> known) {
    String remedy = TestFiles.suggest(id, known);
    return Failure.of(
        where,
        "no step has the id '" + id + "'",
        remedy.isEmpty() ? "write the id of a step of the route" : remedy);
  }
}
