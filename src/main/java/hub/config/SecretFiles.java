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
 * Secrets that stand in files, one each, named like the variable they stand for, as container
 * platforms mount them.
 *
 * @param folder need not exist
 */
public record SecretFiles(Path folder) {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9_.-]*");
  private static final int RANDOM_BYTES = 24;

  /** Of one file; a longer one is something else that lies there. */
  static final int MOST_BYTES = 65_536;

  /** Stands for what is in a file that cannot be read; no secret has such a character. */
  static final String UNREADABLE = "\u0000";

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

  /**
   * All of them by name, as {@link #read} reads them; {@code ""} for an empty file, {@link
   * #UNREADABLE} for one that is too long or no text.
   *
   * @throws UncheckedIOException when the folder is there and cannot be listed
   */
  Map<String, String> readAll() {
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
      return Files.size(file) > MOST_BYTES ? UNREADABLE : Files.readString(file).strip();
    } catch (IOException e) {
      return UNREADABLE;
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
