package hub.edge;

import org.apache.camel.CamelContext;
import org.apache.camel.Service;
import org.apache.camel.component.platform.http.main.DefaultMainHttpServerFactory;
import org.apache.camel.component.platform.http.main.MainHttpServer;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpRouter;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpServer;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpServerConfiguration;
import org.apache.camel.main.HttpServerConfigurationProperties;
import org.apache.camel.support.service.ServiceHelper;

/**
 * Makes the public server with its front door hung before it listens: Camel's own listens first and
 * adds routes later, and would answer a webhook in between with 404, which some providers take for
 * an answer.
 */
public final class HubHttpServerFactory extends DefaultMainHttpServerFactory {
  private final FrontDoor door;

  public HubHttpServerFactory(FrontDoor door) {
    this.door = door;
  }

  @Override
  public Service newHttpServer(CamelContext context, HttpServerConfigurationProperties settings) {
    MainHttpServer server = new DooredServer(door);
    server.setCamelContext(context);
    server.setHost(settings.getHost());
    server.setPort(settings.getPort());
    server.setPath(settings.getPath());
    if (settings.getMaxBodySize() != null) {
      server.setMaxBodySize(settings.getMaxBodySize());
    }
    server.setUseGlobalSslContextParameters(settings.isUseGlobalSslContextParameters());
    return server;
  }

  /** Camel's server around one that hangs the door between making its router and listening. */
  private static final class DooredServer extends MainHttpServer {
    private final FrontDoor door;
    private VertxPlatformHttpServer server;

    DooredServer(FrontDoor door) {
      this.door = door;
    }

    @Override
    protected void doInit() throws Exception {
      VertxPlatformHttpServerConfiguration settings = getConfiguration();
      settings.setServerType(VertxPlatformHttpRouter.SERVER_TYPE_SERVER);
      server =
          new VertxPlatformHttpServer(settings) {
            @Override
            protected void startServer() throws Exception {
              String name = VertxPlatformHttpRouter.getRouterNameFromPort(settings.getPort());
              door.install(VertxPlatformHttpRouter.lookup(getCamelContext(), name));
              super.startServer();
            }
          };
      getCamelContext().addService(server);
    }

    @Override
    protected void doStart() throws Exception {
      ServiceHelper.startService(server);
      super.doStart();
    }
  }
}
