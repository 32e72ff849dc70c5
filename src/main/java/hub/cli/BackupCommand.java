package hub.cli;

import hub.config.Settings;
import hub.db.BackupFile;
import hub.db.PostgresTools;
import hub.db.StoreRefusedException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Backs up the embedded database of a running hub into a file. */
@Command(
    name = "backup",
    description = {
      "Writes a backup of a running hub's embedded database and of the keys in its data folder into"
          + " a new file that only you may read, and checks it by unpacking it beside that file.",
      "Every event that was acknowledged before is in it. Keys and secrets that are set by"
          + " variables, by application.properties or in another hub.secrets-dir are not. Keep the"
          + " file as safe as the tokens in it.",
      "With PostgreSQL, prints the command of pg_dump instead and exits with 2."
    },
    mixinStandardHelpOptions = true)
final class BackupCommand implements Callable<Integer> {
  private final CliContext cliContext;
  @Mixin private AdminOptions hub;

  @Option(
      names = "--without-secrets",
      description =
          "Leaves out encryption.keys, keys.properties and secrets/ of the data folder. Without the"
              + " encryption key people's tokens in the backup cannot be read: keep it elsewhere.")
  private boolean withoutSecrets;

  @Parameters(paramLabel = "FILE", description = "The file to write; it must not exist.")
  private Path file;

  BackupCommand(CliContext cliContext) {
    this.cliContext = cliContext;
  }

  @Override
  public Integer call() {
    Settings settings = cliContext.settings().get();
    PostgresTools.of(settings)
        .ifPresent(
            tools -> {
              throw CommandFailedException.wrongUsage(
                  "The database is PostgreSQL; nothing was written. Back it up by:\n\n  "
                      + tools.backup(file.toString())
                      + "\n\npg_dump asks for the password, or reads it from ~/.pgpass. Where the"
                      + " tables lie in public still, it is --schema=public. The keys of the data"
                      + " folder (encryption.keys, keys.properties, secrets/) are not in it: copy"
                      + " them, too.");
            });
    Path target = cliContext.folder().resolve(file).toAbsolutePath();
    if (Files.exists(target)) {
      throw CommandFailedException.wrongUsage(file + " exists already; name a new file.");
    }
    AdminApi api = hub.api(cliContext);
    Path part = target.resolveSibling(target.getFileName() + ".part");
    try {
      create(part);
      try {
        download(api, part);
        report(check(part, settings), Files.size(part));
        Files.move(part, target);
      } finally {
        Files.deleteIfExists(part);
      }
    } catch (FileAlreadyExistsException e) {
      throw CommandFailedException.failed(
          e.getFile() + " exists: another backup writes it, or one was killed; delete it then.");
    } catch (IOException e) {
      throw CommandFailedException.failed(
          "The backup was not written: "
              + e.getClass().getSimpleName()
              + " "
              + e.getMessage()
              + ". See to room and rights of "
              + target.getParent()
              + ", and to the hub.");
    }
    return ExitCode.OK;
  }

  private void download(AdminApi api, Path part) throws IOException {
    try (InputStream in = api.backup(!withoutSecrets);
        OutputStream out = Files.newOutputStream(part)) {
      in.transferTo(out);
    }
  }

  private record Found(long events, String warning) {}

  private static Found check(Path part, Settings settings) throws IOException {
    try (BackupFile backup = BackupFile.check(part, part.getParent(), settings)) {
      return new Found(backup.events(), backup.warning().orElse(""));
    } catch (StoreRefusedException e) {
      throw CommandFailedException.failed(
          "What the hub has sent cannot be restored, and was deleted: " + e.getMessage());
    }
  }

  private void report(Found found, long bytes) {
    cliContext
        .out()
        .printf(
            "%s: %d %s, %,d KiB, checked; %s%n",
            file,
            found.events(),
            found.events() == 1 ? "event" : "events",
            (bytes + 1023) / 1024,
            withoutSecrets ? "without keys" : "with the keys of the data folder");
    if (!found.warning().isEmpty()) {
      cliContext.err().println(found.warning());
    }
  }

  /** Only for its owner from its first moment on. */
  private static void create(Path file) throws IOException {
    boolean posix = file.getFileSystem().supportedFileAttributeViews().contains("posix");
    FileAttribute<?>[] own = {
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
    };
    Path unused = Files.createFile(file, posix ? own : new FileAttribute<?>[0]);
  }
}
