package hub.cli;

import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import javax.net.ssl.SSLException;

/** Sends requests. Redirects are not followed, so that a key is sent to no other host. */
final class CliHttp {
  private static final HttpClient CLIENT =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(5))
          .build();

  private CliHttp() {}

  /**
   * @throws CommandFailedException when there is no answer
   */
  static HttpResponse<String> send(HttpRequest request) {
    try {
      return CLIENT.send(request, HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
    } catch (ConnectException e) {
      throw CommandFailedException.failed(
          "Nothing answers at "
              + request.uri().resolve("/")
              + ": start the hub, or name the one that runs with --url.");
    } catch (SSLException e) {
      throw CommandFailedException.failed(
          "The certificate of "
              + request.uri().resolve("/")
              + " is not trusted here: name the hub by the host in its certificate with --url, and"
              + " where it is signed by nobody known, give this command a trust store that has it:"
              + " java -Djavax.net.ssl.trustStore=hub.p12 -Djavax.net.ssl.trustStorePassword=… -jar"
              + " … ("
              + e.getMessage()
              + ")");
    } catch (IOException e) {
      throw CommandFailedException.failed(
          "No answer from " + request.uri().resolve("/") + ": " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw CommandFailedException.failed("interrupted");
    }
  }
}
