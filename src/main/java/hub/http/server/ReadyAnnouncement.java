package hub.http.server;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.camel.CamelContext;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpRouter;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpServer;
import org.apache.camel.support.LifecycleStrategySupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says in one line that the hub takes requests, and where. */
public final class ReadyAnnouncement extends LifecycleStrategySupport {
  private static final Logger LOG = LoggerFactory.getLogger("hub.ready");

  @Override
  public void onContextStarted(CamelContext context) {
    List<String> addresses = new ArrayList<>();
    context.getRegistry().findByType(VertxPlatformHttpRouter.class).stream()
        .sorted(Comparator.comparing(VertxPlatformHttpRouter::isManagementServer))
        .map(router -> address(context, router))
        .forEach(addresses::add);
    LOG.info("ready: {}", String.join(", ", addresses));
  }

  private static String address(CamelContext context, VertxPlatformHttpRouter router) {
    VertxPlatformHttpServer server = router.getServer();
    boolean tls =
        server.isUseGlobalSslContextParameters() && context.getSSLContextParameters() != null;
    return (router.isManagementServer() ? "management " : "")
        + (tls ? "https://" : "http://")
        + server.getHost()
        + ":"
        + server.getPort();
  }
}
