package hub.lint;

import java.util.Optional;

/**
 * A statement that a step runs.
 *
 * @param step where the step names it
 * @param file the file of the project that holds it; empty: the step holds it, or the class path
 * @param sql with {@code ?} for each parameter, its lines as written
 */
record SqlStatement(Location step, Optional<String> file, String sql) {
  /** The place of a line of the statement. */
  Location at(int line) {
    return file.map(name -> new Location(name, line)).orElse(step);
  }
}
