package hub.lint;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Checks a Kamelet's file: its name, its template and the steps in it. */
final class KameletFileRules {
  private final DslSchema schema;
  private final StepRules steps;
  private final Faults faults;

  KameletFileRules(DslSchema schema, StepRules steps, Faults faults) {
    this.schema = schema;
    this.steps = steps;
    this.faults = faults;
  }

  /**
   * Checks one file.
   *
   * @return the endpoints in its template
   */
  List<Endpoint> check(RouteFiles.RouteFile file, YamlTree tree) {
    Location top = tree.location();
    Optional<YamlTree> name = tree.at("metadata", "name");
    if (name.isEmpty()) {
      faults.error(
          top, "metadata.name is missing", "add 'name: " + file.stem() + "', the file's name");
    } else if (!name.get().text().equals(file.stem())) {
      faults.error(
          name.get().location(),
          "kamelet '" + name.get().text() + "' stands in a file of another name",
          "name the file " + name.get().text() + ".kamelet.yaml");
    }
    Optional<YamlTree> template = tree.at("spec", "template");
    if (template.isEmpty()) {
      faults.error(top, "spec.template is missing", "add it, with 'from' and 'steps'");
    }
    List<Endpoint> endpoints = new ArrayList<>();
    YamlTree body = template.flatMap(t -> t.get("route").or(() -> template)).orElse(tree);
    template
        .flatMap(t -> t.entry("beans"))
        .ifPresent(
            beans ->
                steps.check(
                    "beans",
                    beans.location(),
                    beans.value(),
                    schema.topLevel().property("beans").orElseThrow()));
    body.entry("from")
        .ifPresent(
            from ->
                endpoints.addAll(
                    steps.check(
                        "from", from.location(), from.value(), schema.model("FromDefinition"))));
    return endpoints;
  }
}
