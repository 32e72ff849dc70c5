package hub.lint;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Finds the ids of the routes that a project has. */
public final class RouteIds {
  private RouteIds() {}

  /**
   * File and line of each route's id, by id. Files that cannot be read are skipped: the lint
   * reports them.
   */
  public static Map<String, String> in(Path routesDir) {
    Faults ignored = new Faults();
    RouteFiles files =
        new RouteFiles(routesDir, new FileNames(routesDir.toAbsolutePath().getParent()));
    Map<String, String> ids = new LinkedHashMap<>();
    for (RouteFiles.RouteFile file : files.find(ignored)) {
      if (file.kind() == RouteFiles.Kind.ROUTES) {
        RouteFiles.read(file, ignored)
            .flatMap(content -> YamlTree.parse(file.name(), content, ignored))
            .ifPresent(
                tree ->
                    tree.items()
                        .forEach(
                            item ->
                                item.at("route", "id")
                                    .filter(YamlTree::isText)
                                    .ifPresent(
                                        id ->
                                            ids.putIfAbsent(id.text(), id.location().toString()))));
      }
    }
    return ids;
  }
}
