package hub.lint;

import hub.config.Settings;
import hub.config.Variable;
import hub.config.Variables;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Tells a secret that a call names, that is not set, and that resembles a declared variable; and
 * the address of a receiver that is not set, because its events would fail until they are dead.
 */
final class SecretNameRules {
  private static final String RECEIVER = "urlSecret";

  /** The parameters of Kamelets that hold the name of one secret or of several. */
  private static final Set<String> NAMING =
      Set.of("secret", "secrets", "baseUrlSecret", RECEIVER, "signSecret", "needs");

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
          check(spot, name.strip());
        }
      }
    }
  }

  private void check(Spot spot, String name) {
    if (name.isEmpty() || isSet(name)) {
      return;
    }
    Optional<String> near =
        variables.find(name).isPresent()
            ? Optional.empty()
            : Suggest.nearest(name, declared)
                .filter(one -> Suggest.distance(name, one) <= MOST_LETTERS);
    if (near.isPresent()) {
      faults.warning(
          spot.location(),
          "no folder declares the variable '" + name + "', and it is not set",
          "did you mean '" + near.get() + "'?");
    } else if (spot.key().equals(RECEIVER)) {
      faults.notSet(
          spot.location(), name + " is not set", "set it to the address that events are sent to");
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
