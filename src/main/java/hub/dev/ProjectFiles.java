package hub.dev;

import hub.config.ShippedRoutes;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.EnumSet;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * The files that a hub is made of, at one moment: those of {@code routes/}, the Kamelets and
 * policies of the jar in whose place none of them stands, and the settings.
 *
 * @param texts by path below the routes folder, with {@code /}; the settings under {@link
 *     #SETTINGS}
 */
record ProjectFiles(Map<String, String> texts) {
  /** Name of the settings file among the texts; no file of the routes folder has such a path. */
  static final String SETTINGS = "../application.properties";

  /** Larger ones are neither routes nor SQL. */
  private static final long MOST_BYTES = 1 << 20;

  /** What editors put beside the file that is edited. */
  private static final Pattern TEMPORARY =
      Pattern.compile("\\..*|.*~|#.*#|.*\\.(sw[a-z]|tmp|bak|orig)|4913|.*___jb_(tmp|old)___");

  /** The state of each file without its text: changes with every save. */
  static Map<String, String> stamps(Path routes, Path settings) throws IOException {
    Map<String, String> stamps = new TreeMap<>();
    visit(
        routes,
        settings,
        (name, file, attributes) ->
            stamps.put(
                name,
                attributes.size()
                    + " "
                    + attributes.lastModifiedTime()
                    + " "
                    + attributes.fileKey()));
    return stamps;
  }

  /**
   * Reads all of them.
   *
   * @throws IOException when one cannot be read, such as one that has gone meanwhile
   */
  static ProjectFiles read(Path routes, Path settings) throws IOException {
    Map<String, String> texts = new TreeMap<>();
    visit(
        routes,
        settings,
        (name, file, attributes) ->
            texts.put(name, new String(Files.readAllBytes(file), StandardCharsets.UTF_8)));
    texts.putAll(ShippedRoutes.beside(texts));
    return new ProjectFiles(texts);
  }

  private interface Visit {
    void file(String name, Path file, BasicFileAttributes attributes) throws IOException;
  }

  private static void visit(Path routes, Path settings, Visit visit) throws IOException {
    if (Files.isRegularFile(settings)) {
      visit.file(SETTINGS, settings, Files.readAttributes(settings, BasicFileAttributes.class));
    }
    if (!Files.isDirectory(routes)) {
      return;
    }
    Files.walkFileTree(
        routes,
        EnumSet.of(FileVisitOption.FOLLOW_LINKS),
        Integer.MAX_VALUE,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            return !folder.equals(routes) && folder.getFileName().toString().startsWith(".")
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            if (attributes.isRegularFile()
                && attributes.size() <= MOST_BYTES
                && !TEMPORARY.matcher(file.getFileName().toString()).matches()) {
              visit.file(routes.relativize(file).toString().replace('\\', '/'), file, attributes);
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException gone) {
            return FileVisitResult.CONTINUE;
          }
        });
  }

  /** The settings file's keys and values, as they are written. */
  Map<String, String> settings() {
    Properties read = new Properties();
    try {
      read.load(new StringReader(texts.getOrDefault(SETTINGS, "")));
    } catch (IOException | IllegalArgumentException e) {
      // The lint has told.
      return Map.of();
    }
    Map<String, String> settings = new TreeMap<>();
    read.stringPropertyNames().forEach(key -> settings.put(key, read.getProperty(key)));
    return settings;
  }

  /** The names of files that are added, removed or different in {@code next}. */
  Set<String> changedTo(ProjectFiles next) {
    Set<String> changed = new TreeSet<>(texts.keySet());
    changed.addAll(next.texts.keySet());
    changed.removeIf(name -> Objects.equals(texts.get(name), next.texts.get(name)));
    return changed;
  }
}
