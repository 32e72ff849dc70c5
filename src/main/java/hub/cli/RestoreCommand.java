package hub.cli;

import hub.config.Setting;
import hub.config.Settings;
import hub.db.BackupFile;
import hub.db.PostgresTools;
import hub.db.Restore;
import hub.db.StoreRefusedException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Puts a backup into the data folder of a hub that does not run. */
@Command(
    name = "restore",
    description = {
      "Checks a file that the command backup has written, and puts its database and keys into the"
          + " data folder (DATA_DIR): all of them, or none. The hub must not run.",
      "With PostgreSQL, prints the command of pg_restore instead and exits with 2."
    },
    mixinStandardHelpOptions = true)
final class RestoreCommand implements Callable<Integer> {
  private final CliContext cliContext;

  @Option(
      names = "--replace",
      description =
          "Where the folder has a database or other keys already, moves these into a folder"
              + " replaced-TIME in it. Without it, such a folder is refused.")
  private boolean replace;

  @Parameters(paramLabel = "FILE", description = "The backup; it is not changed.")
  private Path file;

  RestoreCommand(CliContext cliContext) {
    this.cliContext = cliContext;
  }

  @Override
  public Integer call() {
    Settings settings = cliContext.settings().get();
    PostgresTools.of(settings)
        .ifPresent(
            tools -> {
              throw CommandFailedException.wrongUsage(
                  "The database is PostgreSQL; nothing was changed. Stop the hubs and restore into"
                      + " a database without the schema by:\n\n  "
                      + tools.restore(file.toString())
                      + "\n\npg_restore asks for the password, or reads it from ~/.pgpass. Put the"
                      + " keys of the data folder back, too.");
            });
    if (!settings.text(Setting.DATABASE_URL).isEmpty()) {
      throw CommandFailedException.wrongUsage(
          "DATABASE_URL names a database that is not in the data folder; restore it by its own"
              + " tools, or unset DATABASE_URL.");
    }
    try {
      Restore restore = new Restore(settings, cliContext.clock().instant());
      Path source = cliContext.folder().resolve(file).toAbsolutePath();
      Optional<Path> aside = restore.from(source, replace, this::report);
      aside.ifPresent(
          folder -> cliContext.out().println("What was there before is in " + folder + "."));
      cliContext.out().println("Restored. Start the hub.");
      return ExitCode.OK;
    } catch (StoreRefusedException e) {
      throw CommandFailedException.failed("Nothing was changed: " + e.getMessage() + ".");
    } catch (IOException e) {
      throw CommandFailedException.failed(
          "Nothing was changed: "
              + e.getClass().getSimpleName()
              + " "
              + e.getMessage()
              + ". See to room and rights of the data folder.");
    }
  }

  private void report(BackupFile backup) {
    cliContext
        .out()
        .println(
            file
                + ": of "
                + backup.madeAt()
                + ", "
                + backup.events()
                + (backup.events() == 1 ? " event" : " events"));
    backup.warning().ifPresent(cliContext.err()::println);
  }
}
