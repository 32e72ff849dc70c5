package hub.lint;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Gathers faults, so that one does not hide the next. Not thread-safe. */
final class Faults {
  private static final Comparator<Fault> BY_PLACE =
      Comparator.comparing((Fault fault) -> file(fault.where()))
          .thenComparing(fault -> line(fault.where()));

  private final List<Fault> found = new ArrayList<>();

  void error(Place place, String what, String remedy) {
    add(Fault.error(place.toString(), what, remedy));
  }

  void warning(Place place, String what, String remedy) {
    add(Fault.warning(place.toString(), what, remedy));
  }

  private void add(Fault fault) {
    if (!found.contains(fault)) {
      found.add(fault);
    }
  }

  /** Whether an error was found in {@code file}. */
  boolean stopAt(String file) {
    return found.stream()
        .filter(fault -> fault.level() == Fault.Level.ERROR)
        .anyMatch(fault -> file(fault.where()).equals(file));
  }

  /** Whether an error was found at {@code place}. */
  boolean stopAtLine(Place place) {
    return found.stream()
        .anyMatch(
            fault -> fault.level() == Fault.Level.ERROR && fault.where().equals(place.toString()));
  }

  /** By file, then by line, then in the order of finding. */
  List<Fault> sorted() {
    return found.stream().sorted(BY_PLACE).toList();
  }

  private static String file(String where) {
    return line(where) == 0 ? where : where.substring(0, where.lastIndexOf(':'));
  }

  /** The line that {@code where} ends with, or 0. */
  private static int line(String where) {
    String end = where.substring(where.lastIndexOf(':') + 1);
    return end.length() < where.length() && end.matches("\\d{1,9}") ? Integer.parseInt(end) : 0;
  }
}
