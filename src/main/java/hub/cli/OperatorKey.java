package hub.cli;

import hub.config.Setting;
import hub.config.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Optional;
import java.util.Set;

/**
 * Finds the operators' key: in a named variable, else in {@code HUB_ADMIN_KEY}, else in the file
 * that the hub makes at its first start, which only its owner may read. Messages never show a key.
 *
 * @param settings of this folder
 * @param file {@code secrets/HUB_ADMIN_KEY} of the data folder; need not exist
 */
record OperatorKey(Settings settings, Path file) {
  static final String VARIABLE = "HUB_ADMIN_KEY";

  private static final Set<PosixFilePermission> OTHERS =
      Set.of(
          PosixFilePermission.GROUP_READ,
          PosixFilePermission.GROUP_WRITE,
          PosixFilePermission.OTHERS_READ,
          PosixFilePermission.OTHERS_WRITE);

  static OperatorKey of(CliContext cliContext) {
    Settings settings = cliContext.settings().get();
    return new OperatorKey(
        settings,
        cliContext
            .folder()
            .resolve(settings.path(Setting.DATA_DIR))
            .resolve("secrets")
            .resolve(VARIABLE));
  }

  /**
   * @param variable that was named on the command line, or null
   * @throws CommandFailedException when there is no key, or others may read its file
   */
  String read(String variable) {
    if (variable != null) {
      return settings
          .named(variable)
          .map(String::strip)
          .orElseThrow(
              () ->
                  CommandFailedException.wrongUsage(
                      variable + " is not set: set it to the operators' key of the hub."));
    }
    // A variable, or application.properties: whoever wrote it there guards it.
    Optional<String> written =
        settings.named(Setting.ADMIN_KEY.key()).map(String::strip).filter(key -> !key.isEmpty());
    return written
        .or(this::inFile)
        .or(() -> Optional.of(settings.text(Setting.ADMIN_KEY)).filter(key -> !key.isEmpty()))
        .orElseThrow(this::missing);
  }

  private Optional<String> inFile() {
    try {
      if (!Files.isRegularFile(file)) {
        return Optional.empty();
      }
      if (isReadableByOthers()) {
        throw CommandFailedException.wrongUsage(
            file
                + " may be read by others than its owner, so its key is not used: chmod 600 "
                + file);
      }
      return Optional.of(Files.readString(file).strip()).filter(key -> !key.isEmpty());
    } catch (IOException e) {
      throw CommandFailedException.wrongUsage(
          file
              + " cannot be read: run this command as the user of the hub, or set "
              + VARIABLE
              + " to the operators' key.");
    }
  }

  private boolean isReadableByOthers() throws IOException {
    try {
      return Files.getPosixFilePermissions(file).stream().anyMatch(OTHERS::contains);
    } catch (UnsupportedOperationException e) {
      return false; // no such permissions on this file system
    }
  }

  private CommandFailedException missing() {
    return CommandFailedException.wrongUsage(
        VARIABLE
            + " is not set: set it to the operators' key of the hub. A hub without it makes one at"
            + " its first start and keeps it in "
            + file
            + ", which is not there. To have a new one made, delete admin.sha256 from"
            + " keys.properties in its data folder and start it again.");
  }
}
