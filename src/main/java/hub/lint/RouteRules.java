package hub.lint;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.camel.support.PatternHelper;

/**
 * Checks routes: an id that is the file's name, a description, an existing route configuration, ids
 * of steps that are unique over all routes.
 */
final class RouteRules {
  /** Keys of a step with clauses, which hold steps and may have ids of their own. */
  private static final Set<String> CLAUSES =
      Set.of("when", "otherwise", "doCatch", "doFinally", "onFallback");

  private final Project project;
  private final Faults faults;

  RouteRules(Project project, Faults faults) {
    this.project = project;
    this.faults = faults;
  }

  /** Checks the routes of one file. */
  void checkFile(RouteFiles.RouteFile file, List<Route> routes) {
    for (Route route : routes) {
      if (route.id().isEmpty()) {
        faults.error(
            route.location(),
            "the route has no id",
            "add 'id: " + file.stem() + "', the file's name");
      }
      if (route.tree().text("description").isBlank()) {
        faults.warning(
            route.location(),
            "route '" + route.title() + "' has no description",
            "say in one sentence what it does");
      }
    }
    if (routes.size() > 1) {
      faults.warning(
          routes.get(1).location(),
          "a second route in one file",
          "move '" + routes.get(1).title() + "' to a file of its own");
    } else if (routes.size() == 1) {
      Route route = routes.get(0);
      if (!route.id().isEmpty() && !route.id().equals(file.stem())) {
        faults.error(
            idLocation(route),
            "route '" + route.id() + "' stands in a file of another name",
            "name the file " + route.id() + ".camel.yaml or the route " + file.stem());
      }
    }
  }

  /** Checks that need all files: unique ids and route configurations. */
  void checkAll() {
    Map<String, Location> ids = new HashMap<>();
    for (Route route : project.routes()) {
      if (!route.id().isEmpty()) {
        Location first = ids.putIfAbsent(route.id(), idLocation(route));
        if (first != null) {
          faults.error(
              idLocation(route),
              "route id '" + route.id() + "' is taken by " + first,
              "give one of them another id");
        }
      }
      route.tree().entry("routeConfigurationId").ifPresent(this::checkConfiguration);
    }
    // Camel keeps the ids of routes and of steps in one place.
    for (Route route : project.routes()) {
      route.tree().at("from", "steps").ifPresent(steps -> checkStepIds(steps, ids));
    }
  }

  private void checkStepIds(YamlTree steps, Map<String, Location> taken) {
    for (YamlTree item : steps.items()) {
      item.entries().forEach(step -> checkStepId(step.value(), taken));
    }
  }

  private void checkStepId(YamlTree step, Map<String, Location> taken) {
    step.entry("id")
        .filter(id -> !id.value().text().isEmpty() && !id.value().text().contains("{{"))
        .ifPresent(id -> checkStepId(id, taken));
    for (YamlTree.Entry part : step.entries()) {
      if (part.key().equals("steps")) {
        checkStepIds(part.value(), taken);
      } else if (CLAUSES.contains(part.key())) {
        checkStepId(part.value(), taken);
        part.value().items().forEach(clause -> checkStepId(clause, taken));
      }
    }
  }

  private void checkStepId(YamlTree.Entry id, Map<String, Location> taken) {
    Location first = taken.putIfAbsent(id.value().text(), id.location());
    if (first != null) {
      faults.error(
          id.location(),
          "step id '" + id.value().text() + "' is taken by " + first,
          "give the newer one another id; an id is unique over all routes and their steps");
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
                    entry.location(),
                    "there is no routeConfiguration '" + id + "'",
                    Suggest.remedy(id, project.routeConfigurations())));
  }

  private static Location idLocation(Route route) {
    return route.tree().entry("id").map(YamlTree.Entry::location).orElse(route.location());
  }
}
