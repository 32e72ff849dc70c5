package hub.util.step;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.NamedNode;
import org.apache.camel.model.OptionalIdentifiedDefinition;
import org.apache.camel.model.ProcessorDefinitionHelper;
import org.apache.camel.model.RouteDefinition;

/**
 * A step of a route, as its author knows it.
 *
 * @param name its id; without an id the name from {@link StepIds}, which is for messages only, or
 *     its kind
 * @param named whether the author gave it an id
 * @param place file and line; empty when it is not from a file
 */
public record Step(String name, boolean named, String place) {
  /** The folder of route files, in a location such as {@code file:routes/shop/a.camel.yaml}. */
  private static final Pattern ROUTES = Pattern.compile(".*[:/](?=routes/)");

  public static Step of(NamedNode definition) {
    boolean named =
        definition instanceof OptionalIdentifiedDefinition<?> step && step.hasCustomIdAssigned();
    // A step that no route has begun to run, as in a Kamelet, has no name yet.
    String name = definition.getId() == null ? definition.getShortName() : definition.getId();
    return new Step(name, named, place(definition));
  }

  /** The name of the Kamelet that the step is inside of; empty for a step of a route. */
  public static String kameletAround(NamedNode definition) {
    RouteDefinition route = ProcessorDefinitionHelper.getRoute(definition);
    if (route == null || !Boolean.TRUE.equals(route.isKamelet())) {
      return "";
    }
    Object name =
        route.getTemplateParameters() == null
            ? null
            : route.getTemplateParameters().get("templateId");
    return name == null ? route.getId() : name.toString();
  }

  /** {@code call-crm (routes/crm/crm-tell.camel.yaml:12)}. */
  @Override
  public String toString() {
    return place.isEmpty() ? name : name + " (" + place + ")";
  }

  /**
   * Camel takes the line of a step's first key as that after the step's name: for a step in flow
   * style, {@code - delay: {…}}, it names the line before, and nothing tells the two apart.
   */
  private static String place(NamedNode definition) {
    String location = definition.getLocation();
    if (location == null) {
      return "";
    }
    Matcher routes = ROUTES.matcher(location);
    String file =
        location.substring(routes.lookingAt() ? routes.end() : location.lastIndexOf('/') + 1);
    return definition.getLineNumber() <= 0 ? file : file + ":" + definition.getLineNumber();
  }
}
