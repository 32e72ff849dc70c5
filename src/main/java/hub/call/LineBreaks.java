package hub.call;

import java.util.List;
import java.util.regex.Pattern;
import org.apache.camel.CamelContext;
import org.apache.camel.model.FromDefinition;
import org.apache.camel.model.KameletDefinition;
import org.apache.camel.model.Model;
import org.apache.camel.model.ModelLifecycleStrategySupport;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.ProcessorDefinitionHelper;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.RouteTemplateDefinition;
import org.apache.camel.model.ToDefinition;
import org.apache.camel.model.ToDynamicDefinition;
import org.apache.camel.spi.PropertiesFunction;

/**
 * Keeps the line breaks in parameters of Kamelets. Camel joins the lines of an endpoint's address
 * before it reads the parameters; written as {@code %0A} a line break outlives that. A line break
 * beside {@code ?} or {@code &} is layout of the address and stays what it is. Placeholders are
 * filled in by Camel after that, so those of a Kamelet's parameters are read through {@code
 * {{lines:name}}}, which does the same to their values.
 */
final class LineBreaks extends ModelLifecycleStrategySupport {
  private static final String FUNCTION = "lines";
  private static final Pattern PLACEHOLDER =
      Pattern.compile("\\{\\{(?!" + FUNCTION + ":)([^{}]+)}}");

  private LineBreaks() {}

  /** To be called before the first route is added. */
  static void keepIn(CamelContext context) {
    context
        .getCamelContextExtension()
        .getContextPlugin(Model.class)
        .addModelLifecycleStrategy(new LineBreaks());
    context.getPropertiesComponent().addPropertiesFunction(new Lines());
  }

  /** The value of a property, its line breaks as {@code %0A}. */
  private static final class Lines implements PropertiesFunction {
    @Override
    public String getName() {
      return FUNCTION;
    }

    @Override
    public boolean lookupFirst(String remainder) {
      return true;
    }

    @Override
    public String apply(String value) {
      return value == null ? null : encoded(value);
    }
  }

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
        uri.substring(query).strip().replaceAll("\\R\\s*(?=&)|(?<=[?&])\\s*\\R\\s*", "");
    return uri.substring(0, query) + encoded(parameters);
  }

  private static String encoded(String text) {
    return PLACEHOLDER
        .matcher(text.strip().replaceAll("\\s*\\R\\s*", "%0A"))
        .replaceAll("{{" + FUNCTION + ":$1}}");
  }
}
