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
 * Keeps line breaks in parameters of Kamelets. Camel joins the lines of an endpoint's address
 * before it reads the parameters, so a line break is written as {@code %0A} first. A line break
 * beside {@code ?} or {@code &} is layout of the address and is left to Camel. Camel fills in
 * placeholders later; those in a Kamelet's parameters become {@code {{lines:name}}}, a function
 * that encodes the line breaks of the value.
 */
final class LineBreaks extends ModelLifecycleStrategySupport {
  private static final String FUNCTION = "lines";
  private static final Pattern PLACEHOLDER =
      Pattern.compile("\\{\\{(?!" + FUNCTION + ":)([^{}]+)}}");

  private LineBreaks() {}

  /** Must be called before the first route is added. */
  static void install(CamelContext context) {
    context
        .getCamelContextExtension()
        .getContextPlugin(Model.class)
        .addModelLifecycleStrategy(new LineBreaks());
    context.getPropertiesComponent().addPropertiesFunction(new Lines());
  }

  /** Returns a property's value with its line breaks as {@code %0A}. */
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
    encodeBreaks(route);
  }

  @Override
  public void onAddRouteTemplateDefinition(RouteTemplateDefinition template) {
    if (template.getRoute() != null) {
      encodeBreaks(template.getRoute());
    }
  }

  private static void encodeBreaks(RouteDefinition route) {
    FromDefinition from = route.getInput();
    if (from != null && isKamelet(from.getUri())) {
      from.setUri(withEncodedBreaks(from.getUri()));
    }
    List<ProcessorDefinition<?>> steps = route.getOutputs();
    for (ToDefinition to :
        ProcessorDefinitionHelper.filterTypeInOutputs(steps, ToDefinition.class)) {
      if (isKamelet(to.getUri())) {
        to.setUri(withEncodedBreaks(to.getUri()));
      }
    }
    for (ToDynamicDefinition to :
        ProcessorDefinitionHelper.filterTypeInOutputs(steps, ToDynamicDefinition.class)) {
      if (isKamelet(to.getUri())) {
        to.setUri(withEncodedBreaks(to.getUri()));
      }
    }
    for (KameletDefinition to :
        ProcessorDefinitionHelper.filterTypeInOutputs(steps, KameletDefinition.class)) {
      to.setName(withEncodedBreaks(to.getName()));
    }
  }

  private static boolean isKamelet(String uri) {
    return uri != null && uri.startsWith("kamelet:");
  }

  static String withEncodedBreaks(String uri) {
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
