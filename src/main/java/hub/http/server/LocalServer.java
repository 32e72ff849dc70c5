package hub.http.server;

import io.vertx.core.http.HttpServer;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.apache.camel.CamelContext;

/**
 * A server beside the public one, with its routes and checks, by which the hub sends requests of
 * one path to itself. They are not logged.
 */
public final class LocalServer implements AutoCloseable {
  private final HttpServer server;

  private LocalServer(HttpServer server) {
    this.server = server;
  }

  /**
   * Opens a free port of the loopback address.
   *
   * @return empty when the hub has no public server
   * @throws ExecutionException when no port can be opened
   */
  public static Optional<LocalServer> open(CamelContext hub, String path)
      throws ExecutionException, TimeoutException {
    HubServer server = hub.hasService(HubServer.class);
    return server == null
        ? Optional.empty()
        : Optional.of(new LocalServer(server.listenLocally(path)));
  }

  public int port() {
    return server.actualPort();
  }

  /** Also closes its connections. */
  @Override
  public void close() {
    server.close();
  }
}
