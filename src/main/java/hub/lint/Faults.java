package hub.lint;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Collects faults, so that all are reported together. Not thread-safe. */
final class Faults {
  private static final Comparator<Fault> BY_LOCATION =
      Comparator.comparing((Fault fault) -> file(fault.where()))
          .thenComparing(fault -> line(fault.where()));

  private final List<Fault> found = new ArrayList<>();

  void error(Location location, String what, String remedy) {
    add(Fault.error(location.toString(), what, remedy));
  }

  void warning(Location location, String what, String remedy) {
    add(Fault.warning(location.toString(), what, remedy));
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
        .anyMatch(fault -> file(fault.where()).equals(file));
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

  private static String file(String where) {
    return line(where) == 0 ? where : where.substring(0, where.lastIndexOf(':'));
  }

  /** The line number at the end of {@code where}, or 0. */
  private static int line(String where) {
    String end = where.substring(where.lastIndexOf(':') + 1);
    return end.length() < where.length() && end.matches("\\d{1,9}") ? Integer.parseInt(end) : 0;
  }
}
