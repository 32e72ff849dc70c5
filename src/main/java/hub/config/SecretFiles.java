package hub.config;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Reads secrets from files, as container platforms mount them: one secret in each file, named like
 * its variable.
 *
 * @param folder of the files; need not exist
 */
public record SecretFiles(Path folder) {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9_.-]*");
  private static final int RANDOM_BYTES = 24;

  /** Limit of one file; a longer one is no secret. */
  static final int MAX_BYTES = 65_536;

  /** The value of a file that cannot be read; no secret contains this character. */
  static final String UNREADABLE = "\u0000";

  /**
   * The secret without the white space around it; empty when there is no such file.
   *
   * @throws UncheckedIOException when the file cannot be read
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

  /**
   * All secrets by name; {@code ""} for an empty file, a value that no secret has for one that is
   * too long or not text.
   *
   * @throws UncheckedIOException when the folder exists but cannot be listed
   */
  public Map<String, String> readAll() {
    if (!Files.isDirectory(folder)) {
      return Map.of();
    }
    Map<String, String> all = new HashMap<>();
    try (Stream<Path> list = Files.list(folder)) {
      for (Path file : (Iterable<Path>) list::iterator) {
        String name = file.getFileName().toString();
        if (NAME.matcher(name).matches() && Files.isRegularFile(file)) {
          all.put(name, text(file));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("hub.secrets-dir: cannot list the folder " + folder, e);
    }
    return all;
  }

  private static String text(Path file) {
    try {
      return Files.size(file) > MAX_BYTES ? UNREADABLE : Files.readString(file).strip();
    } catch (IOException e) {
      return UNREADABLE;
    }
  }

  /** Whether the folder is there and takes no file of this process. */
  public boolean isMountedReadOnly() {
    return Files.isDirectory(folder) && !Files.isWritable(folder);
  }

  /** Whether {@code secret} has the form of those that {@link #makeIfMissing} writes. */
  public static boolean isMade(String secret) {
    return secret.matches("[0-9a-f]{" + 2 * RANDOM_BYTES + "}");
  }

  /** Writes a random secret that only the owner may read, unless the file exists. */
  public void makeIfMissing(String name) {
    Path file = folder.resolve(name);
    if (Files.exists(file)) {
      return;
    }
    write(name, random());
  }

  /** A new random secret, 48 hexadecimal digits. */
  public static String random() {
    return HexFormat.of().formatHex(randomBytes(RANDOM_BYTES));
  }

  /** Random bytes for a key of another length. */
  public static byte[] randomBytes(int length) {
    byte[] random = new byte[length];
    new SecureRandom().nextBytes(random);
    return random;
  }

  /**
   * Writes a secret that only the owner may read.
   *
   * @throws UncheckedIOException when it cannot be written
   */
  public void write(String name, String secret) {
    Path file = folder.resolve(name);
    try {
      Files.createDirectories(folder);
      if (!Files.exists(file)) {
        Files.createFile(file);
      }
      if (Files.getFileStore(file).supportsFileAttributeView("posix")) {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
      }
      Files.writeString(file, secret + "\n");
    } catch (IOException e) {
      throw new UncheckedIOException("hub.secrets-dir: cannot write the file " + file, e);
    }
  }
}
