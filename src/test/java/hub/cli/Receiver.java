package hub.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Answers every request 200 and shows the last one. */
final class Receiver implements AutoCloseable {
  private final HttpServer server;
  private volatile HttpExchange last;
  private volatile byte[] body = {};

  Receiver() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::receive);
    server.start();
  }

  private void receive(HttpExchange exchange) throws IOException {
    body = exchange.getRequestBody().readAllBytes();
    last = exchange;
    exchange.sendResponseHeaders(200, -1);
    exchange.close();
  }

  String url(String path) {
    return "http://localhost:" + server.getAddress().getPort() + path;
  }

  /** Path and query of the last request. */
  String uri() {
    return last.getRequestURI().toString();
  }

  String header(String name) {
    return last.getRequestHeaders().getFirst(name);
  }

  /** The HMAC-SHA256 of a text and the last body. */
  byte[] mac(String secret, String before) {
    try {
      ByteArrayOutputStream content = new ByteArrayOutputStream();
      content.writeBytes(before.getBytes(StandardCharsets.UTF_8));
      content.writeBytes(body);
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
      return mac.doFinal(content.toByteArray());
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
