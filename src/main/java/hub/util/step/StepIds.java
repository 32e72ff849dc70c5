package hub.util.step;

import org.apache.camel.NamedNode;
import org.apache.camel.impl.engine.DefaultNodeIdFactory;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.ProcessorDefinitionHelper;
import org.apache.camel.model.RouteDefinition;

/**
 * Calls a step without an id by its route, its kind and its place among the route's steps: {@code
 * crm-tell/setBody-3}, the same at every start. For people alone: it is another one as soon as a
 * step is put before it. Thread-safe.
 */
public final class StepIds extends DefaultNodeIdFactory {
  @Override
  public String createId(NamedNode definition) {
    RouteDefinition route = ProcessorDefinitionHelper.getRoute(definition);
    if (route == null || route == definition || route.getId() == null) {
      return super.createId(definition);
    }
    if (route.getInput() == definition) {
      return route.getId() + "/from";
    }
    Counter counter = new Counter(definition);
    // What policies add, error handlers and their steps, Camel puts in front.
    boolean found = counter.finds(route, false) || counter.finds(route, true);
    return found
        ? route.getId() + "/" + definition.getShortName() + "-" + counter.passed
        : super.createId(definition);
  }

  /** Counts the steps of a route, from 1, in the order of its file. */
  private static final class Counter {
    private final NamedNode wanted;
    private int passed;

    Counter(NamedNode wanted) {
      this.wanted = wanted;
    }

    boolean finds(RouteDefinition route, boolean added) {
      return route.getOutputs().stream()
          .filter(step -> step.isAbstract() == added)
          .anyMatch(this::reaches);
    }

    private boolean reaches(ProcessorDefinition<?> step) {
      passed++;
      return step == wanted || step.getOutputs().stream().anyMatch(this::reaches);
    }
  }
}
