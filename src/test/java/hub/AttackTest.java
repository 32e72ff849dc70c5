package hub;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import hub.testing.HubProcess;
import hub.testing.RawHttp;
import hub.testing.Siege;
import hub.testing.Store;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Whoever has no key, or only a small one, keeps nobody else from the hub. Each attack is a method
 * that hands what it does to {@link Siege#endure}; all share one hub.
 */
class AttackTest {
  private static HubProcess hub;

  @BeforeAll
  static void start() {
    hub = Siege.hub(Store.H2).start();
  }

  @AfterAll
  static void stop() {
    if (hub != null) {
      hub.close();
    }
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
