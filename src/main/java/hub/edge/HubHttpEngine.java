package hub.edge;

import hub.settings.Setting;
import hub.settings.Settings;
import org.apache.camel.CamelContext;
import org.apache.camel.Processor;
import org.apache.camel.component.platform.http.PlatformHttpEndpoint;
import org.apache.camel.component.platform.http.spi.PlatformHttpConsumer;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpEngine;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpRouter;

/**
 * Serves {@code platform-http:} and {@code rest:} routes with {@link HubHttpConsumer}s, behind the
 * front door.
 */
public final class HubHttpEngine extends VertxPlatformHttpEngine {
  private final int maxBodyBytes;
  private final int bodyTimeoutSeconds;
  private final FrontDoor door;
  private boolean hung;

  public HubHttpEngine(CamelContext context, Settings settings, FrontDoor door) {
    setCamelContext(context);
    this.maxBodyBytes = settings.count(Setting.MAX_BODY_BYTES);
    this.bodyTimeoutSeconds = settings.count(Setting.BODY_TIMEOUT_SECONDS);
    this.door = door;
  }

  @Override
  public synchronized PlatformHttpConsumer createConsumer(
      PlatformHttpEndpoint endpoint, Processor processor) {
    String name = VertxPlatformHttpRouter.getRouterNameFromPort(getServerPort());
    VertxPlatformHttpRouter router = VertxPlatformHttpRouter.lookup(getCamelContext(), name);
    if (router != null && !hung) {
      hung = true;
      door.install(router);
    }
    return new HubHttpConsumer(
        endpoint, processor, getHandlers(), name, maxBodyBytes, bodyTimeoutSeconds);
  }
}
