package hub.lint;

import hub.config.Settings;
import hub.config.ValueKind;
import hub.config.Variable;
import hub.config.Variables;
import java.util.Set;
import java.util.stream.Collectors;

/** Checks that a variable which names a route, such as {@code EMAIL_TRANSPORT}, names one. */
final class RouteNameRules {
  private final Project project;
  private final SettingOrigins origins;
  private final Faults faults;

  RouteNameRules(Project project, SettingOrigins origins, Faults faults) {
    this.project = project;
    this.origins = origins;
    this.faults = faults;
  }

  void check(Settings settings, Variables variables) {
    variables.all().stream()
        .filter(variable -> variable.kind() == ValueKind.ROUTE)
        .forEach(variable -> check(settings, variable));
  }

  private void check(Settings settings, Variable variable) {
    String value;
    try {
      value = settings.text(variable);
    } catch (RuntimeException e) {
      return; // told with the settings
    }
    String[] address = variable.limits().routes().split(":", 2);
    Set<String> known =
        project.consumed(address[0]).stream()
            .filter(name -> name.startsWith(address[1]))
            .map(name -> name.substring(address[1].length()))
            .collect(Collectors.toSet());
    if (!value.isEmpty() && !known.isEmpty() && !known.contains(value)) {
      String key = variable.key();
      faults.error(
          origins.location(key),
          origins.title(key)
              + "must be one of "
              + known.stream().sorted().collect(Collectors.joining(", ")),
          Suggest.nearest(value, known)
              .map(near -> "did you mean '" + near + "'?")
              .orElse(
                  "choose one, leave it empty, or add a route from "
                      + variable.limits().routes()
                      + value));
    }
  }
}
