package hub.lint;

import hub.config.ShippedRoutes;
import hub.config.Variables;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
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
    VARIABLES,
    TEST,
    STRAY
  }

  /**
   * A file.
   *
   * @param name for messages
   * @param shipped the text of one that is in the jar; empty: it is read from {@code path}
   */
  record RouteFile(Path path, String name, Kind kind, Optional<String> shipped) {
    RouteFile(Path path, String name, Kind kind) {
      this(path, name, kind, Optional.empty());
    }

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

  /**
   * The Kamelets and policies of the jar that count beside these files; warns of files that stand
   * in place of one and differ from it.
   */
  List<RouteFile> shippedBeside(List<RouteFile> files, Faults faults) {
    Map<String, String> own = new TreeMap<>();
    for (RouteFile file : files) {
      if (file.kind() == Kind.ROUTES || file.kind() == Kind.KAMELET) {
        // What cannot be read is told where it is read for itself.
        read(file, new Faults()).ifPresent(text -> own.put(inside(file.path()), text));
        ShippedRoutes.text(inside(file.path()))
            .filter(text -> own.containsKey(inside(file.path())))
            .filter(
                text ->
                    !text.lines().toList().equals(own.get(inside(file.path())).lines().toList()))
            .ifPresent(
                text ->
                    faults.warning(
                        Location.of(file.name()),
                        "stands in place of the shipped "
                            + (file.kind() == Kind.KAMELET ? "Kamelet " : "policy ")
                            + file.stem(),
                        "delete it to have the shipped one of this version, if it is no change of"
                            + " your own"));
      }
    }
    return ShippedRoutes.beside(own).entrySet().stream()
        .map(
            shipped ->
                new RouteFile(
                    Path.of(shipped.getKey()),
                    ShippedRoutes.CLASSPATH + shipped.getKey(),
                    shipped.getKey().endsWith(".kamelet.yaml") ? Kind.KAMELET : Kind.ROUTES,
                    Optional.of(shipped.getValue())))
        .toList();
  }

  private String inside(Path path) {
    return dir.relativize(path).toString().replace('\\', '/');
  }

  private Kind kind(Path path) {
    String inside = inside(path);
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
    if (inside.matches("[^/]+/" + Variables.FILE)) {
      return Kind.VARIABLES;
    }
    return inside.equals(PROVIDERS) ? Kind.LOGIN_PROVIDERS : Kind.STRAY;
  }

  /** The content of the file; empty after a fault. */
  static Optional<String> read(RouteFile file, Faults faults) {
    if (file.shipped().isPresent()) {
      return file.shipped();
    }
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
    if (file.path().endsWith(Variables.FILE)) {
      return "move it into the folder of an integration, routes/<folder>/" + Variables.FILE;
    }
    return file.path().toString().matches("(?i).*\\.ya?ml")
        ? "name it " + file.stem() + ".camel.yaml, or move it elsewhere"
        : "write it as YAML in a file that ends with .camel.yaml, or move it elsewhere";
  }
}
