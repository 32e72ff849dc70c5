package hub.db;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
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
  private static final Set<PosixFilePermission> FILE = PosixFilePermissions.fromString("rw-------");
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

  /** Makes the folder unless it is there, and takes everybody else's rights to it. */
  void make() {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new UncheckedIOException("hub.data-dir: cannot make the folder " + folder, e);
    }
    keepPrivate();
  }

  /**
   * A file without content, or none where there was one, is a loss that somebody must know of: an
   * empty database in its place would look like a hub that has never had an event.
   *
   * @throws StoreRefusedException with the remedy
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
   * @throws StoreRefusedException when a database was made here before, and this one has no tables
   */
  void refuseEmptied() {
    if (Files.exists(marker)) {
      throw lost("has lost its tables", null);
    }
  }

  /** How to say that the file is {@code what}, and what to do. */
  StoreRefusedException lost(String what, Throwable cause) {
    return new StoreRefusedException(
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
          Files.readAttributes(database, BasicFileAttributes.class).fileKey());
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /**
   * Whether the disk has more free than what handlers need to write down what they have done, when
   * no new event is taken any more.
   */
  private boolean hasRoom() {
    long all = folder.toFile().getTotalSpace();
    // Of a disk that cannot be looked at, writing will tell.
    return all == 0
        || folder.toFile().getUsableSpace() >= Math.min(RESERVE_BYTES, all / RESERVE_SHARE);
  }

  /** Why {@code open} cannot keep another event; empty when it can. */
  Optional<String> noRoom(EmbeddedDatabase open) {
    if (!open.isInPlace()) {
      return Optional.of(
          "the database's file was deleted or replaced while the hub runs; put it back, or stop the hub and restore a backup");
    }
    return hasRoom() ? Optional.empty() : Optional.of("the disk of the data folder is full");
  }

  /**
   * Takes everybody else's rights to the folder, its files, and those of the folders in it, also to
   * what was made since. A folder in it may be mounted read-only, as secrets are; then it stays as
   * it is.
   *
   * @throws StoreRefusedException when the rights to the folder or to a file in it cannot be taken
   */
  void keepPrivate() {
    if (!Files.isDirectory(folder)) {
      return;
    }
    try {
      restrict(folder);
      for (Path path : within(folder)) {
        if (Files.isDirectory(path)) {
          restrictMounted(path);
        } else {
          restrict(path);
        }
      }
    } catch (UnsupportedOperationException e) {
      LOG.debug("no POSIX permissions on this file system");
    } catch (IOException | UncheckedIOException e) {
      throw new StoreRefusedException("hub.data-dir: cannot restrict access to " + folder, e);
    }
  }

  private static void restrictMounted(Path mounted) {
    try {
      restrict(mounted);
      for (Path path : within(mounted)) {
        restrict(path);
      }
    } catch (IOException | UncheckedIOException e) {
      LOG.debug("hub.data-dir: the rights to {} stay as they are", mounted, e);
    }
  }

  private static List<Path> within(Path any) throws IOException {
    try (Stream<Path> all = Files.list(any)) {
      return all.toList();
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
    } catch (NoSuchFileException e) {
      LOG.debug("a file went away: {}", path);
    }
  }
}
