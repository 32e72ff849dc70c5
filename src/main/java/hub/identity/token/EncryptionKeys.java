package hub.identity.token;

import hub.config.Setting;
import hub.config.Settings;
import hub.http.problem.Problem;
import hub.http.problem.ProblemException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;

/**
 * The keys that encrypt tokens: those of {@code HUB_ENCRYPTION_KEYS}, newest first. If none is set,
 * a key is generated and kept in the data folder; it still decrypts after other keys are set.
 * Immutable.
 */
public final class EncryptionKeys {
  /** The file in the data folder, in the format of the variable. */
  static final String FILE = "encryption.keys";

  private static final int KEY_BYTES = 32;
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9._-]{1,64}");

  private final Map<String, SecretKey> keys;
  private final String newest;
  private final boolean generated;

  private EncryptionKeys(Map<String, SecretKey> keys, String newest, boolean generated) {
    this.keys = Collections.unmodifiableMap(keys);
    this.newest = newest;
    this.generated = generated;
  }

  /**
   * The configured keys and the generated one; generates a key when there is none.
   *
   * @throws IllegalArgumentException when a key is invalid, see {@link #faults}
   * @throws UncheckedIOException when the key's file cannot be read or written
   */
  public static EncryptionKeys open(Settings settings) {
    return of(configured(settings), settings);
  }

  private static EncryptionKeys of(String configured, Settings settings) {
    List<String> faults = faults(configured);
    if (!faults.isEmpty()) {
      throw new IllegalArgumentException("HUB_ENCRYPTION_KEYS: " + String.join(", ", faults));
    }
    Path file = settings.path(Setting.DATA_DIR).resolve(FILE);
    List<String> entries = new ArrayList<>(entries(configured));
    try {
      if (entries.isEmpty() && !Files.exists(file)) {
        generate(file);
      }
      if (Files.exists(file)) {
        entries.addAll(entries(Files.readString(file).strip()));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(
          file.toAbsolutePath()
              + " cannot keep a key; set HUB_ENCRYPTION_KEYS, and hub.data-dir to a folder that can"
              + " be read and written",
          e);
    }
    Map<String, SecretKey> keys = new LinkedHashMap<>();
    for (String entry : entries) {
      fault(entry)
          .ifPresent(
              fault -> {
                throw new IllegalArgumentException(file.toAbsolutePath() + ": a key " + fault);
              });
      keys.putIfAbsent(id(entry), new SecretKeySpec(bytes(entry).orElseThrow(), "AES"));
    }
    return new EncryptionKeys(keys, id(entries.get(0)), configured.isEmpty());
  }

  /**
   * The keys after {@code HUB_ENCRYPTION_KEYS} was changed while the hub runs.
   *
   * @param value the new value
   * @param rows the number of rows by the id of their key
   * @throws IllegalArgumentException when a key is invalid, or a key that is still needed is
   *     missing
   */
  EncryptionKeys followedBy(String value, Settings settings, Map<String, Long> rows) {
    List<String> faults = faults(value);
    if (!faults.isEmpty()) {
      throw new IllegalArgumentException(String.join(", ", faults));
    }
    EncryptionKeys next = of(value, settings);
    for (Map.Entry<String, SecretKey> old : keys.entrySet()) {
      String id = old.getKey();
      SecretKey same = next.keys.get(id);
      if (same == null && (id.equals(newest) || rows.getOrDefault(id, 0L) > 0)) {
        throw new IllegalArgumentException(
            "lacks the key '"
                + id
                + "', with which tokens are encrypted; put it behind the newest, run rotate-keys,"
                + " and leave it out then");
      }
      if (same != null && !same.equals(old.getValue())) {
        throw new IllegalArgumentException(
            "has another key under the id '" + id + "'; give a new key a new id");
      }
    }
    return next;
  }

  /**
   * The value of {@code HUB_ENCRYPTION_KEYS}, from the settings or a secret file; empty when it is
   * not set.
   */
  public static String configured(Settings settings) {
    String value = settings.text(Setting.ENCRYPTION_KEYS);
    return value.isEmpty()
        ? settings.named(Setting.ENCRYPTION_KEYS.variable()).map(String::strip).orElse("")
        : value;
  }

  /**
   * The faults of a value of {@code HUB_ENCRYPTION_KEYS}, {@code number 1 of 2 has …}; they never
   * contain a part of it.
   */
  public static List<String> faults(String value) {
    List<String> entries = entries(value);
    List<String> faults = new ArrayList<>();
    Set<String> ids = new HashSet<>();
    Set<ByteBuffer> keys = new HashSet<>();
    for (int i = 0; i < entries.size(); i++) {
      String which = "number " + (i + 1) + " of " + entries.size() + " ";
      fault(entries.get(i)).ifPresent(fault -> faults.add(which + fault));
      if (!ids.add(id(entries.get(i)))) {
        faults.add(which + "has the id of an earlier one");
      } else if (isDuplicate(entries.get(i), keys)) {
        faults.add(which + "is the key of an earlier one under another id");
      }
    }
    return faults;
  }

  private static boolean isDuplicate(String entry, Set<ByteBuffer> keys) {
    return fault(entry).isEmpty() && !keys.add(ByteBuffer.wrap(bytes(entry).orElseThrow()));
  }

  /**
   * Empty entries are skipped: they remain where a key stands before a variable that is not set.
   */
  private static List<String> entries(String value) {
    return Arrays.stream(value.split(",")).map(String::strip).filter(s -> !s.isEmpty()).toList();
  }

  private static Optional<String> fault(String entry) {
    int colon = entry.indexOf(':');
    if (colon < 0) {
      return Optional.of("is not id:base64");
    }
    if (!ID.matcher(id(entry)).matches()) {
      return Optional.of("has an id that is not 1 to 64 letters, digits, dots, dashes or _");
    }
    Optional<byte[]> bytes = bytes(entry);
    if (bytes.isEmpty()) {
      return Optional.of("is no base64 behind its id");
    }
    byte[] key = bytes.get();
    if (key.length != KEY_BYTES) {
      return Optional.of("has " + key.length + " bytes instead of " + KEY_BYTES);
    }
    return isOneByteRepeated(key)
        ? Optional.of("is one byte repeated, which anybody can guess")
        : Optional.empty();
  }

  private static boolean isOneByteRepeated(byte[] key) {
    return IntStream.range(1, key.length).allMatch(i -> key[i] == key[0]);
  }

  private static String id(String entry) {
    return entry.substring(0, Math.max(0, entry.indexOf(':'))).strip();
  }

  private static Optional<byte[]> bytes(String entry) {
    try {
      String text = entry.substring(entry.indexOf(':') + 1).strip();
      return Optional.of(Base64.getDecoder().decode(text));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /**
   * Writes and syncs the key to a temporary file before it gets its name: tokens must not be
   * encrypted with a key that a crash could lose.
   */
  private static void generate(Path file) throws IOException {
    SecureRandom random = new SecureRandom();
    byte[] key = new byte[KEY_BYTES];
    byte[] id = new byte[4];
    random.nextBytes(key);
    random.nextBytes(id);
    String line =
        "made-"
            + HexFormat.of().formatHex(id)
            + ":"
            + Base64.getEncoder().encodeToString(key)
            + "\n";
    Path folder = Files.createDirectories(file.toAbsolutePath().getParent());
    Path whole = Files.createTempFile(folder, FILE, ".tmp");
    try {
      if (Files.getFileStore(whole).supportsFileAttributeView("posix")) {
        Files.setPosixFilePermissions(whole, PosixFilePermissions.fromString("rw-------"));
      }
      try (FileChannel channel = FileChannel.open(whole, StandardOpenOption.WRITE)) {
        channel.write(ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8)));
        channel.force(true);
      }
      // A move would replace a key that another process has just generated and may already use.
      Files.createLink(file, whole);
    } catch (FileAlreadyExistsException e) {
      // The key of the other process is used.
    } catch (UnsupportedOperationException e) {
      Files.move(whole, file);
    } finally {
      Files.deleteIfExists(whole);
    }
  }

  /** The id of the key that encrypts. */
  String newest() {
    return newest;
  }

  /** Whether the key that encrypts was generated on this node, so that no other node has it. */
  boolean isGenerated() {
    return generated;
  }

  /**
   * The key of this id.
   *
   * @throws ProblemException 503 {@code not-configured} when there is no key of this id any more
   */
  SecretKey key(String id) {
    SecretKey key = keys.get(id);
    if (key == null) {
      throw new ProblemException(
          Problem.of(
              503,
              "not-configured",
              "The token was encrypted with the key '"
                  + id
                  + "', which HUB_ENCRYPTION_KEYS does not have; add it again behind the newest."));
    }
    return key;
  }

  /** The ids of the keys. */
  @Override
  public String toString() {
    return keys.keySet().toString();
  }
}
