package hub;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import hub.testing.HubProcess;
import hub.testing.RawHttp;
import hub.testing.Siege;
import hub.testing.Store;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Whoever has no key, or only a small one, keeps nobody else from the hub. Each attack is a method
 * that hands what it does to {@link Siege#endure}; all share one hub.
 */
class AttackTest {
  private static final int LOGINS = 120;

  private static HubProcess hub;

  /** Takes every connection and answers none. */
  private static ServerSocket silent;

  @BeforeAll
  static void start() throws Exception {
    silent = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
    hub =
        Siege.hub(Store.H2)
            .routeFile("kamelets/provider-call-action.kamelet.yaml")
            .loginProviders(
                "silent: {issuer: \"http://localhost:%d\", client-id: a}"
                    .formatted(silent.getLocalPort()))
            .start();
  }

  @AfterAll
  static void stop() throws Exception {
    if (hub != null) {
      hub.close();
    }
    silent.close();
  }

  @Test
  void answers_that_nobody_reads_cost_no_memory() throws Exception {
    Siege.endure("40,000 requests without reading an answer", hub, AttackTest::unread);
  }

  private static void unread(HubProcess hub) throws Exception {
    try (SocketChannel channel = SocketChannel.open()) {
      channel.setOption(StandardSocketOptions.SO_RCVBUF, 4 * 1024);
      channel.connect(new InetSocketAddress("localhost", hub.port()));
      channel.configureBlocking(false);
      ByteBuffer requests =
          ByteBuffer.wrap(
              "GET /console/app.js HTTP/1.1\r\nHost: hub\r\n\r\n"
                  .repeat(40_000)
                  .getBytes(US_ASCII));
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
      while (System.nanoTime() < end) {
        channel.write(requests);
        TimeUnit.MILLISECONDS.sleep(5);
      }
    }
  }

  @Test
  void logins_at_a_provider_that_hangs_hold_up_no_webhook() throws Exception {
    Siege.endure(LOGINS + " logins at a provider that hangs", hub, AttackTest::hangingLogins);
  }

  private static void hangingLogins(HubProcess hub) {
    HttpClient browsers = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    HttpRequest login =
        HttpRequest.newBuilder(
                URI.create("http://localhost:" + hub.port() + "/api/auth/silent/login"))
            .timeout(Duration.ofSeconds(90))
            .build();
    long begun = System.nanoTime();
    Stream.generate(() -> browsers.sendAsync(login, HttpResponse.BodyHandlers.ofString()))
        .limit(LOGINS)
        .toList()
        .forEach(answer -> assertThat(answer.join().statusCode()).isIn(503, 504));
    // Else nobody hung, and nothing was shown.
    assertThat(System.nanoTime() - begun).isGreaterThan(TimeUnit.SECONDS.toNanos(5));
  }

  @Test
  void pipelined_requests_are_all_answered_by_whoever_reads() throws Exception {
    try (RawHttp connection = new RawHttp(hub.port())) {
      int requests = 2_000;
      Thread writer =
          new Thread(
              () -> {
                try {
                  connection.write(
                      "GET /api/nothing HTTP/1.1\r\nHost: hub\r\n\r\n"
                          .repeat(requests)
                          .getBytes(US_ASCII));
                } catch (IOException e) {
                  throw new IllegalStateException(e);
                }
              });
      writer.start();
      for (int i = 0; i < requests; i++) {
        assertThat(connection.reply().status()).isEqualTo(401);
      }
      writer.join();
    }
  }
}
