package hub;

import hub.analytics.AnalyticsParts;
import hub.api.ApiDescription;
import hub.api.DescribeApi;
import hub.console.ConsoleParts;
import hub.console.OperatorList;
import hub.console.SecretsApi;
import hub.edge.Acknowledge;
import hub.edge.ApiKeys;
import hub.edge.BodyLimits;
import hub.edge.DirectMemory;
import hub.edge.FrontDoor;
import hub.edge.HubHttpEngine;
import hub.edge.HubServerFactory;
import hub.edge.Readiness;
import hub.edge.SourceAddresses;
import hub.edge.WebhookMetrics;
import hub.edge.Workers;
import hub.edge.WrongKeys;
import hub.email.EmailParts;
import hub.email.SmtpFailures;
import hub.idempotency.IdempotencyExpiry;
import hub.idempotency.IdempotencyKeys;
import hub.inbox.Fence;
import hub.inbox.Housekeeping;
import hub.inbox.StopBudget;
import hub.lint.Preflight;
import hub.log.OutOfMemory;
import hub.login.LoginParts;
import hub.login.Sessions;
import hub.outbound.CallParts;
import hub.outbound.Providers;
import hub.secrets.SecretWatch;
import hub.settings.LiveSecrets;
import hub.settings.Setting;
import hub.settings.Settings;
import hub.steps.FailedStep;
import hub.steps.KameletInstances;
import hub.steps.StepIds;
import hub.steps.StepPaths;
import hub.storage.S3Failures;
import hub.storage.Storage;
import hub.store.Database;
import hub.stripe.StripeFailures;
import hub.tokens.TokenParts;
import hub.watch.LogIds;
import hub.watch.WatchParts;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.camel.CamelConfiguration;
import org.apache.camel.CamelContext;
import org.apache.camel.ExtendedCamelContext;
import org.apache.camel.component.platform.http.PlatformHttpConstants;
import org.apache.camel.component.platform.http.main.MainHttpServer;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.spi.NodeIdFactory;
import org.apache.camel.spi.Registry;
import org.apache.camel.spi.ShutdownStrategy;
import org.apache.camel.support.CamelContextHelper;
import org.apache.camel.support.LifecycleStrategySupport;

/**
 * Puts the hub's parts into a Camel context, whoever starts it. Named by {@code
 * camel.main.configurationClasses}.
 */
public final class HubConfiguration implements CamelConfiguration {
  @Override
  public void configure(CamelContext context) throws Exception {
    OutOfMemory.watch();
    DirectMemory.limit();
    LiveSecrets secrets = Preflight.check(context);
    Settings settings = new Settings(secrets);
    Registry registry = context.getRegistry();
    registry.bind("settings", settings);
    Clock clock = clock(registry);
    limitStop(context);
    lookAtSteps(context.getCamelContextExtension());
    ((ModelCamelContext) context).addModelLifecycleStrategy(new KameletInstances());
    Database database = Database.open(settings);
    Closing closing = new Closing(database);
    context.addLifecycleStrategy(closing);
    addStore(context, settings, database);
    addApi(context, settings);
    Providers providers =
        CallParts.addTo(
            context,
            settings,
            List.of(new StripeFailures(), new S3Failures(), new SmtpFailures()),
            clock);
    Storage.addTo(context, settings);
    EmailParts.addTo(context, settings);
    AnalyticsParts.addTo(context, settings);
    TokenParts.addTo(context, settings, database);
    LoginParts.addTo(context, settings, database, Preflight.routesFolder(settings));
    ApiKeys keys = ApiKeys.open(settings, System.out::println);
    Sessions sessions = CamelContextHelper.mandatoryLookup(context, "sessions", Sessions.class);
    OperatorList operators = new OperatorList(sessions, settings, keys::operatorMark);
    WebhookMetrics webhooks = addEdge(context, settings, keys, operators, clock);
    WatchParts watch = WatchParts.addTo(context, settings, database, providers, webhooks, clock);
    ConsoleParts.addTo(context, settings, database, providers, keys, sessions, operators);
    context.addRoutes(new SecretsApi(SecretWatch.addTo(context, secrets, settings)));
    context.addRoutes(new Housekeeping());
    closing.before(watch::writeLast);
  }

  private static void lookAtSteps(ExtendedCamelContext camel) {
    camel.addContextPlugin(NodeIdFactory.class, new StepIds());
    camel.addInterceptStrategy(new FailedStep());
    camel.addInterceptStrategy(new StepPaths());
    camel.addInterceptStrategy(new Fence());
    if (LogIds.areShown()) {
      camel.addInterceptStrategy(new LogIds());
    }
  }

  /** Closes the store when nothing works any more, whatever of the start succeeded. */
  private static final class Closing extends LifecycleStrategySupport {
    private final Database database;
    private Runnable last = () -> {};

    Closing(Database database) {
      this.database = database;
    }

    void before(Runnable work) {
      last = work;
    }

    @Override
    public void onContextStopped(CamelContext stopped) {
      last.run();
      database.close();
    }
  }

  /** A test may bind one of its own. */
  private static Clock clock(Registry registry) {
    return Optional.ofNullable(registry.lookupByNameAndType("clock", Clock.class))
        .orElse(Clock.systemUTC());
  }

  /** Camel gives the time of the whole stop to the routes alone. */
  private static void limitStop(CamelContext context) {
    ShutdownStrategy strategy = context.getShutdownStrategy();
    StopBudget budget =
        new StopBudget(Duration.of(strategy.getTimeout(), strategy.getTimeUnit().toChronoUnit()));
    context.getRegistry().bind("stopBudget", budget);
    strategy.setTimeout(budget.routes().toSeconds());
    strategy.setTimeUnit(TimeUnit.SECONDS);
  }

  private static void addStore(CamelContext context, Settings settings, Database database)
      throws Exception {
    Registry registry = context.getRegistry();
    registry.bind("database", database);
    registry.bind("dataSource", database.dataSource());
    context.getPropertiesComponent().addPropertiesSource(new DialectProperty(database.dialect()));
    IdempotencyKeys keys = new IdempotencyKeys(database, IdempotencyKeys.LEASE);
    keys.releaseAll();
    registry.bind("idempotency", keys);
    context.addRoutes(new IdempotencyExpiry(keys, settings));
  }

  private static void addApi(CamelContext context, Settings settings) throws Exception {
    ApiDescription description = new ApiDescription(settings.text(Setting.PUBLIC_URL));
    context.getRegistry().bind("apiDescription", description);
    context.addRoutes(new DescribeApi(description));
  }

  private static WebhookMetrics addEdge(
      CamelContext context, Settings settings, ApiKeys keys, OperatorList operators, Clock clock) {
    Registry registry = context.getRegistry();
    Workers workers = new Workers();
    WebhookMetrics metrics =
        new WebhookMetrics(() -> registry.findSingleByType(MeterRegistry.class), clock);
    registry.bind("webhookMetrics", metrics);
    BodyLimits limits = new BodyLimits(settings);
    registry.bind("bodyLimits", limits);
    registry.bind("acknowledge", new Acknowledge(metrics));
    SourceAddresses sources = new SourceAddresses(settings);
    registry.bind(SourceAddresses.BEAN, sources);
    WrongKeys wrong = new WrongKeys(clock);
    registry.bind(WrongKeys.BEAN, wrong);
    FrontDoor door = new FrontDoor(keys, operators, sources, wrong, metrics, workers, context);
    registry.bind(
        PlatformHttpConstants.PLATFORM_HTTP_ENGINE_NAME,
        new HubHttpEngine(context, limits, workers));
    registry.bind("frontDoor", door);
    requireDoor(context);
    context.addLifecycleStrategy(new Readiness());
    return metrics;
  }

  /** Without it nobody would ask for a key; routes refuse to serve then, but do not say why. */
  private static void requireDoor(CamelContext context) {
    if (context.hasService(MainHttpServer.class) != null
        && context.getRegistry().findSingleByType(HubServerFactory.class) == null) {
      throw new IllegalStateException(
          "application.properties: the hub's server is missing; add camel.beans.hubServer = #class:"
              + HubServerFactory.class.getName());
    }
  }
}
