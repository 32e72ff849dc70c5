package hub;

import hub.edge.Acknowledge;
import hub.edge.ApiKeys;
import hub.edge.FrontDoor;
import hub.edge.HubHttpEngine;
import hub.edge.WebhookMetrics;
import hub.idempotency.IdempotencyExpiry;
import hub.idempotency.IdempotencyKeys;
import hub.settings.Settings;
import hub.store.Database;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.VertxOptions;
import java.util.Optional;
import org.apache.camel.CamelConfiguration;
import org.apache.camel.CamelContext;
import org.apache.camel.LoggingLevel;
import org.apache.camel.RuntimeCamelException;
import org.apache.camel.component.platform.http.PlatformHttpConstants;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.model.RouteConfigurationDefinition;
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

  /**
   * Camel's own word for them. A configuration without an id would do as well until the first look
   * for another one, which gives it an id.
   */
  private static final String EVERY_ROUTE_WITHOUT_A_POLICY = "*";

  @Override
  public void configure(CamelContext context) {
    Settings settings = settings(context);
    Registry registry = context.getRegistry();
    registry.bind("settings", settings);
    addQuietDefault(context);
    registry.bind("vertxOptions", new VertxOptions().setWorkerPoolSize(WORKER_THREADS));
    Database database = Database.open(settings);
    registry.bind("database", database);
    registry.bind("dataSource", database.dataSource());
    context.getPropertiesComponent().addPropertiesSource(new DialectProperty(database.dialect()));
    addIdempotency(context, database, settings);
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

  private static void addIdempotency(CamelContext context, Database database, Settings settings) {
    IdempotencyKeys keys = new IdempotencyKeys(database, IdempotencyKeys.LEASE);
    keys.releaseAll();
    context.getRegistry().bind("idempotency", keys);
    try {
      context.addRoutes(new IdempotencyExpiry(keys, settings));
    } catch (Exception e) {
      throw RuntimeCamelException.wrapRuntimeCamelException(e);
    }
  }

  /**
   * For routes that name no policy: whoever consumes logs one line for a failure; Camel's own
   * twenty would say the same. An error handler of the context itself would silence the policies
   * too, because Camel then looks for no other.
   */
  private static void addQuietDefault(CamelContext context) {
    DefaultErrorHandlerDefinition handler = new DefaultErrorHandlerDefinition();
    // Without redeliveries Camel does not look at logExhausted.
    handler.setLevel(LoggingLevel.OFF.name());
    RouteConfigurationDefinition quiet = new RouteConfigurationDefinition();
    quiet.setId(EVERY_ROUTE_WITHOUT_A_POLICY);
    quiet.errorHandler(handler);
    ((ModelCamelContext) context).addRouteConfiguration(quiet);
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
