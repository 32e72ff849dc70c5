package hub.call.http;

import java.io.IOException;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;

/**
 * Carries a request to its server and the response back, once: no redirect is followed, and nothing
 * is sent again. Thread-safe.
 */
interface HttpTransport extends AutoCloseable {
  /**
   * The response.
   *
   * @param body as {@link BodyLimit} says
   */
  record Answer(int status, HttpHeaders headers, byte[] body) {}

  /**
   * Waits for the whole response. An interrupted wait closes the connection.
   *
   * @throws IOException when the connection fails or the response is too large
   */
  Answer exchange(HttpRequest request, BodyLimit limit) throws IOException, InterruptedException;

  @Override
  default void close() {}
}
