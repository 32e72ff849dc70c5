package hub.db;

import com.fasterxml.jackson.databind.JsonNode;
import hub.config.Settings;
import hub.util.Json;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import org.h2.api.ErrorCode;

/**
 * A backup that has been unpacked into a temporary folder and found whole: its database opens and
 * every row of it can be read. Closing deletes the folder.
 */
public final class BackupFile implements AutoCloseable {
  private static final Pattern SECRET_NAME = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9_.-]*");

  private static final String TEMPORARY = "unpacked-";

  /** The description and the keys are a few lines each. */
  private static final long MOST_BYTES_OF_KEYS = 1L << 20;

  private final Path folder;
  private final List<String> files = new ArrayList<>();
  private String madeAt = "";
  private long events;
  private long tokens;
  private int unknownMigrations;

  private BackupFile(Path folder) {
    this.folder = folder;
  }

  static boolean isSecretName(String name) {
    return SECRET_NAME.matcher(name).matches();
  }

  /**
   * Unpacks and checks a backup.
   *
   * @param file to read; it is not changed
   * @param within an existing folder that has room for the database; the temporary folder is made
   *     in it
   * @param settings for the password of the database
   * @throws StoreRefusedException when the file is no backup, is not whole, or is of a newer
   *     version that this one must not go on with
   * @throws IOException when it cannot be read, or there is no room
   */
  public static BackupFile check(Path file, Path within, Settings settings) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new StoreRefusedException(file + ": there is no such file");
    }
    BackupFile backup = new BackupFile(OwnFiles.temporaryFolder(within, TEMPORARY));
    try {
      backup.unpack(file);
      backup.read(file, settings);
      return backup;
    } catch (ZipException e) {
      backup.close();
      throw new StoreRefusedException(
          file
              + ": no whole backup of a hub ("
              + e.getMessage()
              + "); it was cut or changed, or is another kind of file",
          e);
    } catch (IOException | RuntimeException e) {
      backup.close();
      throw e;
    }
  }

  /** Deletes what was left in {@code within} by a process that was killed. */
  static void deleteLeftOvers(Path within) throws IOException {
    try (DirectoryStream<Path> all = Files.newDirectoryStream(within, TEMPORARY + "*")) {
      for (Path folder : all) {
        new BackupFile(folder).close();
      }
    }
  }

  private void unpack(Path file) throws IOException {
    try (ZipFile zip = new ZipFile(file.toFile())) {
      ZipEntry about = zip.getEntry(Backup.ABOUT);
      if (about == null || zip.getEntry(Backup.DATABASE) == null) {
        throw new StoreRefusedException(
            file + ": no backup of a hub; it has no " + Backup.ABOUT + " or " + Backup.DATABASE);
      }
      for (ZipEntry entry : (Iterable<ZipEntry>) zip.stream().map(ZipEntry.class::cast)::iterator) {
        unpack(file, zip, entry);
      }
    }
    JsonNode about =
        Json.parse(Files.readAllBytes(folder.resolve(Backup.ABOUT)))
            .orElseThrow(() -> new StoreRefusedException(file + ": no backup of a hub"));
    files.remove(Backup.ABOUT);
    if (about.path("format").asInt() != Backup.FORMAT) {
      throw new StoreRefusedException(
          "%s: a backup of format %s, made by version %s; this is %s, which reads format %s: install that version or a newer one"
              .formatted(
                  file,
                  about.path("format").asText(),
                  about.path("program").asText(),
                  Migrations.PROGRAM,
                  Backup.FORMAT));
    }
    madeAt = about.path("madeAt").asText();
  }

  private void unpack(Path file, ZipFile zip, ZipEntry entry) throws IOException {
    String name = entry.getName();
    String secret = name.startsWith(Backup.SECRETS + "/") ? name.substring(8) : "";
    boolean known =
        name.equals(Backup.ABOUT)
            || name.equals(Backup.DATABASE)
            || Backup.KEYS.contains(name)
            || isSecretName(secret);
    if (!known) {
      throw new StoreRefusedException(
          file + ": no backup of a hub; it has a file '" + name + "', which no backup has");
    }
    if (!name.equals(Backup.DATABASE) && entry.getSize() > MOST_BYTES_OF_KEYS) {
      throw new StoreRefusedException(file + ": " + name + " in it is too long");
    }
    Path target = folder.resolve(name);
    if (!secret.isEmpty() && !Files.exists(target.getParent())) {
      OwnFiles.createFolder(target.getParent());
    }
    OwnFiles.create(target);
    try (CheckedInputStream in = new CheckedInputStream(zip.getInputStream(entry), new CRC32())) {
      // Not Files.copy, which would make the file anew with the usual permissions.
      try (OutputStream out = Files.newOutputStream(target)) {
        in.transferTo(out);
      }
      if (in.getChecksum().getValue() != entry.getCrc()) {
        throw new ZipException(name + " was changed");
      }
    }
    files.add(name);
  }

  private void read(Path file, Settings settings) throws IOException {
    try (Connection connection = open(settings)) {
      Migrations.refuseIfNewer(connection);
      int applied = SchemaHistory.read(connection, connection.getSchema()).applied().size();
      if (applied == 0) {
        throw new StoreRefusedException(file + ": its database has no tables of a hub");
      }
      unknownMigrations = Math.max(0, applied - SchemaHistory.NEWEST);
      for (String table : tables(connection)) {
        long rows = readAll(connection, table);
        if (table.equalsIgnoreCase("inbox_event")) {
          events = rows;
        } else if (table.equalsIgnoreCase("token")) {
          tokens = rows;
        }
      }
    } catch (SQLException e) {
      throw new StoreRefusedException(
          e.getErrorCode() == ErrorCode.WRONG_USER_OR_PASSWORD
              ? file
                  + ": its database has another DATABASE_PASSWORD than is set now; set that of the time when it was made"
              : file + ": its database cannot be read: " + firstLine(e),
          e);
    }
    sync();
  }

  /** For reading only, so that the database stays as it was backed up. */
  private Connection open(Settings settings) throws SQLException {
    String url =
        "jdbc:h2:"
            + folder.resolve("hub").toAbsolutePath()
            + ";ACCESS_MODE_DATA=r;IFEXISTS=TRUE;LAZY_QUERY_EXECUTION=1;TRACE_LEVEL_FILE=0";
    Properties properties = StoreConfig.properties(Dialect.H2, settings);
    return new Connections(Dialect.H2.driver(), url, properties, fresh -> {}).getConnection();
  }

  private static List<String> tables(Connection connection) throws SQLException {
    return Jdbc.list(
        connection,
        "SELECT TABLE_NAME FROM INFORMATION_SCHEMA.TABLES WHERE TABLE_SCHEMA = ? AND TABLE_TYPE = 'BASE TABLE'",
        row -> row.getString(1),
        connection.getSchema());
  }

  /** {@return how many rows there are} A page that is damaged fails. */
  private static long readAll(Connection connection, String table) throws SQLException {
    long rows = 0;
    try (Statement select = connection.createStatement();
        ResultSet row =
            select.executeQuery("SELECT * FROM \"" + table.replace("\"", "\"\"") + '"')) {
      while (row.next()) {
        rows++;
      }
    }
    return rows;
  }

  private static String firstLine(SQLException error) {
    return String.valueOf(error.getMessage()).lines().findFirst().orElse("");
  }

  private void sync() throws IOException {
    for (String name : files) {
      try (FileChannel file = FileChannel.open(path(name), StandardOpenOption.WRITE)) {
        file.force(true);
      }
    }
  }

  /** The database and the keys, by their names in the data folder. */
  List<String> files() {
    return List.copyOf(files);
  }

  /** Where a file of {@link #files} has been unpacked. */
  Path path(String name) {
    return folder.resolve(name);
  }

  /** When it was made, ISO 8601 in UTC. */
  public String madeAt() {
    return madeAt;
  }

  public long events() {
    return events;
  }

  /** What it cannot be used for without more; empty when there is nothing to say. */
  public Optional<String> warning() {
    if (unknownMigrations > 0) {
      return Optional.of(
          "A newer version made it: it has %d migrations that %s does not know, but may run on."
              .formatted(unknownMigrations, Migrations.PROGRAM));
    }
    if (tokens > 0 && !files.contains(Backup.KEYS.get(0))) {
      return Optional.of(
          "It has no encryption key: the tokens of its %d people can be read only with the keys that HUB_ENCRYPTION_KEYS or the data folder held when it was made."
              .formatted(tokens));
    }
    return Optional.empty();
  }

  @Override
  public void close() throws IOException {
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path visited, IOException error)
              throws IOException {
            Files.delete(visited);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
