package hub.http.auth;

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
 * The keys that open {@code /api}. Known only by their SHA-256; those that nobody sets are made at
 * the first start and kept, hashed, in {@code keys.properties} of the data folder. Those that are
 * set may change while the hub runs. Thread-safe.
 */
public final class ApiKeys {
  private static final String FILE = "keys.properties";
  private static final String ADMIN = "admin";
  private static final String API = "api";
  private static final int RANDOM_BYTES = 32;

  /** So that a mark helps nobody to guess a key that a person has chosen. */
  private static final int MARK_ROUNDS = 100_000;

  private static final int MARK_BITS = 32;

  private record Known(Caller caller, byte[] hash) {}

  /**
   * What tells one operators' key from the next.
   *
   * @param hash of the key that it is for, in hexadecimal
   */
  private record Mark(String hash, String text) {}

  private volatile List<Known> known;
  private volatile Mark mark = new Mark("", "");

  private ApiKeys(List<Known> known) {
    this.known = known;
  }

  /**
   * The keys that the settings name; makes those that they do not.
   *
   * @throws IllegalArgumentException with every fault of the keys, on a line each, no key in it
   * @param announce told each key that is made, once, in a sentence for the operator's terminal
   */
  public static ApiKeys open(Settings settings, Consumer<String> announce) {
    ApiKeys keys = new ApiKeys(read(settings, announce));
    Runnable exchange = () -> keys.known = read(settings, announce);
    int leastBytes = settings.count(Setting.SECRETS_MIN_BYTES);
    settings.whenChanged(
        Setting.ADMIN_KEY,
        admin -> {
          refuse(adminFaults(admin, leastBytes));
          return exchange;
        });
    settings.whenChanged(
        Setting.API_KEYS,
        callers -> {
          refuse(CallerKeys.faults(callers, leastBytes));
          return exchange;
        });
    return keys;
  }

  /** Where an operator has the key from, for the end of a sentence; shows no key. */
  public static String hint(Settings settings) {
    return settings.text(Setting.ADMIN_KEY).isEmpty()
        ? "the key that the first start showed (for another one, delete the line admin.sha256 of "
            + settings.path(Setting.DATA_DIR).resolve(FILE)
            + " and start the hub again)"
        : "HUB_ADMIN_KEY";
  }

  private static List<Known> read(Settings settings, Consumer<String> announce) {
    List<Known> known = new ArrayList<>();
    GeneratedKeys generated = new GeneratedKeys(settings.path(Setting.DATA_DIR), announce);
    String admin = settings.text(Setting.ADMIN_KEY);
    String callers = settings.text(Setting.API_KEYS);
    refuse(faults(admin, callers, settings.count(Setting.SECRETS_MIN_BYTES)));
    Caller operator = new Caller(ADMIN, true, Set.of());
    known.add(
        new Known(
            operator, admin.isEmpty() ? generated.hash(ADMIN, "HUB_ADMIN_KEY") : sha256(admin)));
    if (callers.isEmpty()) {
      known.add(
          new Known(
              new Caller("default", false, Caller.USUAL_SCOPES),
              generated.hash(API, "HUB_API_KEYS")));
    } else {
      CallerKeys.parse(callers)
          .forEach(entry -> known.add(new Known(entry.caller(), sha256(entry.key()))));
    }
    return List.copyOf(known);
  }

  private static void refuse(List<String> faults) {
    if (!faults.isEmpty()) {
      throw new IllegalArgumentException(String.join("\n", faults));
    }
  }

  private static List<String> faults(String admin, String callers, int leastBytes) {
    List<String> faults = new ArrayList<>();
    if (!admin.isEmpty()) {
      adminFaults(admin, leastBytes).forEach(fault -> faults.add("HUB_ADMIN_KEY " + fault));
    }
    if (!callers.isEmpty()) {
      CallerKeys.faults(callers, leastBytes).forEach(fault -> faults.add("HUB_API_KEYS " + fault));
    }
    return faults;
  }

  private static List<String> adminFaults(String admin, int leastBytes) {
    return CallerKeys.lengthFault(admin, leastBytes).stream().toList();
  }

  /** Whose key this is. Takes as long for a wrong key as for a right one. */
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

  /** Whether this is the operators' key. Takes as long for a wrong one as for the right one. */
  public boolean opensOperation(String key) {
    return callerOf(key).filter(Caller::operator).isPresent();
  }

  /**
   * Tells one operators' key from the next without telling the key: for sessions that must end when
   * it is changed.
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

  /** Keys that the hub made for itself: hashed in a file that only its owner reads. */
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
          announce.accept(
              variable + " is not set, so the hub made one. It is shown this once: " + key);
        }
        return HexFormat.of().parseHex(hash);
      } catch (IOException e) {
        throw new UncheckedIOException(
            "hub.data-dir: cannot keep keys in " + folder.toAbsolutePath(), e);
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
