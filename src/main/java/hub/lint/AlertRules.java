package hub.lint;

import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;

/** An alert is known by its name: where it stands is stored under it, and it is silenced by it. */
final class AlertRules {
  private static final Pattern ADDRESS = Pattern.compile("kamelet:/*alert-source(/.*)?");
  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]{0,99}");

  private final Project project;
  private final Faults faults;

  AlertRules(Project project, Faults faults) {
    this.project = project;
    this.faults = faults;
  }

  void checkAll() {
    Map<String, Place> names = new HashMap<>();
    for (Route route : project.routes()) {
      route
          .from()
          .filter(from -> ADDRESS.matcher(from.address()).matches())
          .ifPresent(from -> check(route, from, names));
    }
  }

  private void check(Route route, Endpoint from, Map<String, Place> names) {
    from.value("name")
        .filter(name -> !name.contains("{{"))
        .ifPresent(name -> checkName(from, name, names));
    if (route.endpoints().size() == 1) {
      faults.warning(
          from.placeOf("name"),
          "route '" + route.title() + "' tells nobody of its alert",
          "add a step to inbox:alert, or one of your own");
    }
    checkRange(from, "windowMinutes", 1, 24 * 60);
    checkRange(from, "forMinutes", 0, Integer.MAX_VALUE);
    checkRange(from, "repeatMinutes", 0, Integer.MAX_VALUE);
    checkRange(from, "everySeconds", 1, 24 * 60 * 60);
  }

  private void checkName(Endpoint from, String name, Map<String, Place> names) {
    if (!NAME.matcher(name).matches()) {
      faults.error(
          from.placeOf("name"),
          "alert '" + name + "' does not fit into a path",
          "use small letters, digits and -");
    }
    Place first = names.putIfAbsent(name, from.placeOf("name"));
    if (first != null) {
      faults.error(
          from.placeOf("name"),
          "alert '" + name + "' is watched for by " + first,
          "give one of them another name");
    }
  }

  /** What is no whole number at all is told of any Kamelet. */
  private void checkRange(Endpoint from, String parameter, int least, int most) {
    from.value(parameter)
        .filter(value -> value.matches("-?\\d{1,18}"))
        .map(Long::valueOf)
        .filter(value -> value < least || value > most)
        .ifPresent(
            value ->
                faults.error(
                    from.placeOf(parameter),
                    parameter + ": " + value + " is not from " + least + " to " + most,
                    ""));
  }
}
