package hub.db;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32;

/**
 * The migrations that have run, as Flyway has written them down. Reading them takes one statement,
 * where Flyway takes a tenth of a start to find out that there is nothing to do.
 *
 * @param applied in the order in which they ran
 */
record SchemaHistory(List<Migration> applied) {
  /** The version of the newest migration of this program; they are numbered from 1. */
  static final int NEWEST = 17;

  /** Flyway's row that says where a history begins in a schema that has tables already. */
  private static final String BASELINE = "0";

  /** Rows without a version are of Flyway's own doing: on H2, that it has made the table. */
  private static final String SELECT =
      """
      SELECT "version", "script", "checksum", "success"
      FROM "%s"."%s" WHERE "version" IS NOT NULL ORDER BY "installed_rank"
      """;

  /**
   * A migration that has run.
   *
   * @param script the name of its file
   * @param checksum of that file, by Flyway; empty when there was none
   */
  record Migration(String version, String script, Optional<Integer> checksum, boolean success) {}

  /** Of the hub's tables in {@code schema}; none if there are no tables. */
  static SchemaHistory read(Connection connection, String schema) throws SQLException {
    return read(connection, schema, "flyway_schema_history");
  }

  /** As {@code table} has it; none if there is no such table. */
  static SchemaHistory read(Connection connection, String schema, String table)
      throws SQLException {
    try {
      return new SchemaHistory(
          Jdbc.list(
              connection,
              SELECT.formatted(schema.replace("\"", "\"\""), table),
              row ->
                  new Migration(
                      row.getString(1),
                      row.getString(2),
                      Optional.ofNullable(row.getObject(3, Integer.class)),
                      row.getBoolean(4))));
    } catch (SQLException e) {
      if (SqlStates.isSyntaxOrAccess(e)) {
        return new SchemaHistory(List.of());
      }
      throw e;
    }
  }

  /** Whether the migrations of this program have run, each as it is now, and no others. */
  boolean isCurrent(Dialect dialect) {
    if (applied.size() != NEWEST) {
      return false;
    }
    for (int i = 0; i < NEWEST; i++) {
      Migration one = applied.get(i);
      if (!one.success()
          || !one.version().equals(Integer.toString(i + 1))
          || !one.checksum().equals(checksum(dialect, one.script()))) {
        return false;
      }
    }
    return true;
  }

  /** Whether the migrations of {@code folder} have run, each as it is now, and no others. */
  boolean isCurrent(MigrationFolder folder) {
    List<Migration> own = applied.stream().filter(one -> !one.version().equals(BASELINE)).toList();
    List<MigrationFolder.File> files = folder.files();
    if (own.size() != files.size()) {
      return false;
    }
    for (int i = 0; i < files.size(); i++) {
      Migration one = own.get(i);
      if (!one.success()
          || !one.version().equals(files.get(i).number())
          || !one.checksum().equals(checksum(files.get(i).path()))) {
        return false;
      }
    }
    return true;
  }

  private static Optional<Integer> checksum(Dialect dialect, String script) {
    String name = "db/migration/" + dialect.folder() + "/" + script;
    try (InputStream file = SchemaHistory.class.getClassLoader().getResourceAsStream(name)) {
      return file == null ? Optional.empty() : Optional.of(checksum(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Optional<Integer> checksum(Path path) {
    try (InputStream file = Files.newInputStream(path)) {
      return Optional.of(checksum(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** As Flyway makes it: of the lines, without their ends. */
  private static int checksum(InputStream file) {
    CRC32 checksum = new CRC32();
    new BufferedReader(new InputStreamReader(file, StandardCharsets.UTF_8))
        .lines()
        .forEach(line -> checksum.update(line.getBytes(StandardCharsets.UTF_8)));
    return (int) checksum.getValue();
  }
}
