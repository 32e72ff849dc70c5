package hub;

import hub.edge.Acknowledge;
import hub.edge.ApiKeys;
import hub.edge.FrontDoor;
import hub.edge.HubHttpEngine;
import hub.edge.WebhookMetrics;
import hub.idempotency.IdempotencyExpiry;
import hub.idempotency.IdempotencyKeys;
import hub.inbox.FailedStep;
import hub.settings.Settings;
import hub.store.Database;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.VertxOptions;
import org.apache.camel.CamelConfiguration;
import org.apache.camel.CamelContext;
import org.apache.camel.component.platform.http.PlatformHttpConstants;
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
  public void configure(CamelContext context) throws Exception {
    Settings settings = Preflight.check(context);
    Registry registry = context.getRegistry();
    registry.bind("settings", settings);
    context.getCamelContextExtension().addInterceptStrategy(new FailedStep());
    addStore(context, settings);
    addEdge(context, settings);
  }

  private static void addStore(CamelContext context, Settings settings) throws Exception {
    Database database = Database.open(settings);
    Registry registry = context.getRegistry();
    registry.bind("database", database);
    registry.bind("dataSource", database.dataSource());
    context.getPropertiesComponent().addPropertiesSource(new DialectProperty(database.dialect()));
    IdempotencyKeys keys = new IdempotencyKeys(database, IdempotencyKeys.LEASE);
    keys.releaseAll();
    registry.bind("idempotency", keys);
    context.addRoutes(new IdempotencyExpiry(keys, settings));
    context.addLifecycleStrategy(
        new LifecycleStrategySupport() {
          @Override
          public void onContextStopped(CamelContext stopped) {
            database.close();
          }
        });
  }

  private static void addEdge(CamelContext context, Settings settings) {
    Registry registry = context.getRegistry();
    registry.bind("vertxOptions", new VertxOptions().setWorkerPoolSize(WORKER_THREADS));
    WebhookMetrics metrics =
        new WebhookMetrics(() -> registry.findSingleByType(MeterRegistry.class));
    registry.bind("webhookMetrics", metrics);
    registry.bind("acknowledge", new Acknowledge(metrics));
    FrontDoor door =
        new FrontDoor(ApiKeys.open(settings, System.out::println), metrics, context::isStarted);
    registry.bind(
        PlatformHttpConstants.PLATFORM_HTTP_ENGINE_NAME,
        new HubHttpEngine(context, settings, door));
  }
}
