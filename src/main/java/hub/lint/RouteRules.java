package hub.lint;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.support.PatternHelper;

/** A route has an id, which its file is called by, and a description; and what it names exists. */
final class RouteRules {
  private final Project project;
  private final Faults faults;

  RouteRules(Project project, Faults faults) {
    this.project = project;
    this.faults = faults;
  }

  /** Checks the routes of one file. */
  void checkFile(RouteFiles.Found file, List<Route> routes) {
    for (Route route : routes) {
      if (route.id().isEmpty()) {
        faults.error(
            route.place(), "the route has no id", "add 'id: " + file.stem() + "', the file's name");
      }
      if (route.tree().text("description").isBlank()) {
        faults.error(
            route.place(),
            "route '" + route.title() + "' has no description",
            "say in one sentence what it does");
      }
    }
    if (routes.size() > 1) {
      faults.warning(
          routes.get(1).place(),
          "a second route in one file",
          "move '" + routes.get(1).title() + "' to a file of its own");
    } else if (routes.size() == 1) {
      Route route = routes.get(0);
      if (!route.id().isEmpty() && !route.id().equals(file.stem())) {
        faults.error(
            idPlace(route),
            "route '" + route.id() + "' stands in a file of another name",
            "name the file " + route.id() + ".camel.yaml or the route " + file.stem());
      }
    }
  }

  /** Checks what only shows when all files are known. */
  void checkAll() {
    Map<String, Place> ids = new HashMap<>();
    for (Route route : project.routes()) {
      if (!route.id().isEmpty()) {
        Place first = ids.putIfAbsent(route.id(), idPlace(route));
        if (first != null) {
          faults.error(
              idPlace(route),
              "route id '" + route.id() + "' is taken by " + first,
              "give one of them another id");
        }
      }
      route.tree().entry("routeConfigurationId").ifPresent(this::checkConfiguration);
    }
  }

  private void checkConfiguration(YamlTree.Entry entry) {
    Arrays.stream(entry.value().text().split(","))
        .map(String::trim)
        .filter(
            id ->
                !id.contains("{{")
                    && project.routeConfigurations().stream()
                        .noneMatch(known -> PatternHelper.matchPattern(known, id)))
        .forEach(
            id ->
                faults.error(
                    entry.place(),
                    "there is no routeConfiguration '" + id + "'",
                    Suggest.remedy(id, project.routeConfigurations())));
  }

  private static Place idPlace(Route route) {
    return route.tree().entry("id").map(YamlTree.Entry::place).orElse(route.place());
  }
}
