package hub.lint;

import hub.config.Environment;
import hub.config.LiveSecrets;
import hub.config.RoutesFolder;
import hub.config.SecretFiles;
import hub.config.Setting;
import hub.config.Settings;
import hub.config.env.DeclaredDefaults;
import hub.config.env.EnvFileSource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import org.apache.camel.CamelContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads and checks the settings, routes and ports before the start opens anything. */
public final class Preflight {
  private static final Logger LOG = LoggerFactory.getLogger(Preflight.class);
  private static final Path APPLICATION_PROPERTIES = Path.of("application.properties");

  /**
   * The example has to work without any settings, so its secret is generated at the first start.
   */
  private static final String EXAMPLE = "example/example-webhook.camel.yaml";

  private static final String EXAMPLE_SECRET = "EXAMPLE_WEBHOOK_SECRET";

  /** Name of a bean of any type that is bound when the check has been made already. */
  public static final String CHECKED = "preflight";

  private Preflight() {}

  /**
   * Checks settings and routes, unless {@link #CHECKED} is bound, and returns the effective
   * secrets.
   *
   * @throws StartRefusedException with every fault of settings and routes
   */
  public static LiveSecrets check(CamelContext context) {
    EnvFileSource.addTo(context);
    Settings settings = settings(context);
    if (context.getRegistry().lookupByName(CHECKED) == null) {
      check(
          settings,
          (folder, values) ->
              Lint.checkWithBeans(folder, APPLICATION_PROPERTIES, values, context.getRegistry()));
    }
    if (routesFolder(settings)
        .filter(folder -> Files.exists(folder.resolve(EXAMPLE)))
        .isPresent()) {
      SecretFiles files = secretFiles(context);
      // A folder that a container platform has mounted takes no file; the example answers 503 then.
      if (!files.isMountedReadOnly()) {
        files.makeIfMissing(EXAMPLE_SECRET);
      }
    }
    return new LiveSecrets(key -> property(context, key), secretFiles(context));
  }

  /**
   * Checks settings, routes, ports and the database's user. To be called before Camel reads the
   * routes if possible: Camel stops at the first file that it cannot read. Settings and routes that
   * have passed are not checked again as long as nothing changes, see {@link PassedCheck}.
   *
   * @param settings of this process alone: its environment, system properties and files
   * @throws StartRefusedException with every fault
   */
  public static void check(Settings settings) {
    check(settings, Preflight::lintUnlessPassed);
    PreparedSchema.forget();
  }

  private static List<Fault> lint(Path folder, Settings settings) {
    return Lint.check(folder, APPLICATION_PROPERTIES, settings, null);
  }

  private static List<Fault> lintUnlessPassed(Path folder, Settings settings) {
    PassedCheck passed;
    try {
      SecretFiles secrets = secretFiles(settings);
      passed =
          new PassedCheck(
              settings.path(Setting.DATA_DIR),
              new CheckInputs(
                  folder, APPLICATION_PROPERTIES, secrets, settings, Environment.variables()));
    } catch (RuntimeException e) {
      // The check reports a setting that cannot be resolved.
      return lint(folder, settings);
    }
    return passed.orElse(() -> lint(folder, settings));
  }

  private static void check(Settings settings, BiFunction<Path, Settings, List<Fault>> lint) {
    List<Fault> faults = new ArrayList<>();
    routesFolder(settings).ifPresent(folder -> faults.addAll(lint.apply(folder, settings)));
    faults.addAll(StoreRules.check(APPLICATION_PROPERTIES, settings, Environment.variables()));
    ListeningPort.of(settings).stream()
        .filter(port -> !port.isFree())
        .map(ListeningPort::fault)
        .forEach(faults::add);
    faults.stream()
        .filter(fault -> fault.level() == Fault.Level.WARNING)
        .forEach(fault -> LOG.warn("{}", fault));
    List<Fault> errors =
        faults.stream().filter(fault -> fault.level() == Fault.Level.ERROR).toList();
    if (!errors.isEmpty()) {
      throw new StartRefusedException(errors);
    }
  }

  /**
   * The effective settings, unchecked: the environment wins over files. A name may also be that of
   * a variable or of a secret file.
   */
  public static Settings settings(CamelContext context) {
    SecretFiles secrets = secretFiles(context);
    return new Settings(key -> property(context, key).or(() -> secrets.read(key)));
  }

  /** The routes folder; empty when single files are loaded, as in tests. */
  public static Optional<Path> routesFolder(Settings settings) {
    return RoutesFolder.of(settings);
  }

  /** Whether the first start generates this secret. */
  public static boolean makes(String secret) {
    return secret.equals(EXAMPLE_SECRET);
  }

  /** Whether {@code value} is one that the first start may have generated. */
  static boolean isMade(String secret, String value) {
    return makes(secret) && SecretFiles.isMade(value);
  }

  private static SecretFiles secretFiles(CamelContext context) {
    return secretFiles(new Settings(key -> property(context, key)));
  }

  private static SecretFiles secretFiles(Settings settings) {
    String folder = settings.text(Setting.SECRETS_DIR);
    return new SecretFiles(
        folder.isEmpty() ? settings.path(Setting.DATA_DIR).resolve("secrets") : Path.of(folder));
  }

  private static Optional<String> property(CamelContext context, String key) {
    Optional<String> value = DeclaredDefaults.resolveWithout(context, key);
    return value.or(() -> Environment.variable(key)).filter(text -> !text.isBlank());
  }
}
