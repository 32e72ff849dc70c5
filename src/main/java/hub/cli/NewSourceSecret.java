package hub.cli;

import hub.config.SecretFiles;
import hub.config.Setting;
import hub.config.Settings;
import hub.webhook.verify.WebhookScheme;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The secret of a new source.
 *
 * @param file that was written for it; empty when none was
 * @param message what the person is told; may be empty
 * @param failed whether a file was to be written and could not be
 */
record NewSourceSecret(Optional<Path> file, String message, boolean failed) {
  private static NewSourceSecret of(String message) {
    return new NewSourceSecret(Optional.empty(), message, false);
  }

  /**
   * Writes a random secret where one is missing and may be made.
   *
   * @param variable its name
   * @param makesOne whether it is this side that makes it
   */
  static NewSourceSecret put(
      CliContext cliContext,
      Settings settings,
      WebhookScheme scheme,
      String variable,
      boolean makesOne) {
    if (!scheme.needsSecret()) {
      return of("");
    }
    if (settings.named(variable).isPresent()) {
      return of(variable + " is set already, and is what the source expects.");
    }
    Optional<String> secret =
        makesOne
            ? NewSecret.of(scheme, settings.count(Setting.SECRETS_MIN_BYTES))
            : Optional.empty();
    if (secret.isPresent()) {
      return write(folder(cliContext, settings), variable, secret.get());
    }
    boolean isKey = !scheme.keys().variable().isEmpty();
    String where = isKey ? scheme.keys().where() : scheme.secret().where();
    return of(
        "set "
            + variable
            + " to the sender's "
            + (isKey ? "public key" : "secret")
            + (where.isEmpty() ? "" : " (" + where + ")")
            + "; until then the source answers 503.");
  }

  private static NewSourceSecret write(Path folder, String variable, String secret) {
    try {
      new SecretFiles(folder).write(variable, secret);
      Path file = folder.resolve(variable);
      return new NewSourceSecret(
          Optional.of(file),
          "wrote "
              + NewFiles.shown(file)
              + ", a random secret that only you can read; give it to the sender.",
          false);
    } catch (UncheckedIOException e) {
      return new NewSourceSecret(
          Optional.empty(),
          e.getMessage() + ": set " + variable + " to a secret of your own.",
          true);
    }
  }

  private static Path folder(CliContext cliContext, Settings settings) {
    String folder = settings.text(Setting.SECRETS_DIR);
    return cliContext
        .folder()
        .resolve(
            folder.isEmpty()
                ? settings.path(Setting.DATA_DIR).resolve("secrets")
                : Path.of(folder));
  }

  /** Removes what was written, when the source itself could not be. */
  void undo() {
    try {
      if (file.isPresent()) {
        Files.deleteIfExists(file.get());
      }
    } catch (IOException e) {
      // The failure of the source is told.
    }
  }

  void tell(CliContext cliContext) {
    if (!message.isEmpty()) {
      (failed ? cliContext.err() : cliContext.out()).println(message);
    }
  }
}
