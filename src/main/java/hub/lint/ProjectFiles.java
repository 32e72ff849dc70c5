package hub.lint;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The files that a lint may tell faults of.
 *
 * @param routesDir the folder {@code routes/}
 * @param applicationProperties the settings file, which may be absent
 */
public record ProjectFiles(Path routesDir, Path applicationProperties) {
  /** The name that the faults of a file have; empty for one that is no file of the project. */
  public Optional<String> name(Path file) {
    FileNames names = new FileNames(applicationProperties.toAbsolutePath().getParent());
    Path wanted = normal(file);
    if (!Files.isRegularFile(wanted)) {
      return Optional.empty();
    }
    boolean known =
        wanted.equals(normal(applicationProperties))
            || wanted.equals(normal(applicationProperties.resolveSibling(".env")))
            || isRoute(wanted, names)
            || isStatement(wanted);
    return known ? Optional.of(names.of(wanted)) : Optional.empty();
  }

  private boolean isRoute(Path wanted, FileNames names) {
    return new RouteFiles(routesDir, names)
        .find(new Faults()).stream().anyMatch(file -> normal(file.path()).equals(wanted));
  }

  /** SQL that routes run, or that makes their tables. */
  private boolean isStatement(Path wanted) {
    if (!wanted.toString().endsWith(".sql") || !Files.isDirectory(routesDir)) {
      return false;
    }
    try (Stream<Path> files = Files.walk(routesDir)) {
      return files.anyMatch(file -> normal(file).equals(wanted));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path normal(Path file) {
    return file.toAbsolutePath().normalize();
  }
}
