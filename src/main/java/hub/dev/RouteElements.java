package hub.dev;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The elements of a file of routes.
 *
 * @param routes definitions by id, without comments and layout
 * @param configurations ids of the route configurations, with their definitions
 * @param others all other elements, such as beans
 * @param ids the id of each element in the order of the file; empty: it is no route
 * @param text of the file
 */
record RouteElements(
    Map<String, JsonNode> routes,
    Map<String, JsonNode> configurations,
    List<JsonNode> others,
    List<String> ids,
    String text) {
  private static final YAMLMapper YAML = new YAMLMapper();
  static final String SUFFIX = ".camel.yaml";

  /**
   * @throws IllegalArgumentException when the text cannot be read
   */
  static RouteElements of(String file, String text) {
    Map<String, JsonNode> routes = new LinkedHashMap<>();
    Map<String, JsonNode> configurations = new LinkedHashMap<>();
    List<JsonNode> others = new ArrayList<>();
    List<String> ids = new ArrayList<>();
    try {
      for (JsonNode element : YAML.readTree(text)) {
        String id = element.path("route").path("id").asText("");
        ids.add(id);
        if (!id.isEmpty()) {
          routes.put(id, element);
        } else if (element.has("routeConfiguration")) {
          configurations.put(element.path("routeConfiguration").path("id").asText(""), element);
        } else {
          others.add(element);
        }
      }
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(file + " cannot be read: " + e.getOriginalMessage(), e);
    }
    return new RouteElements(routes, configurations, others, ids, text);
  }

  /**
   * The text of some of its elements, each in its line, so that places in messages stay true.
   *
   * @param wanted ids of routes
   * @param withConfigurations whether the file's route configurations are wanted, too
   */
  String textOf(Set<String> wanted, boolean withConfigurations) {
    String[] lines = text.split("\n", -1);
    long begins = text.lines().filter(line -> line.startsWith("- ")).count();
    if (begins != ids.size()) {
      // Not laid out as usual. Whoever asks removes all routes of such a file first.
      return text;
    }
    StringBuilder kept = new StringBuilder();
    int element = -1;
    for (String line : lines) {
      if (line.startsWith("- ")) {
        element++;
      }
      boolean keeps =
          element >= 0
              && (ids.get(element).isEmpty()
                  ? withConfigurations
                  : wanted.contains(ids.get(element)));
      kept.append(keeps ? line : "").append('\n');
    }
    return kept.toString();
  }

  /** Whether {@link #textOf} can leave routes out. */
  boolean isDivisible() {
    return text.lines().filter(line -> line.startsWith("- ")).count() == ids.size();
  }
}
