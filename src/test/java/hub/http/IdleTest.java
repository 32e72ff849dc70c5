package hub.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import hub.testing.RawHttp;
import hub.testing.Store;
import hub.testing.TestHub;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.apache.camel.Processor;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Idle connections are closed, and no others. */
@Tag("long") // waits for connections to be cut
@Tag("waits")
class IdleTest {
  private static final Duration IDLE = Duration.ofSeconds(2);

  /** More than the interval of the checks for idle connections. */
  private static final Duration SURELY = IDLE.multipliedBy(3);

  private static final int LARGE = 64 << 20;
  private static final int LOOKS_A_SECOND = 10;
  private static final int DRIPS = 5;

  private static TestHub hub;

  @BeforeAll
  static void startHub() {
    Processor dripping = exchange -> exchange.getMessage().setBody(new Dripping(DRIPS));
    Processor large = exchange -> exchange.getMessage().setBody(new byte[LARGE]);
    hub =
        TestHub.on(Store.H2)
            .with("hub.http.idle-seconds", Long.toString(IDLE.toSeconds()))
            .bind("dripping", dripping)
            .bind("large", large)
            .route(
                "anyone-webhook",
                """
                - route:
                    id: anyone-webhook
                    description: Takes everything.
                    from:
                      uri: kamelet:webhook-source
                      parameters:
                        source: anyone
                        scheme: none
                        unsafe: true
                        eventId: header:X-Event-Id
                      steps:
                        - to:
                            uri: inbox:anyone
                """)
            .route("think", route("think", "delay: {constant: {expression: \"5000\"}}"))
            .route("drip", route("drip", "process: {ref: dripping}"))
            .route("large", route("large", "process: {ref: large}"))
            .start();
  }

  @AfterAll
  static void stopHub() {
    hub.close();
  }

  private static String route(String name, String step) {
    return """
        - route:
            id: %1$s
            description: Answers in its own time.
            from:
              uri: platform-http:/%1$s
              steps:
                - %2$s
        """
        .formatted(name, step);
  }

  /** Sends a byte every half of the idle timeout. */
  private static final class Dripping extends InputStream {
    private int left;

    private Dripping(int bytes) {
      this.left = bytes;
    }

    @Override
    public int read() throws IOException {
      pause(IDLE.dividedBy(2));
      return left-- > 0 ? 'x' : -1;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      int read = read();
      if (read < 0) {
        return -1;
      }
      bytes[offset] = (byte) read;
      return 1;
    }
  }

  private static void pause(Duration time) throws IOException {
    try {
      TimeUnit.MILLISECONDS.sleep(time.toMillis());
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  private static RawHttp connect() throws IOException {
    return new RawHttp(hub.port()).timeout(SURELY);
  }

  @Test
  void a_connection_that_says_nothing_is_closed() throws Exception {
    try (RawHttp raw = connect()) {
      assertThat(raw.isCutOff()).isTrue();
    }
  }

  @Test
  void half_a_request_line_is_cut_off() throws Exception {
    try (RawHttp raw = connect()) {
      raw.write("POST /api/web".getBytes(UTF_8));
      assertThat(raw.isCutOff()).isTrue();
    }
  }

  @Test
  void a_head_that_drips_is_cut_off_however_lively() throws Exception {
    try (RawHttp raw = connect().timeout(Duration.ofMillis(200))) {
      raw.write("GET /think HTTP/1.1\r\nHost: x\r\n".getBytes(UTF_8));
      boolean cutOff = false;
      for (int i = 0; i < 50 && !cutOff; i++) {
        try {
          raw.write("X".getBytes(UTF_8));
          cutOff = raw.isCutOff();
        } catch (IOException e) {
          cutOff = true;
        }
      }
      assertThat(cutOff).isTrue();
    }
  }

  @Test
  void an_answered_connection_that_is_kept_and_not_used_is_closed() throws Exception {
    try (RawHttp raw = connect()) {
      raw.head("GET /nowhere HTTP/1.1", "Host: x");
      assertThat(raw.reply().status()).isEqualTo(404);
      assertThat(raw.isCutOff()).isTrue();
    }
  }

  @Test
  void a_body_that_stops_is_cut_off() throws Exception {
    try (RawHttp raw = connect()) {
      raw.head(
          "POST /api/webhooks/anyone HTTP/1.1",
          "Host: x",
          "X-Event-Id: stopped",
          "Content-Length: 10");
      raw.write("{".getBytes(UTF_8));
      assertThat(raw.isCutOff()).isTrue();
    }
  }

  @Test
  void a_slow_but_live_upload_is_taken() throws Exception {
    try (RawHttp raw = connect()) {
      raw.head(
          "POST /api/webhooks/anyone HTTP/1.1", "Host: x", "X-Event-Id: slow", "Content-Length: 6");
      for (byte one : "\"slow\"".getBytes(UTF_8)) {
        pause(IDLE.dividedBy(2));
        raw.write(new byte[] {one});
      }
      assertThat(raw.reply().body()).contains("accepted");
    }
  }

  @Test
  void a_route_may_think_for_longer() throws Exception {
    try (RawHttp raw = connect().timeout(Duration.ofSeconds(10))) {
      raw.head("GET /think HTTP/1.1", "Host: x");
      assertThat(raw.reply().status()).isLessThan(300);
    }
  }

  @Test
  void a_slow_but_live_download_is_given() throws Exception {
    try (RawHttp raw = connect()) {
      raw.head("GET /drip HTTP/1.1", "Host: x");
      assertThat(raw.reply().status()).isEqualTo(200);
      StringBuilder body = new StringBuilder();
      while (!body.toString().endsWith("0\r\n\r\n")) {
        body.append(raw.read());
      }
      assertThat(body.chars().filter(c -> c == 'x')).hasSize(DRIPS);
    }
  }

  @Test
  @Timeout(60)
  void a_large_answer_is_given_to_a_slow_reader_and_not_to_one_that_stopped() throws Exception {
    try (RawHttp slow = RawHttp.withReceiveBuffer(hub.port(), 256 << 10).timeout(SURELY);
        RawHttp stopped = connect()) {
      slow.head("GET /large HTTP/1.1", "Host: x");
      stopped.head("GET /large HTTP/1.1", "Host: x");
      long read = 0;
      for (int i = 0; i < 5 * LOOKS_A_SECOND; i++) {
        pause(Duration.ofMillis(1_000 / LOOKS_A_SECOND));
        for (long more = read + (1 << 20); read < more; ) {
          read += slow.skip(1 << 18);
        }
      }
      while (read < LARGE) {
        read += slow.skip(1 << 20);
      }
      long all = 0;
      try {
        while (all < LARGE) {
          all += stopped.skip(1 << 20);
        }
      } catch (IOException e) {
        // Cut off.
      }
      assertThat(all).isLessThan(LARGE);
    }
  }
}
