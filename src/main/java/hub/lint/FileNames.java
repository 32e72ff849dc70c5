package hub.lint;

import java.nio.file.Path;

/**
 * Names files the way somebody standing in the hub's folder would.
 *
 * @param home the folder that the hub runs in
 */
record FileNames(Path home) {
  /** The path from home where the file lies inside it, else as it is. */
  String of(Path path) {
    Path full = path.toAbsolutePath().normalize();
    Path base = home.toAbsolutePath().normalize();
    Path shown = full.startsWith(base) ? base.relativize(full) : path;
    return shown.toString().replace('\\', '/');
  }
}
