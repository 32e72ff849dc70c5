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

  private static final String LOCAL = "http://localhost:";

  private final String publicUrl;
  private final String keyHint;

  /**
   * @param publicUrl the setting {@code hub.public-url}
   * @param keyHint where operators find their key, the end of a sentence
   */
  public ReadyAnnouncement(String publicUrl, String keyHint) {
    this.publicUrl = publicUrl;
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
        .map(router -> address(context, router).replace(EVERY_ADDRESS, "localhost"))
        .ifPresent(
            address ->
                LOG.info(
                    "console: {}/console/, sign in with {}{}", address, keyHint, remedy(address)));
  }

  /** The console answers a browser at the public address only. */
  private String remedy(String address) {
    boolean isElsewhere = publicUrl.startsWith(LOCAL) && !publicUrl.equals(address);
    return isElsewhere ? ", once PUBLIC_URL is set to " + address : "";
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
