package hub.db;

import com.fasterxml.jackson.databind.node.ObjectNode;
import hub.util.Json;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.h2.mvstore.MVStoreException;

/**
 * Makes backups of the embedded database while the hub runs: a ZIP file with the database as it was
 * at some time after the call began, and the keys of the data folder. Thread-safe.
 */
public final class Backup {
  /** Describes the backup: the first entry. */
  static final String ABOUT = "backup.json";

  /** Of the entries and of {@link #ABOUT}; counts up when an older program must not read it. */
  static final int FORMAT = 1;

  static final String DATABASE = "hub.mv.db";

  /** Files of the data folder that tokens and callers need; {@code secrets/} is one more. */
  static final List<String> KEYS = List.of("encryption.keys", "keys.properties");

  static final String SECRETS = "secrets";

  private static final String TEMPORARY = "backup-";

  private final EmbeddedDatabase database;
  private final DataFolder folder;
  private final Clock clock;
  private final Semaphore free = new Semaphore(1);

  Backup(EmbeddedDatabase database, DataFolder folder, Clock clock) {
    this.database = database;
    this.folder = folder;
    this.clock = clock;
  }

  /**
   * Writes a backup into a temporary file of the data folder, which only its owner may read. The
   * caller deletes it.
   *
   * @param keys whether the keys of the data folder go along
   * @throws StoreRefusedException while another backup is being made, and when the disk has no room
   *     for it
   * @throws StoreUnavailableException when the database cannot be read
   */
  public Path write(boolean keys) {
    if (!free.tryAcquire()) {
      throw new StoreRefusedException(
          "another backup is being made; ask again when that one is done");
    }
    try {
      deleteLeftOvers();
      folder.refuseWithoutRoomForCopy();
      Path file = folder.path().resolve(TEMPORARY + UUID.randomUUID() + ".zip");
      OwnFiles.create(file);
      try {
        write(file, keys);
        return file;
      } catch (IOException | RuntimeException e) {
        Files.deleteIfExists(file);
        throw e;
      }
    } catch (IOException | MVStoreException e) {
      throw new StoreUnavailableException("the backup cannot be written: " + e.getMessage(), e);
    } finally {
      free.release();
    }
  }

  private void write(Path file, boolean keys) throws IOException {
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
      // H2 has compressed its pages already.
      zip.setLevel(Deflater.BEST_SPEED);
      zip.putNextEntry(new ZipEntry(ABOUT));
      zip.write(Json.bytes(about(keys)));
      if (keys) {
        for (Path key : keyFiles()) {
          zip.putNextEntry(new ZipEntry(name(key)));
          Files.copy(key, zip);
        }
      }
      zip.putNextEntry(new ZipEntry(DATABASE));
      database.copyTo(zip);
    }
  }

  private ObjectNode about(boolean keys) {
    return Json.object()
        .put("format", FORMAT)
        .put("program", Migrations.PROGRAM)
        .put("madeAt", Json.time(clock.instant()))
        .put("keys", keys);
  }

  private String name(Path key) {
    return folder.path().relativize(key).toString().replace('\\', '/');
  }

  private List<Path> keyFiles() throws IOException {
    List<Path> files = new ArrayList<>();
    for (String name : KEYS) {
      files.add(folder.path().resolve(name));
    }
    Path secrets = folder.path().resolve(SECRETS);
    if (Files.isDirectory(secrets)) {
      try (DirectoryStream<Path> all = Files.newDirectoryStream(secrets)) {
        for (Path file : all) {
          if (BackupFile.isSecretName(file.getFileName().toString())) {
            files.add(file);
          }
        }
      }
    }
    files.removeIf(file -> !Files.isRegularFile(file));
    return files;
  }

  /** Of a hub that was killed while it made one. */
  private void deleteLeftOvers() throws IOException {
    try (DirectoryStream<Path> all = Files.newDirectoryStream(folder.path(), TEMPORARY + "*.zip")) {
      for (Path file : all) {
        Files.deleteIfExists(file);
      }
    }
  }
}
