package hub.catchup;

import hub.inbox.db.TypePattern;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * The types of events that are fetched.
 *
 * @param names all of them; empty: not known by name, because a pattern has a star
 */
record Types(Predicate<String> taken, Optional<List<String>> names) {
  /** Every type. */
  static final Types ALL = new Types(type -> true, Optional.empty());

  /**
   * @param written patterns as a handler writes them; blank: what {@code handlers} take
   * @param handlers the patterns of the source's handlers, one with a blank text takes every type;
   *     none: nothing handles its webhooks either, and every type is fetched
   */
  static Types of(String written, List<String> handlers) {
    if (!written.isBlank()) {
      return of(List.of(written));
    }
    return handlers.isEmpty() || handlers.stream().anyMatch(String::isBlank) ? ALL : of(handlers);
  }

  private static Types of(List<String> lists) {
    List<Predicate<String>> all = new ArrayList<>();
    TreeSet<String> names = new TreeSet<>();
    boolean exact = true;
    for (String list : lists) {
      all.add(TypePattern.any(list));
      for (TypePattern pattern : TypePattern.all(list)) {
        exact &= pattern.isExact();
        names.addAll(pattern.parts());
      }
    }
    return new Types(
        type -> all.stream().anyMatch(one -> one.test(type)),
        exact ? Optional.of(List.copyOf(names)) : Optional.empty());
  }
}
