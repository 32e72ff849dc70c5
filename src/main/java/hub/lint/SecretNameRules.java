package hub.lint;

import hub.config.Settings;
import hub.config.Variable;
import hub.config.Variables;
import java.util.List;
import java.util.Set;

/** Tells a secret that a call names, that is not set, and that resembles a declared variable. */
final class SecretNameRules {
  /** The parameters of Kamelets that hold the name of one secret or of several. */
  private static final Set<String> NAMING =
      Set.of("secret", "secrets", "baseUrlSecret", "urlSecret", "signSecret", "needs");

  /** Names of two providers resemble each other: such as GITHUB_TOKEN and GITLAB_TOKEN. */
  private static final int MOST_LETTERS = 2;

  private final Settings settings;
  private final Variables variables;
  private final List<String> declared;
  private final Faults faults;

  SecretNameRules(Settings settings, Variables variables, Faults faults) {
    this.settings = settings;
    this.variables = variables;
    this.declared = variables.all().stream().map(Variable::key).toList();
    this.faults = faults;
  }

  void check(List<Spot> spots) {
    for (Spot spot : spots) {
      if (NAMING.contains(spot.key()) && spot.under().equals("parameters") && spot.isLiteral()) {
        for (String name : spot.text().split(",")) {
          check(spot.location(), name.strip());
        }
      }
    }
  }

  private void check(Location location, String name) {
    if (!name.isEmpty() && variables.find(name).isEmpty() && !isSet(name)) {
      Suggest.nearest(name, declared)
          .filter(near -> Suggest.distance(name, near) <= MOST_LETTERS)
          .ifPresent(
              near ->
                  faults.warning(
                      location,
                      "no folder declares the variable '" + name + "', and it is not set",
                      "did you mean '" + near + "'?"));
    }
  }

  private boolean isSet(String name) {
    try {
      return settings.named(name).isPresent();
    } catch (RuntimeException e) {
      return true; // told with the settings
    }
  }
}
