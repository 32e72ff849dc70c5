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

  public HubHttpEngine(CamelContext context, Settings settings) {
    setCamelContext(context);
    this.limits =
        new BodyLimits(
            settings.count(Setting.MAX_BODY_BYTES),
            settings.count(Setting.BODY_TIMEOUT_SECONDS),
            settings.count(Setting.HTTP_IDLE_SECONDS),
            new BodyBudget(BodyLimits.budgetBytes(settings)));
    limits.budget().expect(limits.maxBytes());
  }

  BodyLimits limits() {
    return limits;
  }

  @Override
  public PlatformHttpConsumer createConsumer(PlatformHttpEndpoint endpoint, Processor processor) {
    String router = VertxPlatformHttpRouter.getRouterNameFromPort(getServerPort());
    return new HubHttpConsumer(endpoint, processor, getHandlers(), router, limits);
  }
}
