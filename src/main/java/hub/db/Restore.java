package hub.db;

import hub.config.Setting;
import hub.config.Settings;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Puts a backup into a data folder that no hub uses: all of its files, or none. Not thread-safe.
 */
public final class Restore {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").withZone(ZoneOffset.UTC);

  private final DataFolder data;
  private final Settings settings;
  private final Instant now;

  /** What was moved, newest first, for a return. */
  private final Deque<Move> moves = new ArrayDeque<>();

  private record Move(Path from, Path to) {}

  /**
   * @param settings name the data folder, which is made where it is missing
   */
  public Restore(Settings settings, Instant now) {
    this.data = new DataFolder(settings.path(Setting.DATA_DIR));
    this.settings = settings;
    this.now = now;
  }

  /**
   * Checks a backup and puts it into the data folder.
   *
   * @param replace whether files that are there may be put aside
   * @param checked is told of the backup before anything is changed
   * @return the folder to which the files that were there have been moved; empty when there were
   *     none
   * @throws StoreRefusedException when a hub runs there, when there is something and it must not be
   *     replaced, and when the backup is not whole; nothing has changed then
   * @throws IOException when the folder cannot be written; what was there is there again
   */
  public Optional<Path> from(Path file, boolean replace, Consumer<BackupFile> checked)
      throws IOException {
    data.make();
    if (!Files.exists(data.database())) {
      return put(file, replace, checked);
    }
    try (FileChannel database = FileChannel.open(data.database(), StandardOpenOption.WRITE);
        FileLock lock = lock(database)) {
      assert lock.isValid();
      return put(file, replace, checked);
    }
  }

  /** The lock that H2 takes, too: it keeps a hub from starting meanwhile. */
  private FileLock lock(FileChannel database) throws IOException {
    FileLock lock;
    try {
      lock = database.tryLock();
    } catch (OverlappingFileLockException e) {
      lock = null;
    }
    if (lock == null) {
      throw new StoreRefusedException(
          "a hub runs on the data folder " + data.path() + "; stop it, or set DATA_DIR");
    }
    return lock;
  }

  private Optional<Path> put(Path file, boolean replace, Consumer<BackupFile> checked)
      throws IOException {
    BackupFile.deleteLeftOvers(data.path());
    try (BackupFile backup = BackupFile.check(file, data.path(), settings)) {
      List<String> there = inTheWay(backup);
      if (!there.isEmpty() && !replace) {
        throw new StoreRefusedException(
            "the data folder %s has %s already; say --replace to have that moved into a folder beside it, or set DATA_DIR"
                .formatted(data.path(), String.join(", ", there)));
      }
      checked.accept(backup);
      Path aside = data.path().resolve("replaced-" + TIME.format(now));
      boolean remembered = data.isRemembered();
      try {
        moveAside(there, aside);
        // Before the database: should this end here, a hub says that its database is gone.
        data.remember();
        moveIn(backup);
      } catch (IOException | RuntimeException e) {
        undo(e);
        if (!remembered) {
          data.forget();
        }
        throw e;
      }
      data.keepPrivate();
      return there.isEmpty() ? Optional.empty() : Optional.of(aside);
    }
  }

  /** Files of the data folder with other contents than those of the backup. */
  private List<String> inTheWay(BackupFile backup) throws IOException {
    List<String> there = new ArrayList<>();
    for (String name : backup.files()) {
      Path mine = data.path().resolve(name);
      if (Files.exists(mine) && Files.mismatch(mine, backup.path(name)) >= 0) {
        there.add(name);
      }
    }
    return there;
  }

  private void moveAside(List<String> names, Path aside) throws IOException {
    for (String name : names) {
      Path to = aside.resolve(name);
      for (Path folder : List.of(aside, to.getParent())) {
        if (!Files.exists(folder)) {
          OwnFiles.createFolder(folder);
        }
      }
      move(data.path().resolve(name), to);
    }
  }

  /** The database last: a hub that starts before has no database to take events with. */
  private void moveIn(BackupFile backup) throws IOException {
    List<String> names = new ArrayList<>(backup.files());
    names.remove(Backup.DATABASE);
    names.add(Backup.DATABASE);
    for (String name : names) {
      Path to = data.path().resolve(name);
      if (Files.exists(to)) {
        continue;
      }
      if (!Files.exists(to.getParent())) {
        OwnFiles.createFolder(to.getParent());
      }
      move(backup.path(name), to);
    }
  }

  private void move(Path from, Path to) throws IOException {
    Files.move(from, to);
    moves.push(new Move(from, to));
  }

  private void undo(Exception reason) {
    while (!moves.isEmpty()) {
      Move move = moves.pop();
      try {
        Files.move(move.to(), move.from());
      } catch (IOException e) {
        reason.addSuppressed(e);
      }
    }
  }
}
