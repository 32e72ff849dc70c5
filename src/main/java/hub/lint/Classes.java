package hub.lint;

import java.io.IOException;
import java.net.JarURLConnection;
import java.net.URI;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;

/**
 * Finds classes by name, without initialising them, and suggests those with a similar name.
 *
 * @param context its class resolver is asked first
 */
record Classes(CamelContext context) {
  private static final String SUFFIX = ".class";

  /**
   * The class of that name; also one of the hub that Camel's class loader cannot see, as a
   * launcher's does.
   */
  Optional<Class<?>> find(String name) {
    Class<?> known = context.getClassResolver().resolveClass(name);
    return Optional.ofNullable(
        known != null
            ? known
            : context.getClassResolver().resolveClass(name, Classes.class.getClassLoader()));
  }

  /** What to do about a class that is not there. */
  String remedy(String name) {
    int dot = name.lastIndexOf('.');
    String folder = dot < 0 ? "java.lang" : name.substring(0, dot);
    return Suggest.nearest(name.substring(dot + 1), simpleNames(folder))
        .map(near -> "did you mean '" + (dot < 0 ? near : folder + "." + near) + "'?")
        .orElse("check its spelling, or add its jar");
  }

  private static Set<String> simpleNames(String packageName) {
    Set<String> names = new TreeSet<>();
    String folder = packageName.replace('.', '/');
    try {
      for (URL url : Collections.list(Classes.class.getClassLoader().getResources(folder))) {
        addFrom(url, folder, names);
      }
      Path modules =
          FileSystems.getFileSystem(URI.create("jrt:/")).getPath("packages", packageName);
      if (Files.isDirectory(modules)) {
        try (Stream<Path> found = Files.list(modules)) {
          for (Path module : found.toList()) {
            addFrom(module.toRealPath().resolve(folder), names);
          }
        }
      }
    } catch (IOException | RuntimeException e) {
      // Without a suggestion then.
      return names;
    }
    return names;
  }

  private static void addFrom(URL url, String folder, Set<String> names) throws IOException {
    if (url.getProtocol().equals("file")) {
      addFrom(Path.of(URI.create(url.toString())), names);
      return;
    }
    URLConnection connection = url.openConnection();
    if (connection instanceof JarURLConnection jar) {
      connection.setUseCaches(false);
      try (JarFile file = jar.getJarFile()) {
        file.stream()
            .map(entry -> entry.getName())
            .filter(entry -> entry.startsWith(folder + "/"))
            .forEach(entry -> add(entry.substring(folder.length() + 1), names));
      }
    }
  }

  private static void addFrom(Path folder, Set<String> names) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      files.forEach(file -> add(file.getFileName().toString(), names));
    }
  }

  private static void add(String file, Set<String> names) {
    if (file.endsWith(SUFFIX) && !file.contains("/") && !file.contains("$")) {
      names.add(file.substring(0, file.length() - SUFFIX.length()));
    }
  }
}
