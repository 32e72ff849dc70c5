package hub.lint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Finds the migrations that make the tables of routes: {@code
 * routes/<folder>/migration/V<number>__<name>.sql}. One that ends with {@code .h2.sql} goes before
 * the plain one of the same number.
 */
final class OwnMigrations {
  private static final Pattern NAME =
      Pattern.compile("V(\\d{1,9})__(.+?)(\\.h2|\\.postgresql)?\\.sql");

  /**
   * A migration.
   *
   * @param name for messages
   */
  record Migration(String name, String script) {}

  private OwnMigrations() {}

  /** Those that H2 takes, by folder, then by number; none when they cannot be read. */
  static List<Migration> in(Path routesDir, FileNames names) {
    Map<String, Map<Integer, Path>> folders = new TreeMap<>();
    try (Stream<Path> files = Files.isDirectory(routesDir) ? Files.walk(routesDir) : Stream.of()) {
      files
          .filter(Files::isRegularFile)
          .filter(file -> file.getParent().endsWith("migration"))
          .sorted()
          .forEach(file -> add(file, folders));
      List<Migration> all = new ArrayList<>();
      for (Map<Integer, Path> folder : folders.values()) {
        for (Path file : folder.values()) {
          all.add(new Migration(names.of(file), Files.readString(file)));
        }
      }
      return all;
    } catch (IOException e) {
      return List.of();
    }
  }

  private static void add(Path file, Map<String, Map<Integer, Path>> folders) {
    Matcher name = NAME.matcher(file.getFileName().toString());
    if (!name.matches() || ".postgresql".equals(name.group(3))) {
      return;
    }
    Map<Integer, Path> folder =
        folders.computeIfAbsent(file.getParent().toString(), any -> new TreeMap<>());
    boolean isOfH2 = ".h2".equals(name.group(3));
    folder.merge(Integer.valueOf(name.group(1)), file, (first, second) -> isOfH2 ? second : first);
  }
}
