package hub.lint;

import hub.db.Dialect;
import hub.db.MigrationFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The migrations that make the tables of routes, as {@link MigrationFolder} finds them. */
final class OwnMigrations {
  /**
   * A migration.
   *
   * @param name for messages
   */
  record Migration(String name, String script) {}

  private OwnMigrations() {}

  /** Those that H2 takes, by folder, then by number; none when they cannot be read. */
  static List<Migration> in(Path routesDir, FileNames names) {
    try {
      return MigrationFolder.under(routesDir, Dialect.H2).stream()
          .flatMap(folder -> folder.files().stream())
          .map(file -> new Migration(names.of(file.path()), read(file.path())))
          .toList();
    } catch (UncheckedIOException e) {
      return List.of();
    }
  }

  /** Tells the files whose names cannot stay. */
  static void checkNames(Path routesDir, Dialect dialect, FileNames names, Faults faults) {
    try {
      for (MigrationFolder folder : MigrationFolder.under(routesDir, dialect)) {
        folder
            .faults()
            .forEach(
                fault ->
                    faults.error(
                        Location.of(names.of(fault.file())), fault.what(), fault.remedy()));
      }
    } catch (UncheckedIOException e) {
      faults.error(
          Location.of(names.of(routesDir)),
          "a folder of migrations cannot be read: " + e.getCause().getMessage(),
          "let the hub's user read it");
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
