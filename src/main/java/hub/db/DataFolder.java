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
 * The folder of the embedded database and the generated keys. Only its owner may read it, and a
 * marker file records that a database was created in it. Thread-safe.
 */
final class DataFolder {
  private static final Logger LOG = LoggerFactory.getLogger(DataFolder.class);
  private static final Set<PosixFilePermission> FILE = PosixFilePermissions.fromString("rw-------");
  private static final Set<PosixFilePermission> FOLDER =
      PosixFilePermissions.fromString("rwx------");

  /** A small disk keeps a sixteenth of its size free, at most. */
  private static final int RESERVE_DIVISOR = 16;

  private static final long RESERVE_BYTES = 32L << 20;

  /** The database may grow by a tenth while it is copied, since it reuses no space then. */
  private static final long COPY_DIVISOR = 10;

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

  /** The folder, absolute. */
  Path path() {
    return folder;
  }

  /** Creates the folder if it is missing and removes the permissions of group and others. */
  void make() {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new UncheckedIOException("hub.data-dir: cannot make the folder " + folder, e);
    }
    keepPrivate();
  }

  /**
   * Refuses to start on an empty or missing file where there was a database. A new empty database
   * would hide the loss: it looks like a hub that has never had an event.
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
   * @throws StoreRefusedException when a database was created here before and this one has no
   *     tables
   */
  void refuseEmptied() {
    if (Files.exists(marker)) {
      throw lost("has lost its tables", null);
    }
  }

  /** Says that the file {@code what} and what to do. */
  StoreRefusedException lost(String what, Throwable cause) {
    return new StoreRefusedException(
        "hub.data-dir: the database's file %s %s; put back its newest backup, or, to begin with an empty database, move %s and %s away"
            .formatted(database, what, database.getFileName(), marker.getFileName()),
        cause);
  }

  /** Writes the marker: from now on a missing database is a loss. */
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

  /** Whether there was a database here once. */
  boolean isRemembered() {
    return Files.exists(marker);
  }

  /** Removes what {@link #remember} has written. */
  void forget() throws IOException {
    Files.deleteIfExists(marker);
  }

  private long size() {
    try {
      return Files.size(database);
    } catch (IOException e) {
      throw new UncheckedIOException("hub.data-dir: cannot read " + database, e);
    }
  }

  /** The file key (inode) of the database's file; empty when there is no file. */
  Optional<Object> identity() {
    try {
      return Optional.ofNullable(
          Files.readAttributes(database, BasicFileAttributes.class).fileKey());
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /**
   * Whether the disk has more free space than the reserve. The reserve lets handlers record their
   * outcomes after the hub has stopped taking events.
   */
  private boolean hasRoom() {
    return hasRoomBeside(0);
  }

  private boolean hasRoomBeside(long bytes) {
    long all = folder.toFile().getTotalSpace();
    // Size unknown: the next write shows whether there is room.
    return all == 0
        || folder.toFile().getUsableSpace()
            >= bytes + Math.min(RESERVE_BYTES, all / RESERVE_DIVISOR);
  }

  /**
   * @throws StoreRefusedException when a copy of the database would fill the disk, so that no event
   *     could be stored any more
   */
  void refuseWithoutRoomForCopy() {
    if (!hasRoomBeside(size() + size() / COPY_DIVISOR)) {
      throw new StoreRefusedException(
          "the disk of the data folder has no room for a copy of the database (%,d MiB); make room, or stop the hub and copy the folder to another disk"
              .formatted((size() >> 20) + 1));
    }
  }

  /** Why {@code open} cannot store another event; empty when it can. */
  Optional<String> noRoom(EmbeddedDatabase open) {
    if (!open.isInPlace()) {
      return Optional.of(
          "the database's file was deleted or replaced while the hub runs; put it back, or stop the hub and restore a backup");
    }
    return hasRoom() ? Optional.empty() : Optional.of("the disk of the data folder is full");
  }

  /**
   * Removes the permissions of group and others from the folder, its files and its subfolders'
   * files, including files created since the last call. A subfolder that is mounted read-only, as
   * secrets are, stays as it is.
   *
   * @throws StoreRefusedException when the permissions of the folder or of a file in it cannot be
   *     changed
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
      LOG.debug("hub.data-dir: the permissions of {} stay as they are", mounted, e);
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
      LOG.debug("a file was deleted meanwhile: {}", path);
    }
  }
}
