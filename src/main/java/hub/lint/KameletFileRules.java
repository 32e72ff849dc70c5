package hub.lint;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Checks a Kamelet's file: its name, its template and the steps in it. */
final class KameletFileRules {
  private static final Pattern PLACEHOLDER = Pattern.compile("\\{\\{([A-Za-z][\\w.-]*)}}");

  private final Predicate<String> isSetting;
  private final DslSchema schema;
  private final StepRules steps;
  private final Faults faults;

  /**
   * @param isSetting whether a setting or variable of that name is set
   */
  KameletFileRules(DslSchema schema, StepRules steps, Predicate<String> isSetting, Faults faults) {
    this.isSetting = isSetting;
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
    template.ifPresent(one -> checkPlaceholders(file, tree, one));
    return endpoints;
  }

  /**
   * A placeholder of a template is a parameter or a bean of it, else a setting: one that resembles
   * a parameter and is no setting was meant to be it.
   */
  private void checkPlaceholders(RouteFiles.RouteFile file, YamlTree tree, YamlTree template) {
    Kamelet kamelet = Kamelet.of(file.stem(), tree);
    Set<String> known = new TreeSet<>(kamelet.parameters().keySet());
    known.addAll(kamelet.beans());
    for (Spot spot : Spot.in(template)) {
      for (YamlTree text : spot.texts()) {
        Matcher placeholder = PLACEHOLDER.matcher(text.text());
        while (placeholder.find()) {
          String name = placeholder.group(1);
          if (!known.contains(name) && !isSetting.test(name)) {
            faults.error(
                spot.entry().value().isList() ? text.location() : spot.location(),
                "the kamelet declares no parameter '" + name + "', and no setting has that name",
                Suggest.nearest(name, known)
                    .map(near -> "did you mean '" + near + "'?")
                    .orElse("declare it under spec.definition.properties"));
          }
        }
      }
    }
  }
}
