package hub.lint;

import java.nio.file.Path;

/**
 * Shortens paths for messages.
 *
 * @param home the folder in which the hub runs
 */
record FileNames(Path home) {
  /** The path relative to home if the file is inside it, otherwise unchanged. */
  String of(Path path) {
    Path full = path.toAbsolutePath().normalize();
    Path base = home.toAbsolutePath().normalize();
    Path shown = full.startsWith(base) ? base.relativize(full) : path;
    return shown.toString().replace('\\', '/');
  }
}
