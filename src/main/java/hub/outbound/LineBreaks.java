package hub.outbound;

import java.util.List;
import org.apache.camel.model.FromDefinition;
import org.apache.camel.model.KameletDefinition;
import org.apache.camel.model.ModelLifecycleStrategySupport;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.ProcessorDefinitionHelper;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.RouteTemplateDefinition;
import org.apache.camel.model.ToDefinition;
import org.apache.camel.model.ToDynamicDefinition;

/**
 * Keeps the line breaks in parameters of Kamelets. Camel joins the lines of an endpoint's address
 * before it reads the parameters; written as {@code %0A} a line break outlives that. A line break
 * beside {@code ?} or {@code &} is layout of the address and stays what it is.
 */
final class LineBreaks extends ModelLifecycleStrategySupport {
  @Override
  public void onAddRouteDefinition(RouteDefinition route) {
    keep(route);
  }

  @Override
  public void onAddRouteTemplateDefinition(RouteTemplateDefinition template) {
    if (template.getRoute() != null) {
      keep(template.getRoute());
    }
  }

  private static void keep(RouteDefinition route) {
    FromDefinition from = route.getInput();
    if (from != null && isKamelet(from.getUri())) {
      from.setUri(kept(from.getUri()));
    }
    List<ProcessorDefinition<?>> steps = route.getOutputs();
    for (ToDefinition to :
        ProcessorDefinitionHelper.filterTypeInOutputs(steps, ToDefinition.class)) {
      if (isKamelet(to.getUri())) {
        to.setUri(kept(to.getUri()));
      }
    }
    for (ToDynamicDefinition to :
        ProcessorDefinitionHelper.filterTypeInOutputs(steps, ToDynamicDefinition.class)) {
      if (isKamelet(to.getUri())) {
        to.setUri(kept(to.getUri()));
      }
    }
    for (KameletDefinition to :
        ProcessorDefinitionHelper.filterTypeInOutputs(steps, KameletDefinition.class)) {
      to.setName(kept(to.getName()));
    }
  }

  private static boolean isKamelet(String uri) {
    return uri != null && uri.startsWith("kamelet:");
  }

  static String kept(String uri) {
    int query = uri == null ? -1 : uri.indexOf('?');
    if (query < 0) {
      return uri;
    }
    String parameters =
        uri.substring(query)
            .strip()
            .replaceAll("\\R\\s*(?=&)|(?<=[?&])\\s*\\R\\s*", "")
            .replaceAll("\\s*\\R\\s*", "%0A");
    return uri.substring(0, query) + parameters;
  }
}
