package hub.settings;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Secrets that stand in files, one each, named like the variable they stand for, as container
 * platforms mount them.
 *
 * @param folder need not exist
 */
public record SecretFiles(Path folder) {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9_.-]*");
  private static final int RANDOM_BYTES = 24;

  /**
   * The secret without the white space around it; empty when there is no such file.
   *
   * @throws UncheckedIOException when there is one that cannot be read
   */
  public Optional<String> read(String name) {
    Path file = folder.resolve(name);
    if (!NAME.matcher(name).matches() || !Files.isRegularFile(file)) {
      return Optional.empty();
    }
    try {
      return Optional.of(Files.readString(file).strip()).filter(secret -> !secret.isEmpty());
    } catch (IOException e) {
      throw new UncheckedIOException("hub.secrets-dir: cannot read the file " + file, e);
    }
  }

  /** Puts a random secret there that only the owner reads, unless there is one. */
  public void makeIfMissing(String name) {
    Path file = folder.resolve(name);
    if (Files.exists(file)) {
      return;
    }
    byte[] random = new byte[RANDOM_BYTES];
    new SecureRandom().nextBytes(random);
    try {
      Files.createDirectories(folder);
      Files.createFile(file);
      if (Files.getFileStore(file).supportsFileAttributeView("posix")) {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
      }
      Files.writeString(file, HexFormat.of().formatHex(random) + "\n");
    } catch (IOException e) {
      throw new UncheckedIOException("hub.secrets-dir: cannot write the file " + file, e);
    }
  }
}
