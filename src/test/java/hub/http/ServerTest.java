package hub.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import hub.testing.LogLines;
import hub.testing.RawHttp;
import hub.testing.Store;
import hub.testing.TestHub;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.camel.Processor;
import org.junit.jupiter.api.Test;

/** The public server from its first to its last response. */
class ServerTest {
  private static final String SLOW =
      """
      - route:
          id: slow
          description: Keeps the hub from ending at once.
          from:
            uri: inbox:any
            steps:
              - process: {ref: slow}
      """;

  @Test
  void two_lines_say_that_it_is_ready_and_where() {
    try (LogLines ready = LogLines.of("hub.ready");
        TestHub hub = TestHub.on(Store.H2).routeFile("policies/*.camel.yaml").start()) {
      assertThat(ready.lines())
          .containsExactly(
              "INFO ready: http://0.0.0.0:%d, management http://127.0.0.1:%d"
                  .formatted(hub.port(), hub.managementUrl("").getPort()),
              "INFO console: http://localhost:%1$d/console/, sign in with HUB_ADMIN_KEY, once PUBLIC_URL is set to http://localhost:%1$d"
                  .formatted(hub.port()));
    }
  }

  @Test
  void a_browser_at_the_root_is_led_to_the_console_and_a_program_is_not() throws Exception {
    try (TestHub hub = TestHub.on(Store.H2).routeFile("policies/*.camel.yaml").start()) {
      HttpResponse<String> browser =
          hub.send("GET", "/", new byte[0], "Accept", "text/html,application/xhtml+xml");
      assertThat(browser.statusCode()).isEqualTo(302);
      assertThat(browser.headers().firstValue("Location")).contains("/console/");
      assertThat(hub.send("GET", "/", new byte[0], "Accept", "*/*").statusCode()).isEqualTo(404);
    }
  }

  @Test
  void a_short_answer_that_a_step_wrote_as_a_stream_tells_its_length() throws Exception {
    String route =
        """
        - route:
            id: tell
            description: Answers with JSON.
            from:
              uri: platform-http:/api/tell
              steps:
                - setBody:
                    expression:
                      simple:
                        expression: ${map(fine, yes)}
                - marshal:
                    json:
                      library: Jackson
        """;
    try (TestHub hub =
        TestHub.on(Store.H2).routeFile("policies/*.camel.yaml").route("tell", route).start()) {
      HttpResponse<String> answer = hub.get("/api/tell");

      assertThat(answer.body()).isEqualTo("{\"fine\":\"yes\"}");
      assertThat(answer.headers().firstValue("Content-Length")).contains("14");
      assertThat(answer.headers().firstValue("Transfer-Encoding")).isEmpty();
    }
  }

  @Test
  void a_hub_that_stops_says_so_and_lets_go_of_the_connection() throws Exception {
    CountDownLatch busy = new CountDownLatch(1);
    CountDownLatch end = new CountDownLatch(1);
    Processor slow =
        exchange -> {
          busy.countDown();
          end.await(10, TimeUnit.SECONDS);
        };
    TestHub hub =
        TestHub.on(Store.H2)
            .bind("slow", slow)
            .routeFile("stripe/stripe-webhook.camel.yaml")
            .route("slow", SLOW)
            .start();
    hub.append("any", "1", "any", null, "{}");
    assertThat(busy.await(10, TimeUnit.SECONDS)).isTrue();
    Thread stop = new Thread(hub::close);
    stop.start();
    try {
      await()
          .atMost(Duration.ofSeconds(2))
          .untilAsserted(
              () -> {
                try (RawHttp raw = new RawHttp(hub.port())) {
                  raw.head("POST /api/webhooks/stripe HTTP/1.1", "Host: x", "Content-Length: 0");
                  RawHttp.Reply reply = raw.reply();
                  assertThat(reply.body()).contains("urn:hub:problem:stopping");
                  assertThat(reply.status()).isEqualTo(503);
                  assertThat(reply.header("Retry-After")).isPresent();
                  assertThat(reply.header("Connection")).contains("close");
                }
              });
    } finally {
      end.countDown();
      stop.join(20_000);
    }
  }
}
