package hub.db;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The migrations of one folder of routes, {@code routes/NAME/migration/V1__what.sql} and so on:
 * statements that make or change tables of one's own.
 *
 * @param name the folder below {@code routes/}
 * @param files the files that run on one kind of database, in the order of their numbers
 * @param faults what is wrong with the files' names
 */
public record MigrationFolder(String name, List<File> files, List<Fault> faults) {
  private static final String FOLDER = "migration";
  private static final Pattern NAME =
      Pattern.compile("V(\\d{1,18})__(\\w[\\w-]*)(?:\\.(h2|postgresql))?\\.sql");

  /**
   * A migration.
   *
   * @param number of its name, without leading zeros
   */
  public record File(String number, Path path) {
    String name() {
      return path.getFileName().toString();
    }
  }

  /** A file whose name cannot stay. */
  public record Fault(Path file, String what, String remedy) {
    @Override
    public String toString() {
      return file + ": " + what + "; " + remedy;
    }
  }

  /**
   * All of them, by the names of their folders.
   *
   * @param routes the folder {@code routes/}; may be absent
   * @throws UncheckedIOException when a folder cannot be read
   */
  public static List<MigrationFolder> under(Path routes, Dialect dialect) {
    if (!Files.isDirectory(routes)) {
      return List.of();
    }
    try (Stream<Path> folders = Files.list(routes)) {
      return folders
          .filter(folder -> Files.isDirectory(folder.resolve(FOLDER)))
          .sorted()
          .map(folder -> read(folder, dialect))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static MigrationFolder read(Path folder, Dialect dialect) {
    List<Fault> faults = new ArrayList<>();
    Map<BigInteger, List<Path>> byNumber = new TreeMap<>();
    for (Path file : filesIn(folder.resolve(FOLDER))) {
      Matcher name = NAME.matcher(file.getFileName().toString());
      if (name.matches()) {
        byNumber
            .computeIfAbsent(new BigInteger(name.group(1)), number -> new ArrayList<>())
            .add(file);
      } else {
        faults.add(
            new Fault(
                file,
                "is no name of a migration",
                "write V<number>__<name>.sql, for one kind of database alone V<number>__<name>.h2.sql or .postgresql.sql"));
      }
    }
    List<File> files = new ArrayList<>();
    byNumber.forEach((number, same) -> choose(number, same, dialect, faults).ifPresent(files::add));
    return new MigrationFolder(
        folder.getFileName().toString(), List.copyOf(files), List.copyOf(faults));
  }

  /** Hidden files, such as an editor's, are nobody's mistake. */
  private static List<Path> filesIn(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> !file.getFileName().toString().startsWith("."))
          .sorted(Comparator.comparing(Path::toString))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The file of this database goes before the one for all. */
  private static Optional<File> choose(
      BigInteger number, List<Path> same, Dialect dialect, List<Fault> faults) {
    List<Path> own = same.stream().filter(file -> isFor(file, dialect.folder())).toList();
    List<Path> plain =
        same.stream()
            .filter(
                file -> Stream.of(Dialect.values()).noneMatch(other -> isFor(file, other.folder())))
            .toList();
    List<Path> chosen = own.isEmpty() ? plain : own;
    if (chosen.size() > 1) {
      faults.add(
          new Fault(
              chosen.get(1),
              "has the number of " + chosen.get(0).getFileName(),
              "give it the next free one"));
    } else if (chosen.isEmpty()) {
      faults.add(
          new Fault(
              same.get(0),
              "nothing has this number for " + (dialect == Dialect.H2 ? "H2" : "PostgreSQL"),
              "add a file of the same number that ends in ."
                  + dialect.folder()
                  + ".sql, which may be empty"));
    }
    return chosen.stream().findFirst().map(file -> new File(number.toString(), file));
  }

  private static boolean isFor(Path file, String dialect) {
    return file.getFileName().toString().toLowerCase(Locale.ROOT).endsWith("." + dialect + ".sql");
  }

  /** The table that says which of them have run. */
  String historyTable() {
    return name + "_schema_history";
  }
}
