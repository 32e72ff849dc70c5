package hub.http.server;

import hub.config.Setting;
import hub.config.Settings;
import hub.http.framing.FramingGuard;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.apache.camel.component.platform.http.PlatformHttpConstants;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpRouter;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpServer;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpServerConfiguration;
import org.apache.camel.component.vertx.common.VertxHelper;
import org.apache.camel.support.CamelContextHelper;
import org.apache.camel.support.jsse.SSLContextParameters;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Camel's Vert.x server with these differences:
 *
 * <ul>
 *   <li>The request pipeline is installed before it listens, so that no request passes without it.
 *   <li>Malformed HTTP is answered with a problem too.
 *   <li>Idle connections are closed, HTTP/1 is checked against request smuggling, and a connection
 *       has one request at a time: see {@link IdleGuard}, {@link FramingGuard}, {@link
 *       PipelineGuard}.
 *   <li>Changed certificates are used without a restart, see {@link TlsReload}.
 * </ul>
 */
final class HubServer extends VertxPlatformHttpServer {
  private static final Logger LOG = LoggerFactory.getLogger(HubServer.class);
  private static final long LISTEN_SECONDS = 30;
  private static final long CLOSE_SECONDS = 3;

  private final VertxPlatformHttpServerConfiguration configuration;
  private Vertx own;
  private HttpServer server;
  private Function<HttpServerOptions, HttpServer> servers;

  /**
   * When it starts, it takes its {@link RequestPipeline} and {@link Settings} from the registry.
   */
  HubServer(VertxPlatformHttpServerConfiguration configuration) {
    super(configuration);
    this.configuration = configuration;
  }

  @Override
  protected Vertx createVertxInstance() {
    own = super.createVertxInstance();
    return own;
  }

  @Override
  protected void startServer() throws Exception {
    RequestPipeline pipeline =
        CamelContextHelper.mandatoryLookup(
            getCamelContext(), RequestPipeline.BEAN, RequestPipeline.class);
    Settings settings =
        CamelContextHelper.mandatoryLookup(getCamelContext(), Settings.BEAN, Settings.class);
    Duration idle = Duration.ofSeconds(settings.count(Setting.HTTP_IDLE_SECONDS));
    VertxPlatformHttpRouter router =
        VertxPlatformHttpRouter.lookup(
            getCamelContext(),
            VertxPlatformHttpRouter.getRouterNameFromPort(configuration.getPort()));
    pipeline.install(router);
    Router root = Router.router(getVertx());
    root.route(configuration.getPath() + "*").subRouter(router);
    servers = options -> server(options, pipeline, root, idle);
    server = servers.apply(options());
    try {
      await(
          server.listen(configuration.getBindPort(), configuration.getBindHost()), LISTEN_SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException(
          "Failed to start Vert.x HttpServer on %s:%d"
              .formatted(configuration.getBindHost(), configuration.getBindPort()),
          e);
    }
    tls().ifPresent(tls -> TlsReload.watch(getVertx(), getCamelContext(), tls, server));
  }

  /**
   * Another server in front of the same routes, without TLS, on a free port of this machine's
   * loopback address. It takes requests of {@code path} alone, and they are not logged.
   *
   * @throws ExecutionException when no port can be opened
   */
  HttpServer listenLocally(String path) throws ExecutionException, TimeoutException {
    CamelContextHelper.mandatoryLookup(
            getCamelContext(), RequestPipeline.BEAN, RequestPipeline.class)
        .leaveOut(path);
    HttpServer local = servers.apply(new HttpServerOptions().setHttp2ClearTextEnabled(false));
    Handler<HttpServerRequest> handler = local.requestHandler();
    local.requestHandler(
        request -> {
          if (path.equals(request.path())) {
            handler.handle(request);
          } else {
            request.connection().close();
          }
        });
    await(local.listen(0, "127.0.0.1"), LISTEN_SECONDS);
    return local;
  }

  private HttpServer server(
      HttpServerOptions options, RequestPipeline pipeline, Router root, Duration idle) {
    return getVertx()
        .createHttpServer(options)
        .connectionHandler(
            connection -> {
              IdleGuard.watch(connection, idle);
              FramingGuard.watch(connection);
              PipelineGuard.watch(connection);
            })
        .invalidRequestHandler(pipeline::rejectUnreadable)
        .requestHandler(
            request -> {
              if (pipeline.accepts(request)) {
                pipeline.route(request, root);
              }
            });
  }

  /**
   * HTTP/2 without TLS is off: clients do not use it, and its upgrade would wait for a first byte
   * without a timeout.
   */
  private HttpServerOptions options() throws Exception {
    HttpServerOptions options = new HttpServerOptions().setHttp2ClearTextEnabled(false);
    if (tls().isPresent()) {
      VertxHelper.setupSSLOptions(getCamelContext(), tls().get(), options);
      options.setUseAlpn(true);
    }
    return options;
  }

  private Optional<SSLContextParameters> tls() {
    SSLContextParameters own = configuration.getSslContextParameters();
    return own == null && configuration.isUseGlobalSslContextParameters()
        ? Optional.ofNullable(getCamelContext().getSSLContextParameters())
        : Optional.ofNullable(own);
  }

  @Override
  protected void stopServer() {
    if (server != null) {
      getCamelContext().removeComponent(PlatformHttpConstants.PLATFORM_HTTP_COMPONENT_NAME);
      close(server.close());
      server = null;
    }
  }

  @Override
  protected void stopVertx() {
    if (own != null) {
      close(own.close());
      own = null;
    }
  }

  private static void close(Future<Void> closing) {
    try {
      await(closing, CLOSE_SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      LOG.warn("server=close outcome=failed error={}", e.toString());
    }
  }

  private static void await(Future<?> future, long seconds)
      throws ExecutionException, TimeoutException {
    try {
      future.toCompletionStage().toCompletableFuture().get(seconds, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TimeoutException("interrupted");
    }
  }

  @Override
  public HttpServer getServer() {
    return server;
  }

  @Override
  public int getPort() {
    return server == null ? configuration.getBindPort() : server.actualPort();
  }
}
