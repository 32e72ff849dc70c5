package hub.edge;

import java.util.concurrent.ThreadPoolExecutor;
import org.apache.camel.CamelContext;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpRouter;
import org.apache.camel.support.LifecycleStrategySupport;

/**
 * Hangs the front door on the public server's router before the server listens. Camel adds routes
 * only later, and its server would answer a webhook in between with 404, which some providers take
 * for an answer. The server asks for the thread that it listens with when its router is made and
 * its port is not yet open.
 */
public final class DoorHanger extends LifecycleStrategySupport {
  private final FrontDoor door;
  private boolean hung;

  public DoorHanger(FrontDoor door) {
    this.door = door;
  }

  @Override
  public synchronized void onThreadPoolAdd(
      CamelContext context,
      ThreadPoolExecutor threadPool,
      String id,
      String sourceId,
      String routeId,
      String threadPoolProfileId) {
    if (hung) {
      return;
    }
    context.getRegistry().findByType(VertxPlatformHttpRouter.class).stream()
        .filter(VertxPlatformHttpRouter::isMainServer)
        .findFirst()
        .ifPresent(
            router -> {
              door.install(router);
              hung = true;
            });
  }
}
