package hub.lint;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Collects faults, so that all are reported together. Not thread-safe. */
final class Faults {
  private static final Comparator<Fault> BY_LOCATION =
      Comparator.comparing(Fault::file).thenComparing(Fault::line);

  private final List<Fault> found = new ArrayList<>();
  private final Fault.Level missingSecret;
  private final Fault.Level missingObject;

  /** As at a start. */
  Faults() {
    this(Fault.Level.ERROR, Fault.Level.WARNING);
  }

  /**
   * @param missingSecret the severity of a secret that is not set
   * @param missingObject the severity of a table, column or function that no migration makes
   */
  Faults(Fault.Level missingSecret, Fault.Level missingObject) {
    this.missingSecret = missingSecret;
    this.missingObject = missingObject;
  }

  void error(Location location, String what, String remedy) {
    add(Fault.of(location, what, remedy, Fault.Level.ERROR));
  }

  void warning(Location location, String what, String remedy) {
    add(Fault.of(location, what, remedy, Fault.Level.WARNING));
  }

  /**
   * A secret or a variable is not set, which is a fault of the place where the hub runs, and not of
   * its files.
   */
  void notSet(Location location, String what, String remedy) {
    add(Fault.of(location, what, remedy, missingSecret));
  }

  /**
   * SQL names a table, column or function that no migration makes. Somebody may have made it by
   * hand.
   */
  void missingObject(Location location, String what, String remedy) {
    add(Fault.of(location, what, remedy, missingObject));
  }

  private void add(Fault fault) {
    if (!found.contains(fault)) {
      found.add(fault);
    }
  }

  /** Whether an error was found in {@code file}. */
  boolean hasErrorIn(String file) {
    return found.stream()
        .filter(fault -> fault.level() == Fault.Level.ERROR)
        .anyMatch(fault -> fault.file().equals(file));
  }

  /** Whether an error was found at {@code location}. */
  boolean hasErrorAt(Location location) {
    return found.stream()
        .anyMatch(
            fault ->
                fault.level() == Fault.Level.ERROR && fault.where().equals(location.toString()));
  }

  /** By file, then by line, then in the order in which they were added. */
  List<Fault> sorted() {
    return found.stream().sorted(BY_LOCATION).toList();
  }
}
