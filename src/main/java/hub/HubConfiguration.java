package hub;

import hub.call.CallModule;
import hub.call.http.HttpStub;
import hub.call.keys.KeyFetcher;
import hub.call.policy.Providers;
import hub.catchup.CatchUpTable;
import hub.catchup.CatchUps;
import hub.config.LiveSecrets;
import hub.config.Setting;
import hub.config.Settings;
import hub.config.ShippedRoutes;
import hub.config.env.DeclaredDefaults;
import hub.config.reload.SecretWatch;
import hub.console.BackupApi;
import hub.console.ConsoleModule;
import hub.console.DevApi;
import hub.console.OperatorList;
import hub.console.SecretsApi;
import hub.console.SqlApi;
import hub.db.Database;
import hub.dev.DevMode;
import hub.dev.ReloadShared;
import hub.dev.RunNewMigrations;
import hub.dev.RunSavedTests;
import hub.http.SourceAddresses;
import hub.http.WorkerPools;
import hub.http.auth.ApiKeys;
import hub.http.auth.WrongKeyLimiter;
import hub.http.body.BodyLimits;
import hub.http.openapi.ApiDescription;
import hub.http.openapi.DescribeApi;
import hub.http.server.DirectMemory;
import hub.http.server.HubHttpEngine;
import hub.http.server.HubServerFactory;
import hub.http.server.ReadyAnnouncement;
import hub.http.server.RequestGate;
import hub.http.server.RequestPipeline;
import hub.identity.login.LoginModule;
import hub.identity.login.LoginReload;
import hub.identity.session.Sessions;
import hub.identity.token.TokenModule;
import hub.inbox.camel.LeaseCheck;
import hub.inbox.camel.RetentionRoute;
import hub.inbox.camel.SqlParameters;
import hub.inbox.camel.TransactedSteps;
import hub.inbox.engine.StopBudget;
import hub.inbox.idempotency.IdempotencyExpiry;
import hub.inbox.idempotency.IdempotencyKeys;
import hub.lint.Preflight;
import hub.lint.WebhookSource;
import hub.monitoring.LogContext;
import hub.monitoring.MonitoringModule;
import hub.poll.PollModule;
import hub.provider.analytics.AnalyticsModule;
import hub.provider.email.EmailModule;
import hub.provider.email.SmtpFailures;
import hub.provider.files.FilesModule;
import hub.provider.files.S3Failures;
import hub.provider.stripe.StripeFailures;
import hub.util.HubClock;
import hub.util.Json;
import hub.util.log.OutOfMemoryFilter;
import hub.util.step.FailedStep;
import hub.util.step.KameletInstances;
import hub.util.step.StepIds;
import hub.util.step.StepPaths;
import hub.webhook.Acknowledge;
import hub.webhook.FetchedEvents;
import hub.webhook.OpenedSources;
import hub.webhook.WarmUp;
import hub.webhook.WebhookMethods;
import hub.webhook.WebhookMetrics;
import hub.webhook.scheme.KeyCache;
import hub.webhook.scheme.SchemeFiles;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.camel.CamelConfiguration;
import org.apache.camel.CamelContext;
import org.apache.camel.ExtendedCamelContext;
import org.apache.camel.component.platform.http.PlatformHttpConstants;
import org.apache.camel.component.platform.http.main.MainHttpServer;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.spi.NodeIdFactory;
import org.apache.camel.spi.Registry;
import org.apache.camel.spi.Resource;
import org.apache.camel.spi.ShutdownStrategy;
import org.apache.camel.support.CamelContextHelper;
import org.apache.camel.support.LifecycleStrategySupport;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;

/**
 * Installs all parts of the hub in a Camel context. Named by {@code
 * camel.main.configurationClasses}.
 */
public final class HubConfiguration implements CamelConfiguration {
  @Override
  public void configure(CamelContext context) throws Exception {
    OutOfMemoryFilter.watch();
    DirectMemory.limit();
    LiveSecrets secrets = Preflight.check(context);
    Settings settings = new Settings(secrets);
    DeclaredDefaults.addTo(context, settings.variables());
    Registry registry = context.getRegistry();
    registry.bind(Settings.BEAN, settings);
    Clock clock = HubClock.of(context);
    limitStop(context);
    addInterceptors(context.getCamelContextExtension());
    ((ModelCamelContext) context).addModelLifecycleStrategy(new KameletInstances());
    Database database = Database.open(settings);
    Closing closing = new Closing(database);
    context.addLifecycleStrategy(closing);
    addSchemes(context, settings, clock);
    WarmUp.install(context, settings, clock);
    addStore(context, settings, database);
    addApi(context, settings);
    Providers providers =
        CallModule.install(
            context,
            settings,
            List.of(new StripeFailures(clock), new S3Failures(clock), new SmtpFailures()),
            clock);
    CatchUpTable catchUps = new CatchUpTable(database, clock);
    registry.bind(CatchUps.BEAN, new CatchUps(catchUps, clock));
    FilesModule.install(context, settings);
    EmailModule.install(context, settings);
    AnalyticsModule.install(context, settings, clock);
    PollModule.install(context, database, clock);
    TokenModule.install(context, settings, database, clock);
    LoginModule.install(context, settings, database, Preflight.routesFolder(settings), clock);
    ApiKeys keys = ApiKeys.open(settings, System.out::println);
    Sessions sessions = CamelContextHelper.mandatoryLookup(context, Sessions.BEAN, Sessions.class);
    OperatorList operators = new OperatorList(sessions, settings, keys::operatorMark);
    WebhookMetrics webhooks = addHttp(context, settings, keys, operators, clock);
    MonitoringModule monitoring =
        MonitoringModule.install(context, settings, database, providers, webhooks, clock);
    ConsoleModule.install(context, settings, database, providers, keys, sessions, operators, clock);
    SecretWatch watch = SecretWatch.install(context, secrets, settings);
    context.addRoutes(new SecretsApi(watch));
    context.addRoutes(new BackupApi(database.backup()));
    context.addRoutes(new SqlApi(database.readOnlySql()));
    context.addRoutes(new RetentionRoute());
    addPolicies(context, settings);
    addDevMode(context, settings, database, watch, clock);
    closing.beforeClose(monitoring::writeLast);
  }

  /**
   * Adds the jar's policies, after the routes of the engine, which follow none of them. A file of
   * the installation with the same name or id stands in place of one.
   */
  private static void addPolicies(CamelContext context, Settings settings) throws Exception {
    String included = settings.named("camel.main.routesIncludePattern").orElse("");
    Map<String, String> own = new TreeMap<>();
    for (String pattern : included.split(",")) {
      if (!pattern.isBlank()) {
        for (Resource file :
            PluginHelper.getPackageScanResourceResolver(context).findResources(pattern.strip())) {
          own.put(
              file.getLocation().replaceFirst(".*/(policies/[^/]+)$", "$1"),
              context.getTypeConverter().convertTo(String.class, file.getInputStream()));
        }
      }
    }
    List<Resource> shipped =
        ShippedRoutes.beside(own).entrySet().stream()
            .filter(file -> file.getKey().startsWith("policies/"))
            .map(
                file ->
                    ResourceHelper.fromString(
                        ShippedRoutes.CLASSPATH + file.getKey(), file.getValue()))
            .toList();
    PluginHelper.getRoutesLoader(context).loadRoutes(shipped);
  }

  private static void addDevMode(
      CamelContext context, Settings settings, Database database, SecretWatch secrets, Clock clock)
      throws Exception {
    Optional<Path> routes = Preflight.routesFolder(settings);
    if (!settings.isOn(Setting.DEV) || routes.isEmpty()) {
      context.addRoutes(new DevApi(() -> Json.object().put("dev", false)));
      return;
    }
    RequestGate gate = new RequestGate();
    CamelContextHelper.mandatoryLookup(context, RequestPipeline.BEAN, RequestPipeline.class)
        .install(gate);
    SchemeFiles schemes =
        CamelContextHelper.mandatoryLookup(context, SchemeFiles.BEAN, SchemeFiles.class);
    Registry registry = context.getRegistry();
    registry.bind(
        ReloadShared.BEAN,
        new ReloadShared(
            Optional.ofNullable(registry.lookupByNameAndType(LoginReload.BEAN, LoginReload.class)),
            secrets));
    registry.bind(RunNewMigrations.BEAN, new RunNewMigrations(database));
    RunSavedTests tests =
        new RunSavedTests(routes.get(), Path.of("application.properties"), settings);
    registry.bind(RunSavedTests.BEAN, tests);
    context.addService(tests);
    DevMode dev = DevMode.install(context, settings, routes.get(), schemes, gate, clock);
    secrets.whenTaken(dev::secretsTaken);
    context.addRoutes(new DevApi(dev::json));
  }

  private static void addInterceptors(ExtendedCamelContext camel) {
    camel.addContextPlugin(NodeIdFactory.class, new StepIds());
    camel.registerEndpointCallback(new SqlParameters());
    camel.addInterceptStrategy(new FailedStep());
    camel.addInterceptStrategy(new StepPaths());
    camel.addInterceptStrategy(new LeaseCheck());
    camel.addInterceptStrategy(new TransactedSteps());
    if (LogContext.areShown()) {
      camel.addInterceptStrategy(new LogContext());
    }
  }

  /** Closes the database after everything else has stopped, also after a failed start. */
  private static final class Closing extends LifecycleStrategySupport {
    private final Database database;
    private Runnable last = () -> {};

    Closing(Database database) {
      this.database = database;
    }

    void beforeClose(Runnable work) {
      last = work;
    }

    @Override
    public void onContextStopped(CamelContext stopped) {
      last.run();
      database.close();
    }
  }

  /** Gives the routes a part of the stop's time only; Camel would let them use all of it. */
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
    registry.bind(Database.BEAN, database);
    registry.bind("dataSource", database.dataSource());
    context.getPropertiesComponent().addPropertiesSource(new DialectProperty(database.dialect()));
    IdempotencyKeys keys = new IdempotencyKeys(database, IdempotencyKeys.LEASE);
    keys.releaseAll();
    registry.bind(IdempotencyKeys.BEAN, keys);
    context.addRoutes(new IdempotencyExpiry(keys, settings));
  }

  private static void addApi(CamelContext context, Settings settings) throws Exception {
    ApiDescription description = new ApiDescription(settings.text(Setting.PUBLIC_URL));
    context.getRegistry().bind(ApiDescription.BEAN, description);
    context.addRoutes(new DescribeApi(description));
  }

  private static void addSchemes(CamelContext context, Settings settings, Clock clock)
      throws Exception {
    Registry registry = context.getRegistry();
    Optional<Path> routes = Preflight.routesFolder(settings);
    boolean changes = settings.isOn(Setting.DEV);
    SchemeFiles schemes =
        routes
            .map(folder -> changes ? SchemeFiles.changing(folder) : SchemeFiles.of(folder))
            .orElseGet(SchemeFiles::shipped);
    registry.bind(SchemeFiles.BEAN, schemes);
    registry.bind(FetchedEvents.BEAN, new FetchedEvents(schemes));
    context.getPropertiesComponent().addPropertiesFunction(new WebhookMethods(schemes));
    List<String> opened = settings.entries(Setting.SOURCES);
    if (!opened.isEmpty()) {
      Set<String> written =
          routes.map(WebhookSource::in).orElse(List.of()).stream()
              .map(WebhookSource::name)
              .collect(Collectors.toSet());
      context.addRoutes(
          new OpenedSources(
              opened.stream()
                  .distinct()
                  .filter(name -> !written.contains(name))
                  .map(name -> schemes.named(name).orElseThrow())
                  .toList()));
    }
    registry.bind(KeyCache.BEAN, new KeyCache(new KeyFetcher(context, settings, clock), clock));
  }

  private static WebhookMetrics addHttp(
      CamelContext context, Settings settings, ApiKeys keys, OperatorList operators, Clock clock) {
    Registry registry = context.getRegistry();
    WorkerPools workerPools = new WorkerPools();
    WebhookMetrics metrics =
        new WebhookMetrics(() -> registry.findSingleByType(MeterRegistry.class), clock);
    registry.bind(WebhookMetrics.BEAN, metrics);
    BodyLimits limits = new BodyLimits(settings);
    registry.bind(BodyLimits.BEAN, limits);
    registry.bind("acknowledge", new Acknowledge(metrics));
    SourceAddresses sources = new SourceAddresses(settings);
    registry.bind(SourceAddresses.BEAN, sources);
    WrongKeyLimiter wrong = new WrongKeyLimiter(clock);
    registry.bind(WrongKeyLimiter.BEAN, wrong);
    RequestPipeline pipeline =
        new RequestPipeline(keys, operators, sources, wrong, metrics::count, workerPools, context);
    registry.bind(
        PlatformHttpConstants.PLATFORM_HTTP_ENGINE_NAME,
        new HubHttpEngine(context, limits, workerPools));
    registry.bind(RequestPipeline.BEAN, pipeline);
    requireServerFactory(context);
    if (registry.lookupByName(HttpStub.BEAN) == null) {
      // Nobody is to take the address of a test's hub for this one's.
      context.addLifecycleStrategy(
          new ReadyAnnouncement(settings.text(Setting.PUBLIC_URL), ApiKeys.hint(settings)));
    }
    return metrics;
  }

  /**
   * Without the hub's server factory no request is authorized; routes refuse to serve then, but do
   * not say why.
   */
  private static void requireServerFactory(CamelContext context) {
    if (context.hasService(MainHttpServer.class) != null
        && context.getRegistry().findSingleByType(HubServerFactory.class) == null) {
      throw new IllegalStateException(
          "application.properties: the hub's server is missing; add camel.beans.hubServer = #class:"
              + HubServerFactory.class.getName());
    }
  }
}
