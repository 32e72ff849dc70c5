package hub.util.step;

import org.apache.camel.NamedNode;
import org.apache.camel.impl.engine.DefaultNodeIdFactory;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.ProcessorDefinitionHelper;
import org.apache.camel.model.RouteDefinition;

/**
 * Names a step without an id by its route, its kind and its position: {@code crm-tell/setBody-3}.
 * The name is the same at every start, but changes when a step is added before it, so it is for
 * messages only. Thread-safe.
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
    // Camel puts the steps that policies add, such as error handlers, in front.
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
