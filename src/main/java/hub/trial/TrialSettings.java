package hub.trial;

import hub.config.Setting;
import hub.config.ValueKind;
import hub.config.Variable;
import hub.config.Variables;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The settings of a hub under test. No secret of the installation is among them. */
final class TrialSettings {
  static final String API_KEY = "a-caller-of-the-tests";
  static final String ADMIN_KEY = "an-operator-of-the-tests";

  /** Of the database in memory. */
  static final String DATABASE_USER = "test";

  static final String DATABASE_PASSWORD = "test";

  private static final int KEY_BYTES = 32;

  /** Names given to a parameter for secrets, in a map of either style or in an address. */
  private static final Pattern SECRETS =
      Pattern.compile(
          "\\b(?:\\w*[sS]ecret|needs)[ \t]*[:=][ \t]*[\"']?"
              + "([A-Z][A-Z0-9_]*(?:,[ \t]*[A-Z][A-Z0-9_]*)*)");

  private static final Pattern PLACEHOLDERS = Pattern.compile("\\{\\{([A-Z][A-Z0-9_]*)}}");

  private TrialSettings() {}

  /**
   * The settings that win over those of application.properties.
   *
   * @param folder for the files of this hub alone
   * @param own settings of the test
   */
  static Properties of(Path routesDir, Path folder, int port, Map<String, String> own) {
    Variables variables = Variables.of(Optional.of(routesDir));
    Map<String, String> all = namedInRoutes(routesDir, variables);
    variables.all().stream()
        .filter(variable -> !variable.testValue().isEmpty())
        .forEach(variable -> all.put(variable.key(), variable.testValue()));
    all.put(Setting.ALERT_EMAIL.key(), "operators@example.com");
    all.putAll(hub(routesDir, folder, port));
    all.putAll(own);
    Properties properties = new Properties();
    properties.putAll(all);
    return properties;
  }

  private static Map<String, String> hub(Path routesDir, Path folder, int port) {
    Map<String, String> hub = new TreeMap<>();
    hub.put("camel.main.name", "test");
    hub.put("camel.main.routesIncludePattern", "file:" + routesDir + "/**/*.camel.yaml");
    hub.put(
        "camel.component.kamelet.location",
        "file:" + routesDir.resolve("kamelets") + ",classpath:kamelets");
    hub.put("camel.main.shutdownTimeout", "2");
    hub.put("camel.main.startupSummaryLevel", "Off");
    hub.put("camel.server.host", "127.0.0.1");
    hub.put("camel.server.port", Integer.toString(port));
    hub.put("camel.server.useGlobalSslContextParameters", "false");
    hub.put("camel.management.enabled", "false");
    hub.put("camel.metrics.enabled", "false");
    hub.put(Setting.PUBLIC_URL.key(), "http://localhost:" + port);
    hub.put(Setting.DATA_DIR.key(), folder.toString());
    hub.put(Setting.SECRETS_DIR.key(), folder.resolve("secrets").toString());
    hub.put(Setting.DATABASE_URL.key(), database(folder));
    // A blank password would give way to the variable.
    hub.put(Setting.DATABASE_USER.key(), DATABASE_USER);
    hub.put(Setting.DATABASE_PASSWORD.key(), DATABASE_PASSWORD);
    hub.put(Setting.ADMIN_KEY.key(), ADMIN_KEY);
    hub.put(Setting.API_KEYS.key(), "test:" + API_KEY);
    byte[] key = new byte[KEY_BYTES];
    new SecureRandom().nextBytes(key);
    hub.put(Setting.ENCRYPTION_KEYS.key(), "test:" + Base64.getEncoder().encodeToString(key));
    hub.put(Setting.SOURCES.key(), "");
    hub.put(Setting.DEV.key(), "false");
    hub.put(Setting.POLL_SECONDS.key(), "1");
    hub.put(Setting.WARM_UP_SECONDS.key(), "0");
    // Tests make calls fail; the breaker would carry that into the next test.
    hub.put(Setting.BREAKER_ATTEMPTS.key(), "1000000");
    return hub;
  }

  /** The address of the database in memory. */
  static String database(Path folder) {
    return "jdbc:h2:mem:" + folder.getFileName() + ";OPTIMIZE_REUSE_RESULTS=FALSE";
  }

  /** A value for every secret and placeholder that the routes name and nobody needs to set. */
  private static Map<String, String> namedInRoutes(Path routesDir, Variables variables) {
    Map<String, String> named = new TreeMap<>();
    try (Stream<Path> files = Files.walk(routesDir)) {
      for (Path file : files.filter(path -> path.toString().endsWith(".camel.yaml")).toList()) {
        String text = Files.readString(file);
        for (Matcher found = SECRETS.matcher(text); found.find(); ) {
          for (String name : found.group(1).split(",")) {
            named.put(name.strip(), value(name.strip(), variables));
          }
        }
        for (Matcher found = PLACEHOLDERS.matcher(text); found.find(); ) {
          named.put(found.group(1), value(found.group(1), variables));
        }
      }
    } catch (IOException e) {
      // The start of the hub reports what cannot be read.
      return named;
    }
    named.remove("");
    return named;
  }

  private static String value(String name, Variables variables) {
    Optional<Variable> declared = variables.find(name);
    if (declared.isPresent() && !declared.get().defaultValue().isEmpty()) {
      return declared.get().defaultValue();
    }
    String prefix =
        declared
            .map(variable -> variable.limits().prefixes())
            .filter(prefixes -> !prefixes.isEmpty())
            .map(prefixes -> prefixes.get(0))
            .orElse("");
    String word = name.toLowerCase(Locale.ROOT).replace('_', '-');
    boolean isAddress = declared.filter(one -> one.kind() == ValueKind.ADDRESS).isPresent();
    return isAddress || name.matches(".*(URL|HOST|BASE|ENDPOINT).*")
        ? "https://" + word + ".example"
        : prefix + "secret-of-the-tests-" + word;
  }
}
