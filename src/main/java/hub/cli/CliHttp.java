package hub.cli;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
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
    return send(request, HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
  }

  /**
   * @throws CommandFailedException when there is no answer
   */
  static <T> HttpResponse<T> send(HttpRequest request, HttpResponse.BodyHandler<T> reader) {
    try {
      return CLIENT.send(request, reader);
    } catch (IOException e) {
      throw noAnswer(request, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw CommandFailedException.failed("interrupted");
    }
  }

  /** The same without waiting; the future fails with the client's own exceptions. */
  static CompletableFuture<HttpResponse<Void>> sendAsync(HttpRequest request) {
    return CLIENT.sendAsync(request, HttpResponse.BodyHandlers.discarding());
  }

  private static CommandFailedException noAnswer(HttpRequest request, IOException failure) {
    URI origin = request.uri().resolve("/");
    if (failure instanceof ConnectException) {
      return CommandFailedException.failed(
          "Nothing answers at "
              + origin
              + ": start the hub, or name the one that runs with --url, HUB_URL or PORT.");
    }
    if (failure instanceof SSLException) {
      return CommandFailedException.failed(
          "The certificate of "
              + origin
              + " is not trusted here: name the hub by the host in its certificate with --url, and"
              + " where it is signed by nobody known, give this command a trust store that has it:"
              + " java -Djavax.net.ssl.trustStore=hub.p12 -Djavax.net.ssl.trustStorePassword=… -jar"
              + " … ("
              + failure.getMessage()
              + ")");
    }
    return CommandFailedException.failed(
        "No answer from "
            + origin
            + ": "
            + (failure.getMessage() == null
                ? failure.getClass().getSimpleName()
                : failure.getMessage())
            + ". Does a hub listen there? See --url, HUB_URL and PORT.");
  }
}
