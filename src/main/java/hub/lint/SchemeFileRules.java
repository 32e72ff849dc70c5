package hub.lint;

import hub.webhook.scheme.SchemeFiles;
import java.util.List;
import java.util.Optional;

/** Checks the schemes of {@code routes/schemes}: the JSON Schema, and what it cannot see. */
final class SchemeFileRules {
  private static final String NAME = "[a-z0-9][a-z0-9-]*";

  private final Faults faults;

  SchemeFileRules(Faults faults) {
    this.faults = faults;
  }

  void check(RouteFiles.RouteFile file, String content, YamlTree tree) {
    String name = file.stem();
    if (!name.matches(NAME)) {
      faults.error(
          Location.of(file.name()),
          "the scheme's name '" + name + "' cannot be written in a route",
          "use small letters, digits and -");
      return;
    }
    if (!tree.isMap()) {
      faults.error(tree.location(), "is not a scheme", "begin with title and verify");
      return;
    }
    for (String fault : SchemeFiles.faultsOf(name, content)) {
      int colon = fault.indexOf(": ");
      String path = colon < 0 ? "" : fault.substring(0, colon);
      int remedy = fault.lastIndexOf("; ");
      faults.error(
          location(tree, path),
          remedy < 0 ? fault : fault.substring(0, remedy),
          remedy < 0 ? "see the reference of schemes" : fault.substring(remedy + 2));
    }
    if (SchemeFiles.shipped().named(name).isPresent()) {
      faults.warning(
          Location.of(file.name()),
          "stands in place of the shipped scheme " + name,
          "call it otherwise, if that is not meant");
    }
  }

  /** Of the member at a path, or of the nearest one around it. */
  private static Location location(YamlTree tree, String path) {
    YamlTree here = tree;
    Location nearest = tree.location();
    for (String step : List.of(path.split("\\."))) {
      Optional<YamlTree.Entry> entry = here.entry(step);
      if (entry.isPresent()) {
        nearest = entry.get().location();
        here = entry.get().value();
      } else if (step.matches("\\d{1,4}") && Integer.parseInt(step) < here.items().size()) {
        here = here.items().get(Integer.parseInt(step));
        nearest = here.location();
      } else {
        return nearest;
      }
    }
    return nearest;
  }
}
