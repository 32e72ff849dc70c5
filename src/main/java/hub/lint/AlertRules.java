package hub.lint;

import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Checks alerts: unique names that fit into a path, a step that sends the message, ranges of
 * numbers.
 */
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
    Map<String, Location> names = new HashMap<>();
    for (Route route : project.routes()) {
      route
          .from()
          .filter(from -> ADDRESS.matcher(from.address()).matches())
          .ifPresent(from -> check(route, from, names));
    }
  }

  private void check(Route route, Endpoint from, Map<String, Location> names) {
    from.value("name")
        .filter(name -> !name.contains("{{"))
        .ifPresent(name -> checkName(from, name, names));
    if (route.endpoints().size() == 1) {
      faults.warning(
          from.locationOf("name"),
          "route '" + route.title() + "' tells nobody of its alert",
          "add a step to inbox:alert, or one of your own");
    }
    checkRange(from, "windowMinutes", 1, 24 * 60);
    checkRange(from, "forMinutes", 0, Integer.MAX_VALUE);
    checkRange(from, "repeatMinutes", 0, Integer.MAX_VALUE);
    checkRange(from, "everySeconds", 1, 24 * 60 * 60);
  }

  private void checkName(Endpoint from, String name, Map<String, Location> names) {
    if (!NAME.matcher(name).matches()) {
      faults.error(
          from.locationOf("name"),
          "alert '" + name + "' does not fit into a path",
          "use small letters, digits and -");
    }
    Location first = names.putIfAbsent(name, from.locationOf("name"));
    if (first != null) {
      faults.error(
          from.locationOf("name"),
          "alert '" + name + "' is watched for by " + first,
          "give one of them another name");
    }
  }

  /** A value that is not a whole number is reported by {@link KameletRules}. */
  private void checkRange(Endpoint from, String parameter, int least, int most) {
    from.value(parameter)
        .filter(value -> value.matches("-?\\d{1,18}"))
        .map(Long::valueOf)
        .filter(value -> value < least || value > most)
        .ifPresent(
            value ->
                faults.error(
                    from.locationOf(parameter),
                    parameter + ": " + value + " is not from " + least + " to " + most,
                    ""));
  }
}
