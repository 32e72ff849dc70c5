package hub.util.step;

import org.apache.camel.model.KameletDefinition;
import org.apache.camel.model.ModelLifecycleStrategySupport;
import org.apache.camel.model.ProcessorDefinitionHelper;
import org.apache.camel.model.RouteDefinition;

/**
 * Gives every {@code kamelet:} step an instance of its own. Camel makes one instance for all steps
 * with the same name and parameters; then all of them run the child steps of the last one.
 */
public final class KameletInstances extends ModelLifecycleStrategySupport {
  @Override
  public void onAddRouteDefinition(RouteDefinition route) {
    int number = 0;
    for (KameletDefinition step :
        ProcessorDefinitionHelper.filterTypeInOutputs(
            route.getOutputs(), KameletDefinition.class)) {
      number++;
      String written = step.getName();
      int query = written.indexOf('?');
      String name = query < 0 ? written : written.substring(0, query);
      if (route.getId() != null && !name.contains("/")) {
        String instance = "/" + route.getId() + "-" + name + "-" + number;
        step.setName(name + instance + written.substring(name.length()));
      }
    }
  }
}
