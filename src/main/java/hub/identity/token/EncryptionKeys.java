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
 * The keys that tokens are encrypted with: those of {@code HUB_ENCRYPTION_KEYS}, the newest first.
 * Where none is set, one is made and kept in the data folder; it still decrypts when others are set
 * later. Immutable.
 */
public final class EncryptionKeys {
  /** In the data folder, written as the variable is. */
  static final String FILE = "encryption.keys";

  private static final int KEY_BYTES = 32;
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9._-]{1,64}");

  private final Map<String, SecretKey> keys;
  private final String newest;
  private final boolean made;

  private EncryptionKeys(Map<String, SecretKey> keys, String newest, boolean made) {
    this.keys = Collections.unmodifiableMap(keys);
    this.newest = newest;
    this.made = made;
  }

  /**
   * The keys that the settings name, or the one that was made; makes it when there is none.
   *
   * @throws IllegalArgumentException when a key is wrong, see {@link #faults}
   * @throws UncheckedIOException when the data folder cannot keep a key
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
        make(file);
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
   * The keys that follow these.
   *
   * @param value of {@code HUB_ENCRYPTION_KEYS}
   * @param rows how many rows are encrypted with which key
   * @throws IllegalArgumentException when one is wrong, or one is not there that is still needed
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

  /** What is set, as a setting or as a file among the secrets; empty when nothing is. */
  public static String configured(Settings settings) {
    String value = settings.text(Setting.ENCRYPTION_KEYS);
    return value.isEmpty()
        ? settings.named(Setting.ENCRYPTION_KEYS.variable()).map(String::strip).orElse("")
        : value;
  }

  /**
   * What is wrong with a value of {@code HUB_ENCRYPTION_KEYS}, {@code number 1 of 2 has …}; never
   * shows a part of it.
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
      } else if (isAgain(entries.get(i), keys)) {
        faults.add(which + "is the key of an earlier one under another id");
      }
    }
    return faults;
  }

  private static boolean isAgain(String entry, Set<ByteBuffer> keys) {
    return fault(entry).isEmpty() && !keys.add(ByteBuffer.wrap(bytes(entry).orElseThrow()));
  }

  /** A comma before nothing is left where a key was put before a variable that is not set. */
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

  /** Whole and on the disk before it gets its name: what it encrypts must not outlive it. */
  private static void make(Path file) throws IOException {
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
      // A move would put this key over one that another process has just made here and may use.
      Files.createLink(file, whole);
    } catch (FileAlreadyExistsException e) {
      // The other one's counts.
    } catch (UnsupportedOperationException e) {
      Files.move(whole, file);
    } finally {
      Files.deleteIfExists(whole);
    }
  }

  /** Id of the key that encrypts. */
  String newest() {
    return newest;
  }

  /** Whether the key that encrypts was made here, so that no other node has it. */
  boolean isMade() {
    return made;
  }

  /**
   * The key of this id.
   *
   * @throws ProblemException 503 {@code not-configured} when it has been removed
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

  /** The ids, no key. */
  @Override
  public String toString() {
    return keys.keySet().toString();
  }
}
