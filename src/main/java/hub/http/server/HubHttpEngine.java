package hub.http.server;

import hub.http.WorkerPools;
import hub.http.body.BodyLimits;
import org.apache.camel.CamelContext;
import org.apache.camel.Processor;
import org.apache.camel.component.platform.http.PlatformHttpEndpoint;
import org.apache.camel.component.platform.http.spi.PlatformHttpConsumer;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpEngine;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpRouter;

/** Serves {@code platform-http:} and {@code rest:} routes with {@link HubHttpConsumer}s. */
public final class HubHttpEngine extends VertxPlatformHttpEngine {
  private final BodyLimits limits;
  private final WorkerPools workerPools;

  public HubHttpEngine(CamelContext context, BodyLimits limits, WorkerPools workerPools) {
    this.workerPools = workerPools;
    setCamelContext(context);
    this.limits = limits;
  }

  @Override
  public PlatformHttpConsumer createConsumer(PlatformHttpEndpoint endpoint, Processor processor) {
    String router = VertxPlatformHttpRouter.getRouterNameFromPort(getServerPort());
    return new HubHttpConsumer(endpoint, processor, getHandlers(), router, limits, workerPools);
  }
}
