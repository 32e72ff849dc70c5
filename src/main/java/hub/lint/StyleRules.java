package hub.lint;

import java.util.List;
import java.util.Set;

/** Warns of forms that Camel's later versions refuse. */
final class StyleRules {
  private static final Set<String> LANGUAGES =
      Set.of("simple", "constant", "jsonpath", "xpath", "header", "variable", "exchangeProperty");

  private final Faults faults;

  StyleRules(Faults faults) {
    this.faults = faults;
  }

  void check(List<Spot> spots) {
    Expressions.in(spots, LANGUAGES).stream()
        .filter(Expressions::isShort)
        .forEach(
            expression ->
                faults.warning(
                    expression.location(),
                    "'"
                        + expression.language()
                        + ": …' is the short form, deprecated in Camel 4.23",
                    "write '" + expression.language() + ": {expression: …}'"));
  }
}
