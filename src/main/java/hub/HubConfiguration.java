package hub;

import hub.edge.Acknowledge;
import hub.edge.ApiKeys;
import hub.edge.FrontDoor;
import hub.edge.HubHttpEngine;
import hub.edge.WebhookMetrics;
import hub.inbox.FailedStep;
import hub.lint.Fault;
import hub.lint.Lint;
import hub.lint.StartRefused;
import hub.settings.SecretFiles;
import hub.settings.Setting;
import hub.settings.Settings;
import hub.store.Database;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.VertxOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.CamelConfiguration;
import org.apache.camel.CamelContext;
import org.apache.camel.component.platform.http.PlatformHttpConstants;
import org.apache.camel.spi.Registry;
import org.apache.camel.support.LifecycleStrategySupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts the hub's parts into a Camel context, whoever starts it. Named by {@code
 * camel.main.configurationClasses}.
 */
public final class HubConfiguration implements CamelConfiguration {
  private static final Logger LOG = LoggerFactory.getLogger(HubConfiguration.class);

  /**
   * The example has to work for a newcomer who has set nothing, so its secret is made at the first
   * start.
   */
  private static final String EXAMPLE = "example/example-webhook.camel.yaml";

  private static final String EXAMPLE_SECRET = "EXAMPLE_WEBHOOK_SECRET";
  private static final Pattern ROUTES_FOLDER =
      Pattern.compile("file:(.+?)/\\*\\*/\\*\\.camel\\.yaml");

  /**
   * Routes that block (a query, a call out) hold one each; those that wait for a commit hold none.
   */
  private static final int WORKER_THREADS = 64;

  @Override
  public void configure(CamelContext context) {
    SecretFiles secrets = secretFiles(context);
    Settings settings = new Settings(key -> property(context, key).or(() -> secrets.read(key)));
    Optional<Path> routes = routesFolder(settings);
    routes.ifPresent(folder -> refuseFaults(folder, settings));
    if (routes.filter(folder -> Files.exists(folder.resolve(EXAMPLE))).isPresent()) {
      secrets.makeIfMissing(EXAMPLE_SECRET);
    }
    Registry registry = context.getRegistry();
    registry.bind("settings", settings);
    context.getCamelContextExtension().addInterceptStrategy(new FailedStep());
    registry.bind("vertxOptions", new VertxOptions().setWorkerPoolSize(WORKER_THREADS));
    Database database = Database.open(settings);
    registry.bind("database", database);
    registry.bind("dataSource", database.dataSource());
    WebhookMetrics metrics =
        new WebhookMetrics(() -> registry.findSingleByType(MeterRegistry.class));
    registry.bind("webhookMetrics", metrics);
    registry.bind("acknowledge", new Acknowledge(metrics));
    FrontDoor door =
        new FrontDoor(ApiKeys.open(settings, System.out::println), metrics, context::isStarted);
    registry.bind(
        PlatformHttpConstants.PLATFORM_HTTP_ENGINE_NAME,
        new HubHttpEngine(context, settings, door));
    context.addLifecycleStrategy(
        new LifecycleStrategySupport() {
          @Override
          public void onContextStopped(CamelContext stopped) {
            database.close();
          }
        });
  }

  /** The folder of the routes; empty when only single files are loaded, as tests do. */
  private static Optional<Path> routesFolder(Settings settings) {
    Matcher folder =
        ROUTES_FOLDER.matcher(settings.named("camel.main.routesIncludePattern").orElse(""));
    return folder.matches() ? Optional.of(Path.of(folder.group(1))) : Optional.empty();
  }

  /**
   * Checks settings and routes before anything opens.
   *
   * @throws StartRefused with every fault
   */
  private static void refuseFaults(Path routes, Settings settings) {
    List<Fault> faults = Lint.check(routes, Path.of("application.properties"), settings, null);
    faults.stream()
        .filter(fault -> fault.level() == Fault.Level.WARNING)
        .forEach(fault -> LOG.warn("{}", fault));
    List<Fault> errors =
        faults.stream().filter(fault -> fault.level() == Fault.Level.ERROR).toList();
    if (!errors.isEmpty()) {
      throw new StartRefused(errors);
    }
  }

  private static SecretFiles secretFiles(CamelContext context) {
    Settings settings = new Settings(key -> property(context, key));
    String folder = settings.text(Setting.SECRETS_DIR);
    return new SecretFiles(
        folder.isEmpty() ? settings.path(Setting.DATA_DIR).resolve("secrets") : Path.of(folder));
  }

  /** Values as Camel resolves them, environment before files; a name may also be a variable's. */
  private static Optional<String> property(CamelContext context, String key) {
    Optional<String> value = context.getPropertiesComponent().resolveProperty(key);
    return value.or(() -> Optional.ofNullable(System.getenv(key))).filter(text -> !text.isBlank());
  }
}
