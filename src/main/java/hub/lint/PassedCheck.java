package hub.lint;

import hub.util.Sha256;
import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Spares a start the check that the last one has passed, when nothing has changed on which the
 * result depends. A file in the data folder holds the warnings of that check and a hash of {@link
 * CheckInputs}. Without the file, or with one that is broken or from elsewhere, the check is made.
 */
final class PassedCheck {
  private static final Logger LOG = LoggerFactory.getLogger(PassedCheck.class);
  private static final String NAME = "check.passed";
  private static final String COMMENT =
      " The last check of settings and routes found no error. Without this file it is made again.";
  private static final String SALT = "salt";
  private static final String HASH = "hash";
  private static final int SALT_BYTES = 16;

  private final Path file;
  private final CheckInputs inputs;

  /**
   * @param folder the data folder; need not exist
   */
  PassedCheck(Path folder, CheckInputs inputs) {
    this.file = folder.resolve(NAME);
    this.inputs = inputs;
  }

  /**
   * The faults: the warnings of the check that was passed, if they still hold; otherwise what
   * {@code check} finds.
   */
  List<Fault> orElse(Supplier<List<Fault>> check) {
    Optional<List<Fault>> warnings = read();
    if (warnings.isPresent()) {
      return warnings.get();
    }
    byte[] random = new byte[SALT_BYTES];
    new SecureRandom().nextBytes(random);
    String salt = HexFormat.of().formatHex(random);
    Optional<String> before = hash(salt);
    List<Fault> faults = check.get();
    // A file may have changed meanwhile.
    if (faults.stream().allMatch(fault -> fault.level() == Fault.Level.WARNING)
        && before.isPresent()
        && before.equals(hash(salt))) {
      write(salt, before.get(), faults);
    }
    return faults;
  }

  private Optional<String> hash(String salt) {
    try {
      return Optional.of(inputs.hash(salt));
    } catch (IOException | RuntimeException e) {
      LOG.debug("the check is made because not all that it depends on can be read", e);
      return Optional.empty();
    }
  }

  private Optional<List<Fault>> read() {
    Properties stored = new Properties();
    try (Reader reader = Files.newBufferedReader(file)) {
      stored.load(reader);
    } catch (IOException | IllegalArgumentException e) {
      LOG.debug("the check is made because {} cannot be read", file, e);
      return Optional.empty();
    }
    String hash = String.valueOf(stored.remove(HASH));
    return hash(stored.getProperty(SALT, ""))
            .filter(now -> hash.equals(sealed(stored, now)))
            .isPresent()
        ? Optional.of(warnings(stored))
        : Optional.empty();
  }

  private static List<Fault> warnings(Properties stored) {
    List<Fault> warnings = new ArrayList<>();
    for (int i = 0; stored.containsKey(i + ".where"); i++) {
      warnings.add(
          Fault.warning(
              stored.getProperty(i + ".where"),
              stored.getProperty(i + ".what"),
              stored.getProperty(i + ".remedy")));
    }
    return warnings;
  }

  private void write(String salt, String hash, List<Fault> warnings) {
    Properties stored = new Properties();
    stored.setProperty(SALT, salt);
    for (int i = 0; i < warnings.size(); i++) {
      stored.setProperty(i + ".where", warnings.get(i).where());
      stored.setProperty(i + ".what", warnings.get(i).what());
      stored.setProperty(i + ".remedy", warnings.get(i).remedy());
    }
    stored.setProperty(HASH, sealed(stored, hash));
    try {
      Files.createDirectories(file.getParent());
      // Only its owner may read a temporary file.
      Path whole = Files.createTempFile(file.getParent(), NAME, ".tmp");
      try {
        try (Writer writer = Files.newBufferedWriter(whole)) {
          stored.store(writer, COMMENT);
        }
        Files.move(whole, file, StandardCopyOption.REPLACE_EXISTING);
      } finally {
        Files.deleteIfExists(whole);
      }
    } catch (IOException e) {
      LOG.debug("the next start makes the check again: {} cannot be written", file, e);
    }
  }

  /** The hash over the inputs and the rest of the file. */
  private static String sealed(Properties rest, String hash) {
    return Sha256.hex((hash + new TreeMap<>(rest)).getBytes(StandardCharsets.UTF_8));
  }
}
