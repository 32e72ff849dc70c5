package hub.lint;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * An expression in a step.
 *
 * @param language {@code simple}
 * @param owner the key whose value it is: {@code filter}, {@code when}, {@code setBody}
 * @param location of its text
 * @param isShort whether the text stands behind the language at once
 */
record Expressions(String language, String owner, Location location, String text, boolean isShort) {
  private static final Set<String> PREDICATES =
      Set.of("filter", "when", "validate", "onWhen", "retryWhile", "completionPredicate");

  /** Every expression of the languages. */
  static List<Expressions> in(List<Spot> spots, Set<String> languages) {
    List<Expressions> all = new ArrayList<>();
    for (Spot spot : spots) {
      if (languages.contains(spot.key()) && !spot.under().equals("parameters")) {
        String owner = owner(spot);
        Optional<YamlTree.Entry> inside = spot.entry().value().entry("expression");
        if (inside.isPresent() && inside.get().value().isText()) {
          all.add(
              new Expressions(
                  spot.key(), owner, inside.get().location(), inside.get().value().text(), false));
        } else if (spot.entry().value().isText() && isExpression(spot)) {
          all.add(new Expressions(spot.key(), owner, spot.location(), spot.text(), true));
        }
      }
    }
    return all;
  }

  /** A text alone could be an option of the same name. */
  private static boolean isExpression(Spot spot) {
    return spot.under().equals("expression") || spot.key().equals("simple");
  }

  private static String owner(Spot spot) {
    for (int i = spot.path().size() - 1; i >= 0; i--) {
      if (!spot.path().get(i).equals("expression")) {
        return spot.path().get(i);
      }
    }
    return "";
  }

  boolean isPredicate() {
    return PREDICATES.contains(owner);
  }
}
