package hub.lint;

import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Finds the files in {@code routes/}. The name of a file tells its kind.
 *
 * @param dir the folder {@code routes/}
 * @param names shortens paths for messages
 */
record RouteFiles(Path dir, FileNames names) {
  /** Files that Camel could load as routes, whether the hub reads them or not. */
  private static final String READABLE = "(?i).*\\.(ya?ml|xml|java|groovy|kts|jsh?)";

  private static final String PROVIDERS = "login/providers.yaml";

  /** The purpose of a file; STRAY: none that the hub knows. */
  enum Kind {
    ROUTES,
    KAMELET,
    LOGIN_PROVIDERS,
    SCHEME,
    TEST,
    STRAY
  }

  /**
   * A file.
   *
   * @param name for messages
   */
  record RouteFile(Path path, String name, Kind kind) {
    /** The file's name without its suffix. */
    String stem() {
      String fileName = path.getFileName().toString();
      return fileName.replaceFirst("(\\.camel|\\.kamelet|\\.scheme|\\.test)?\\.ya?ml$", "");
    }
  }

  /** All files that could be routes, by path. */
  List<RouteFile> find(Faults faults) {
    if (!Files.isDirectory(dir)) {
      faults.error(
          Location.of(names.of(dir)),
          "there is no such folder",
          "start where the routes folder is");
      return List.of();
    }
    try (Stream<Path> paths = Files.walk(dir)) {
      return paths
          .filter(path -> path.toString().matches(READABLE))
          .filter(Files::isRegularFile)
          .sorted()
          .map(path -> new RouteFile(path, names.of(path), kind(path)))
          .toList();
    } catch (IOException e) {
      faults.error(Location.of(names.of(dir)), "cannot be read", "check who may read it");
      return List.of();
    }
  }

  private Kind kind(Path path) {
    String inside = dir.relativize(path).toString().replace('\\', '/');
    if (inside.endsWith(".test.yaml")) {
      return Kind.TEST;
    }
    if (inside.endsWith(".camel.yaml")) {
      return Kind.ROUTES;
    }
    if (inside.matches("kamelets/[^/]+\\.kamelet\\.yaml")) {
      return Kind.KAMELET;
    }
    if (inside.matches("schemes/[^/]+\\.scheme\\.yaml")) {
      return Kind.SCHEME;
    }
    return inside.equals(PROVIDERS) ? Kind.LOGIN_PROVIDERS : Kind.STRAY;
  }

  /** The content of the file; empty after a fault. */
  static Optional<String> read(RouteFile file, Faults faults) {
    try {
      return Optional.of(Files.readString(file.path()));
    } catch (MalformedInputException e) {
      faults.error(Location.of(file.name()), "is not UTF-8", "save it as UTF-8");
    } catch (IOException e) {
      faults.error(Location.of(file.name()), "cannot be read", "check who may read it");
    }
    return Optional.empty();
  }

  /** Warns about files that the hub does not read. */
  static void reportStrays(List<RouteFile> files, Faults faults) {
    for (RouteFile file : files) {
      if (file.kind() == Kind.STRAY) {
        faults.warning(
            Location.of(file.name()),
            "is neither a route nor a Kamelet and is not read",
            strayRemedy(file));
      }
    }
  }

  private static String strayRemedy(RouteFile file) {
    if (file.path().toString().endsWith(".kamelet.yaml")) {
      return "move it to routes/kamelets";
    }
    if (file.path().toString().endsWith(".scheme.yaml")) {
      return "move it to routes/schemes";
    }
    if (file.path().toString().replace('\\', '/').matches(".*/login/[^/]+\\.ya?ml")) {
      return "login providers are read from routes/" + PROVIDERS + "; move it elsewhere otherwise";
    }
    return file.path().toString().matches("(?i).*\\.ya?ml")
        ? "name it " + file.stem() + ".camel.yaml, or move it elsewhere"
        : "write it as YAML in a file that ends with .camel.yaml, or move it elsewhere";
  }
}
