package hub.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The folder of the embedded database and the generated keys: nobody but its owner reads it, and it
 * remembers that there was a database. Thread-safe.
 */
final class DataFolder {
  private static final Logger LOG = LoggerFactory.getLogger(DataFolder.class);
  private static final Set<PosixFilePermission> FILE =
      PosixFilePermissions.fromString("rw-------");
  private static final Set<PosixFilePermission> FOLDER =
      PosixFilePermissions.fromString("rwx------");

  /** The largest share of a small disk that is kept free, as a divisor. */
  private static final int RESERVE_SHARE = 16;

  private static final long RESERVE_BYTES = 32L << 20;

  private final Path folder;
  private final Path database;
  private final Path marker;

  DataFolder(Path folder) {
    this.folder = folder.toAbsolutePath();
    this.database = this.folder.resolve("hub.mv.db");
    this.marker = this.folder.resolve("hub.made");
  }

  /** The embedded database's file. */
  Path database() {
    return database;
  }

  /** Makes the folder unless it is there. */
  void make() {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new UncheckedIOException("hub.data-dir: cannot make the folder " + folder, e);
    }
  }

  /**
   * A file without content, or none where there was one, is a loss that somebody must know of: an
   * empty database in its place would look like a hub that has never had an event.
   *
   * @throws StoreRefused with the remedy
   */
  void refuseIfLost() {
    if (Files.exists(database) && size() == 0) {
      throw lost("is empty", null);
    }
    if (!Files.exists(database) && Files.exists(marker)) {
      throw lost("is gone", null);
    }
  }

  /**
   * @throws StoreRefused when a database was made here before, and this one has no tables
   */
  void refuseEmptied() {
    if (Files.exists(marker)) {
      throw lost("has lost its tables", null);
    }
  }

  /** How to say that the file is {@code what}, and what to do. */
  StoreRefused lost(String what, Throwable cause) {
    return new StoreRefused(
        "hub.data-dir: the database's file %s %s; put back its newest backup, or, to begin with an empty database, move %s and %s away"
            .formatted(database, what, database.getFileName(), marker.getFileName()),
        cause);
  }

  /** From now on a missing database is a loss. */
  void remember() {
    try {
      if (!Files.exists(marker)) {
        Files.writeString(
            marker,
            "The hub has made its database hub.mv.db here. Without this file, a missing database is made anew.\n");
      }
    } catch (IOException e) {
      LOG.warn("hub.data-dir: cannot write {}: {}", marker, e.toString());
    }
    keepPrivate();
  }

  private long size() {
    try {
      return Files.size(database);
    } catch (IOException e) {
      throw new UncheckedIOException("hub.data-dir: cannot read " + database, e);
    }
  }

  /** What tells the database's file from another of its name; empty when there is none. */
  Optional<Object> identity() {
    try {
      return Optional.ofNullable(
          Files.readAttributes(database, java.nio.file.attribute.BasicFileAttributes.class)
              .fileKey());
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /**
   * Whether the disk has more free than what handlers need to write down what they have done, when
   * no new event is taken any more.
   */
  boolean hasRoom() {
    try {
      var disk = Files.getFileStore(folder);
      return disk.getUsableSpace() >= Math.min(RESERVE_BYTES, disk.getTotalSpace() / RESERVE_SHARE);
    } catch (IOException e) {
      // What cannot be looked at is found out by writing.
      return true;
    }
  }

  /** Takes everybody else's rights to whatever lies here, also to files that were made since. */
  void keepPrivate() {
    if (!Files.isDirectory(folder)) {
      return;
    }
    try (Stream<Path> all = Files.walk(folder, 2)) {
      for (Path path : all.toList()) {
        restrict(path);
      }
    } catch (UnsupportedOperationException e) {
      LOG.debug("no POSIX permissions on this file system");
    } catch (IOException | UncheckedIOException e) {
      throw new StoreRefused("hub.data-dir: cannot restrict access to " + folder, e);
    }
  }

  private static void restrict(Path path) throws IOException {
    try {
      if (Files.isSymbolicLink(path)) {
        return;
      }
      Set<PosixFilePermission> right = Files.isDirectory(path) ? FOLDER : FILE;
      if (!Files.getPosixFilePermissions(path).equals(right)) {
        Files.setPosixFilePermissions(path, right);
      }
    } catch (java.nio.file.NoSuchFileException e) {
      LOG.debug("a file went away: {}", path);
    }
  }
}
