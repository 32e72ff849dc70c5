package hub;

import hub.console.BacklogGauges;
import hub.console.OperatorApi;
import hub.console.StoreHealth;
import hub.edge.Acknowledge;
import hub.edge.ApiKeys;
import hub.edge.FrontDoor;
import hub.edge.HubHttpEngine;
import hub.edge.WebhookMetrics;
import hub.inbox.Housekeeping;
import hub.settings.Settings;
import hub.store.Database;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.VertxOptions;
import java.time.Clock;
import java.util.Optional;
import org.apache.camel.CamelConfiguration;
import org.apache.camel.CamelContext;
import org.apache.camel.RoutesBuilder;
import org.apache.camel.RuntimeCamelException;
import org.apache.camel.component.platform.http.PlatformHttpConstants;
import org.apache.camel.model.RedeliveryPolicyDefinition;
import org.apache.camel.model.errorhandler.DefaultErrorHandlerDefinition;
import org.apache.camel.spi.Registry;
import org.apache.camel.support.LifecycleStrategySupport;

/**
 * Puts the hub's parts into a Camel context, whoever starts it. Named by {@code
 * camel.main.configurationClasses}.
 */
public final class HubConfiguration implements CamelConfiguration {
  /**
   * Routes that block (a query, a call out) hold one each; those that wait for a commit hold none.
   */
  private static final int WORKER_THREADS = 64;

  @Override
  public void configure(CamelContext context) {
    Settings settings = settings(context);
    Registry registry = context.getRegistry();
    registry.bind("settings", settings);
    context.getCamelContextExtension().setErrorHandlerFactory(quietErrorHandler());
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
    registry.bind("store-health", new StoreHealth(database));
    BacklogGauges gauges = new BacklogGauges(database, Clock.systemUTC());
    addRoutes(context, new OperatorApi(database, Clock.systemUTC()));
    addRoutes(context, new Housekeeping());
    context.addLifecycleStrategy(
        new LifecycleStrategySupport() {
          @Override
          public void onContextStarted(CamelContext started) {
            Optional.ofNullable(registry.findSingleByType(MeterRegistry.class))
                .ifPresent(gauges::register);
          }

          @Override
          public void onContextStopped(CamelContext stopped) {
            database.close();
          }
        });
  }

  private static void addRoutes(CamelContext context, RoutesBuilder routes) {
    try {
      context.addRoutes(routes);
    } catch (Exception e) {
      throw RuntimeCamelException.wrapRuntimeCamelException(e);
    }
  }

  /** Whoever consumes logs one line for a failure; Camel's own twenty would say the same. */
  private static DefaultErrorHandlerDefinition quietErrorHandler() {
    DefaultErrorHandlerDefinition handler = new DefaultErrorHandlerDefinition();
    handler.setRedeliveryPolicy(new RedeliveryPolicyDefinition().logExhausted(false));
    return handler;
  }

  /** Values as Camel resolves them: environment before files; a name may also be a variable's. */
  private static Settings settings(CamelContext context) {
    return new Settings(
        key -> {
          Optional<String> value = context.getPropertiesComponent().resolveProperty(key);
          return value.isPresent() ? value : Optional.ofNullable(System.getenv(key));
        });
  }
}
