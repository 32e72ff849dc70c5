package hub.http.server;

import org.apache.camel.CamelContext;
import org.apache.camel.Service;
import org.apache.camel.component.platform.http.main.DefaultMainHttpServerFactory;
import org.apache.camel.component.platform.http.main.MainHttpServer;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpRouter;
import org.apache.camel.main.HttpServerConfigurationProperties;
import org.apache.camel.support.service.ServiceHelper;

/**
 * Makes {@link HubServer} the public server that {@code camel.server.*} configures. The management
 * server stays Camel's own. Set in {@code camel.beans}, because Camel looks for it before it reads
 * configuration classes.
 */
public final class HubServerFactory extends DefaultMainHttpServerFactory {
  @Override
  public Service newHttpServer(CamelContext context, HttpServerConfigurationProperties properties) {
    MainHttpServer described = (MainHttpServer) super.newHttpServer(context, properties);
    PublicServer server = new PublicServer();
    server.setCamelContext(context);
    server.setConfiguration(described.getConfiguration());
    server.setStaticEnabled(described.isStaticEnabled());
    server.setStaticContextPath(described.getStaticContextPath());
    server.setStaticSourceDir(described.getStaticSourceDir());
    return server;
  }

  /** Camel's service around the server. */
  private static final class PublicServer extends MainHttpServer {
    private HubServer server;

    @Override
    protected void doInit() throws Exception {
      getConfiguration().setServerType(VertxPlatformHttpRouter.SERVER_TYPE_SERVER);
      server = new HubServer(getConfiguration());
      // The context will stop it.
      getCamelContext().addService(server);
    }

    @Override
    protected void doStart() throws Exception {
      ServiceHelper.startService(server);
      super.doStart();
    }
  }
}
