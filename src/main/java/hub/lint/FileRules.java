package hub.lint;

import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;

/** Checks that files which endpoints and expressions name are there, such as {@code sql:file:…}. */
final class FileRules {
  /** Components whose address may be a file that a start reads. */
  private static final Set<String> READERS =
      Set.of("sql", "xslt", "validator", "language", "json-validator");

  private static final Pattern FILE = Pattern.compile("(?:^|:)(file|classpath):([^?\\s]+)$");
  private static final String DIALECT = "{{hub.database.dialect}}";

  private final Path home;
  private final CamelContext context;
  private final Faults faults;

  /**
   * @param home the folder in which the hub runs
   */
  FileRules(Path home, CamelContext context, Faults faults) {
    this.home = home;
    this.context = context;
    this.faults = faults;
  }

  void check(Endpoint endpoint) {
    if (READERS.contains(endpoint.scheme())) {
      check(endpoint.location(), endpoint.address());
    }
  }

  /** Checks expressions that stand in a file of their own, {@code resource:classpath:…}. */
  void check(List<Spot> spots) {
    spots.stream()
        .filter(spot -> spot.text().matches("resource:(file|classpath):\\S+"))
        .forEach(spot -> check(spot.location(), spot.text().strip()));
  }

  private void check(Location location, String address) {
    for (String dialect : List.of("h2", "postgresql")) {
      Matcher file = FILE.matcher(address.replace(DIALECT, dialect));
      if (file.find() && !file.group(2).contains("{{") && !file.group(2).contains("${")) {
        boolean isFile = file.group(1).equals("file");
        check(location, isFile, isFile ? file.group(2) : file.group(2).replaceFirst("^/+", ""));
      }
    }
  }

  private void check(Location location, boolean isFile, String path) {
    try {
      if (isFile ? !Files.isRegularFile(home.resolve(path)) : !isOnClassPath(path)) {
        int slash = path.lastIndexOf('/');
        String folder = slash < 0 ? "" : path.substring(0, slash);
        String remedy =
            Suggest.nearest(path.substring(slash + 1), names(isFile, folder))
                .map(near -> "did you mean '" + (slash < 0 ? "" : folder + "/") + near + "'?")
                .orElse(
                    isFile
                        ? "write the file " + path + ", in the folder in which the hub runs"
                        : "put it on the class path, or write file: before the path of a file");
        faults.error(location, "there is no file " + path, remedy);
      }
    } catch (InvalidPathException e) {
      faults.error(location, "'" + path + "' is no path", "write the path of a file");
    }
  }

  private boolean isOnClassPath(String path) {
    return context.getClassResolver().loadResourceAsURL(path) != null
        || FileRules.class.getClassLoader().getResource(path) != null;
  }

  private Set<String> names(boolean isFile, String folder) {
    Set<String> names = new TreeSet<>();
    try {
      if (isFile) {
        addNames(home.resolve(folder), names);
      } else {
        URL url = FileRules.class.getClassLoader().getResource(folder);
        if (url != null && url.getProtocol().equals("file")) {
          addNames(Path.of(URI.create(url.toString())), names);
        }
      }
    } catch (IOException | IllegalArgumentException e) {
      return names; // Without a suggestion then.
    }
    return names;
  }

  private static void addNames(Path folder, Set<String> names) throws IOException {
    if (Files.isDirectory(folder)) {
      try (Stream<Path> files = Files.list(folder)) {
        files.forEach(file -> names.add(file.getFileName().toString()));
      }
    }
  }
}
