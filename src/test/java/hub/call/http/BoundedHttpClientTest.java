package hub.call.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import hub.call.policy.ResponseTooLargeException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sends to a server that answers byte by byte, as the test says. */
@Timeout(30)
class BoundedHttpClientTest {
  private static final String HEAD = "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n";

  private final BoundedHttpClient client =
      new BoundedHttpClient(Duration.ofSeconds(5), 1_000, Clock.systemUTC());

  private ServerSocket server;

  @BeforeEach
  void listen() throws IOException {
    server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
  }

  private ProviderResponse send(Duration within) throws IOException {
    URI address = URI.create("http://localhost:" + server.getLocalPort() + "/it");
    return client.send(HttpRequest.newBuilder(address), within);
  }

  /**
   * Answers one request with {@code answer}.
   *
   * @return completes with true when the client has closed the connection, with false when it asks
   *     again
   */
  private CompletableFuture<Boolean> answering(String answer) {
    return CompletableFuture.supplyAsync(
        () -> {
          try (Socket socket = server.accept()) {
            InputStream in = socket.getInputStream();
            readHead(in);
            OutputStream out = socket.getOutputStream();
            out.write(answer.getBytes(StandardCharsets.US_ASCII));
            return in.read() < 0;
          } catch (IOException reset) {
            return true;
          }
        });
  }

  private static void readHead(InputStream in) throws IOException {
    String end = "\r\n\r\n";
    for (int seen = 0; seen < end.length(); ) {
      seen = in.read() == end.charAt(seen) ? seen + 1 : 0;
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhalf"})
  void an_answer_that_stops_in_its_head_or_body_costs_the_time_and_the_connection(String begun)
      throws Exception {
    CompletableFuture<Boolean> closed = answering(begun);

    assertThatThrownBy(() -> send(Duration.ofMillis(400)))
        .isInstanceOf(HttpTimeoutException.class)
        .hasMessage("no answer within 400 ms");
    assertThat(closed.get(10, TimeUnit.SECONDS)).as("the connection is closed").isTrue();
  }

  @Test
  void a_whole_answer_leaves_the_connection_for_the_next_request() throws Exception {
    CompletableFuture<Boolean> closed = answering(HEAD.formatted(4) + "half");

    assertThat(send(Duration.ofSeconds(10)).body()).asString().isEqualTo("half");
    CompletableFuture<Void> again =
        CompletableFuture.runAsync(
            () -> assertThatThrownBy(() -> send(Duration.ofSeconds(5))).isNotNull());
    assertThat(closed.get(10, TimeUnit.SECONDS)).as("the connection is closed").isFalse();
    again.get(10, TimeUnit.SECONDS);
  }

  @Test
  void a_body_that_is_too_large_says_so() {
    CompletableFuture<Boolean> closed = answering(HEAD.formatted(1_001) + "x".repeat(1_001));

    assertThatThrownBy(() -> send(Duration.ofSeconds(10)))
        .isInstanceOf(ResponseTooLargeException.class)
        .hasMessage("its answer is larger than 1000 bytes");
    assertThat(closed)
        .as("the connection is closed")
        .succeedsWithin(Duration.ofSeconds(10))
        .isEqualTo(true);
  }
}
