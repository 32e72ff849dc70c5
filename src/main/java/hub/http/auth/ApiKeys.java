package hub.http.auth;

import hub.config.SecretFiles;
import hub.config.Setting;
import hub.config.Settings;
import hub.util.Sha256;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.function.Consumer;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/**
 * The API keys of {@code /api}, kept as SHA-256 only. A key that is not set is generated at the
 * first start, and its hash is kept in {@code keys.properties} of the data folder; the operators'
 * one also in a file that only the hub's user may read, for the commands of that user. A key that
 * is set may change while the hub runs. Thread-safe.
 */
public final class ApiKeys {
  private static final String FILE = "keys.properties";
  private static final String ADMIN = "admin";
  private static final String API = "api";
  private static final int RANDOM_BYTES = 32;

  /** So many that a leaked mark does not help to guess a weak key. */
  private static final int MARK_ROUNDS = 100_000;

  private static final int MARK_BITS = 32;

  private record Known(Caller caller, byte[] hash) {}

  /**
   * A short value that changes with the operators' key.
   *
   * @param hash of the key that the mark belongs to, in hexadecimal
   */
  private record Mark(String hash, String text) {}

  private volatile List<Known> known;
  private volatile Mark mark = new Mark("", "");

  private ApiKeys(List<Known> known) {
    this.known = known;
  }

  /**
   * Reads the keys from the settings and generates those that are not set.
   *
   * @throws IllegalArgumentException with all faults of the keys, one a line, without any key
   * @param announce receives a sentence with each generated key, once, for the operator's terminal
   */
  public static ApiKeys open(Settings settings, Consumer<String> announce) {
    ApiKeys keys = new ApiKeys(read(settings, announce));
    Runnable reload = () -> keys.known = read(settings, announce);
    int minBytes = settings.count(Setting.SECRETS_MIN_BYTES);
    settings.whenChanged(
        Setting.ADMIN_KEY,
        admin -> {
          requireNone(adminFaults(admin, minBytes));
          return reload;
        });
    settings.whenChanged(
        Setting.API_KEYS,
        callers -> {
          requireNone(CallerKeys.faults(callers, minBytes));
          return reload;
        });
    return keys;
  }

  /** Where an operator has the key from, for the end of a sentence; shows no key. */
  public static String hint(Settings settings) {
    Path data = settings.path(Setting.DATA_DIR);
    Path keyFile = GeneratedKeys.keyFile(data);
    if (settings.named(Setting.ADMIN_KEY.key()).isEmpty() && Files.exists(keyFile)) {
      return "the key in " + keyFile;
    }
    return settings.text(Setting.ADMIN_KEY).isEmpty()
        ? "the key that the first start showed (for another one, delete the line admin.sha256 of "
            + data.resolve(FILE)
            + " and start the hub again)"
        : "HUB_ADMIN_KEY";
  }

  private static List<Known> read(Settings settings, Consumer<String> announce) {
    List<Known> known = new ArrayList<>();
    GeneratedKeys generated = new GeneratedKeys(settings.path(Setting.DATA_DIR), announce);
    String admin = settings.text(Setting.ADMIN_KEY);
    String callers = settings.text(Setting.API_KEYS);
    requireNone(faults(admin, callers, settings.count(Setting.SECRETS_MIN_BYTES)));
    Caller operator = new Caller(ADMIN, true, Set.of());
    known.add(
        new Known(
            operator, admin.isEmpty() ? generated.hash(ADMIN, "HUB_ADMIN_KEY") : sha256(admin)));
    if (callers.isEmpty()) {
      known.add(
          new Known(
              new Caller("default", false, Scope.defaults()), generated.hash(API, "HUB_API_KEYS")));
    } else {
      CallerKeys.parse(callers)
          .forEach(entry -> known.add(new Known(entry.caller(), sha256(entry.key()))));
    }
    return List.copyOf(known);
  }

  private static void requireNone(List<String> faults) {
    if (!faults.isEmpty()) {
      throw new IllegalArgumentException(String.join("\n", faults));
    }
  }

  private static List<String> faults(String admin, String callers, int minBytes) {
    List<String> faults = new ArrayList<>();
    if (!admin.isEmpty()) {
      adminFaults(admin, minBytes).forEach(fault -> faults.add("HUB_ADMIN_KEY " + fault));
    }
    if (!callers.isEmpty()) {
      CallerKeys.faults(callers, minBytes).forEach(fault -> faults.add("HUB_API_KEYS " + fault));
    }
    return faults;
  }

  private static List<String> adminFaults(String admin, int minBytes) {
    return CallerKeys.lengthFault(admin, minBytes).stream().toList();
  }

  /** The caller that a key belongs to; empty for a wrong key. Takes equally long for both. */
  Optional<Caller> callerOf(String key) {
    byte[] hash = sha256(key);
    Caller found = null;
    for (Known one : known) {
      if (MessageDigest.isEqual(one.hash(), hash)) {
        found = one.caller();
      }
    }
    return Optional.ofNullable(found);
  }

  /** Whether this is the operators' key. Takes equally long for a wrong one. */
  public boolean opensOperation(String key) {
    return callerOf(key).filter(Caller::operator).isPresent();
  }

  /**
   * A value that changes with the operators' key and does not reveal it, for sessions that must end
   * when the key changes.
   */
  public String operatorMark() {
    byte[] key =
        known.stream()
            .filter(one -> one.caller().operator())
            .findFirst()
            .orElseThrow(() -> new IllegalStateException("no operators' key"))
            .hash();
    String hash = HexFormat.of().formatHex(key);
    Mark made = mark;
    if (!made.hash().equals(hash)) {
      made = new Mark(hash, markOf(hash));
      mark = made;
    }
    return made.text();
  }

  private static String markOf(String hash) {
    try {
      PBEKeySpec spec =
          new PBEKeySpec(
              hash.toCharArray(),
              "operators' sessions".getBytes(StandardCharsets.UTF_8),
              MARK_ROUNDS,
              MARK_BITS);
      return HexFormat.of()
          .formatHex(
              SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                  .generateSecret(spec)
                  .getEncoded());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has PBKDF2", e);
    }
  }

  private static byte[] sha256(String key) {
    return Sha256.of(key.getBytes(StandardCharsets.UTF_8));
  }

  /** The generated keys: their hashes are in a file that only its owner can read. */
  private record GeneratedKeys(Path folder, Consumer<String> announce) {
    byte[] hash(String name, String variable) {
      try {
        Properties stored = read();
        String hash = stored.getProperty(name + ".sha256");
        if (hash == null) {
          String key = "hub_" + name + "_" + random();
          hash = HexFormat.of().formatHex(sha256(key));
          stored.setProperty(name + ".sha256", hash);
          write(stored);
          String kept = name.equals(ADMIN) ? keep(key) : "";
          announce.accept(
              variable + " is not set, so the hub made one. It is shown this once: " + key + kept);
        }
        return HexFormat.of().parseHex(hash);
      } catch (IOException e) {
        throw new UncheckedIOException(
            "hub.data-dir: cannot keep keys in " + folder.toAbsolutePath(), e);
      }
    }

    /**
     * The file of the operators' key. It is among the secrets, so that whoever writes another key
     * into it changes the key.
     */
    static Path keyFile(Path folder) {
      return folder.resolve("secrets").resolve("HUB_ADMIN_KEY");
    }

    /**
     * Keeps the key for the commands of the hub's user, unless the folder of secrets is read-only.
     *
     * @return where, for the end of the announcement
     */
    private String keep(String key) {
      Path file = keyFile(folder);
      try {
        new SecretFiles(file.getParent()).write(file.getFileName().toString(), key);
        return "\nCommands of this user find it in " + file + ".";
      } catch (UncheckedIOException e) {
        return "";
      }
    }

    private Properties read() throws IOException {
      Properties stored = new Properties();
      Path file = folder.resolve(FILE);
      if (Files.exists(file)) {
        stored.load(new StringReader(Files.readString(file)));
      }
      return stored;
    }

    private void write(Properties stored) throws IOException {
      Files.createDirectories(folder);
      Path file = folder.resolve(FILE);
      if (!Files.exists(file)) {
        Files.createFile(file);
      }
      if (Files.getFileStore(file).supportsFileAttributeView("posix")) {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
      }
      StringWriter text = new StringWriter();
      stored.store(
          text,
          "Hashes of the keys that the hub made at its first start. Delete a line to have a new key made.");
      Files.writeString(file, text.toString(), StandardOpenOption.TRUNCATE_EXISTING);
    }

    private static String random() {
      byte[] bytes = new byte[RANDOM_BYTES];
      new SecureRandom().nextBytes(bytes);
      return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
  }
}
