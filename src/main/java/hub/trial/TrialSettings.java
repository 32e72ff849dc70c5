package hub.trial;

import hub.config.Setting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
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

  /** Where nobody listens, so that what has no stub fails at once. */
  private static final String NOWHERE = "http://127.0.0.1:9";

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
    Map<String, String> all = new TreeMap<>(namedInRoutes(routesDir));
    all.putAll(providers());
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

  /** As if every provider were configured. */
  private static Map<String, String> providers() {
    Map<String, String> providers = new TreeMap<>();
    providers.put("STRIPE_SECRET_KEY", "sk_test_of_the_tests");
    providers.put("EMAIL_TRANSPORT", "smtp");
    providers.put("EMAIL_FROM", "hub@example.com");
    providers.put("SMTP_URL", "smtp://localhost:9");
    providers.put("HUB_ALERT_EMAIL", "operators@example.com");
    providers.put("S3_BUCKET", "files");
    providers.put("S3_ENDPOINT", NOWHERE);
    providers.put("AWS_REGION", "auto");
    return providers;
  }

  /** A value for every secret and placeholder that the routes name and nobody needs to set. */
  private static Map<String, String> namedInRoutes(Path routesDir) {
    Map<String, String> named = new TreeMap<>();
    try (Stream<Path> files = Files.walk(routesDir)) {
      for (Path file : files.filter(path -> path.toString().endsWith(".camel.yaml")).toList()) {
        String text = Files.readString(file);
        for (Matcher found = SECRETS.matcher(text); found.find(); ) {
          for (String name : found.group(1).split(",")) {
            named.put(name.strip(), value(name.strip()));
          }
        }
        for (Matcher found = PLACEHOLDERS.matcher(text); found.find(); ) {
          named.put(found.group(1), value(found.group(1)));
        }
      }
    } catch (IOException e) {
      // The start of the hub reports what cannot be read.
      return named;
    }
    named.remove("");
    return named;
  }

  private static String value(String name) {
    String word = name.toLowerCase(Locale.ROOT).replace('_', '-');
    return name.matches(".*(URL|HOST|BASE|ENDPOINT).*")
        ? "https://" + word + ".example"
        : "secret-of-the-tests-" + word;
  }
}
