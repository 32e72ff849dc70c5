package hub.http.server;

import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpRouter;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpServer;
import org.apache.camel.support.LifecycleStrategySupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs that the hub accepts requests, at which addresses, and how operators get to the console. */
public final class ReadyAnnouncement extends LifecycleStrategySupport {
  private static final Logger LOG = LoggerFactory.getLogger("hub.ready");
  private static final String EVERY_ADDRESS = "0.0.0.0";

  private final String keyHint;

  /**
   * @param keyHint where operators find their key, the end of a sentence
   */
  public ReadyAnnouncement(String keyHint) {
    this.keyHint = keyHint;
  }

  @Override
  public void onContextStarted(CamelContext context) {
    List<VertxPlatformHttpRouter> routers =
        context.getRegistry().findByType(VertxPlatformHttpRouter.class).stream()
            .sorted(Comparator.comparing(VertxPlatformHttpRouter::isManagementServer))
            .toList();
    LOG.info(
        "ready: {}",
        routers.stream().map(router -> shown(context, router)).collect(Collectors.joining(", ")));
    routers.stream()
        .filter(router -> !router.isManagementServer())
        .findFirst()
        .ifPresent(
            router ->
                LOG.info(
                    "console: {}/console/, sign in with {}",
                    address(context, router).replace(EVERY_ADDRESS, "localhost"),
                    keyHint));
  }

  private static String shown(CamelContext context, VertxPlatformHttpRouter router) {
    return (router.isManagementServer() ? "management " : "") + address(context, router);
  }

  private static String address(CamelContext context, VertxPlatformHttpRouter router) {
    VertxPlatformHttpServer server = router.getServer();
    boolean tls =
        server.isUseGlobalSslContextParameters() && context.getSSLContextParameters() != null;
    return (tls ? "https://" : "http://") + server.getHost() + ":" + server.getPort();
  }
}
