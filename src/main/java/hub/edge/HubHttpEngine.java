package hub.edge;

import hub.settings.Setting;
import hub.settings.Settings;
import org.apache.camel.CamelContext;
import org.apache.camel.Processor;
import org.apache.camel.component.platform.http.PlatformHttpEndpoint;
import org.apache.camel.component.platform.http.spi.PlatformHttpConsumer;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpEngine;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpRouter;

/** Serves {@code platform-http:} and {@code rest:} routes with {@link HubHttpConsumer}s. */
public final class HubHttpEngine extends VertxPlatformHttpEngine {
  private final BodyLimits limits;
  private final int bodyTimeoutSeconds;
  private final int idleSeconds;
  private final Workers workers;

  public HubHttpEngine(
      CamelContext context, Settings settings, BodyLimits limits, Workers workers) {
    this.workers = workers;
    setCamelContext(context);
    this.limits = limits;
    this.bodyTimeoutSeconds = settings.count(Setting.BODY_TIMEOUT_SECONDS);
    this.idleSeconds = settings.count(Setting.HTTP_IDLE_SECONDS);
  }

  @Override
  public PlatformHttpConsumer createConsumer(PlatformHttpEndpoint endpoint, Processor processor) {
    String router = VertxPlatformHttpRouter.getRouterNameFromPort(getServerPort());
    return new HubHttpConsumer(
        endpoint,
        processor,
        getHandlers(),
        router,
        limits,
        bodyTimeoutSeconds,
        idleSeconds,
        workers);
  }
}
