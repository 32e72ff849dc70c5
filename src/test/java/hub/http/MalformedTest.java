package hub.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import hub.http.server.RequestPipeline;
import hub.testing.LogLines;
import hub.testing.RawHttp;
import hub.testing.Store;
import hub.testing.TestHub;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Malformed HTTP is answered with a problem, like other faults of the sender. */
class MalformedTest {
  private static final String FORM =
      """
      - route:
          id: form
          description: Takes forms as Camel does.
          from:
            uri: platform-http:/form
            steps:
              - removeHeaders: {pattern: "*"}
              - setBody:
                  expression:
                    constant: {expression: served}
      """;

  private static TestHub hub;

  @BeforeAll
  static void startHub() {
    hub =
        TestHub.on(Store.H2)
            .routeFile("stripe/stripe-webhook.camel.yaml")
            .route("form", FORM)
            .start();
  }

  @AfterAll
  static void stopHub() {
    hub.close();
  }

  private static void assertRefused(String request, int status, String reason) throws Exception {
    try (LogLines requests = LogLines.of("hub.request");
        LogLines faults = LogLines.of(RequestPipeline.class.getName());
        LogLines router = LogLines.of("io.vertx");
        RawHttp raw = new RawHttp(hub.port())) {
      raw.write(request.getBytes(ISO_8859_1));
      RawHttp.Reply reply = raw.reply();

      assertThat(reply.status()).isEqualTo(status);
      assertThat(reply.header("Content-Type")).contains("application/problem+json");
      String id = reply.header("X-Request-Id").orElseThrow();
      assertThat(reply.body()).contains("urn:hub:problem:" + reason, id);
      await().until(() -> requests.lines().size() == 1);
      assertThat(requests.lines().get(0))
          .startsWith("INFO ")
          .contains("status=" + status, "requestId=" + id)
          .hasLineCount(1);
      assertThat(faults.lines()).isEmpty();
      assertThat(router.lines()).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "GET /nowhere HTTP/1.1, 400, request-malformed",
    "GET /nowhere HTTP/1.1|Host: a|Host: b, 400, request-malformed",
    "GET /nowhere HTTP/1.1|Host: a b, 400, request-malformed",
    "GET /api/webhooks/%zz HTTP/1.1|Host: x, 400, request-malformed",
    "GET /api/webhooks/% HTTP/1.1|Host: x, 400, request-malformed",
    "GET /api/webhooks/stripe?a=%zz HTTP/1.1|Host: x, 400, request-malformed",
    "GET * HTTP/1.1|Host: x, 400, request-malformed",
    "OPTIONS * HTTP/1.1|Host: x, 400, request-malformed",
    "GET nowhere HTTP/1.1|Host: x, 400, request-malformed",
    "POST /nowhere HTTP/1.1|Host: x|Content-Length: many, 400, request-malformed",
    "POST /nowhere HTTP/1.1|Host: x|Content-Length: -1, 400, request-malformed",
    "POST /nowhere HTTP/1.1|Host: x|Content-Length: 1|Content-Length: 2, 400, request-malformed",
    "\u0016\u0003\u0001 garbage, 400, request-malformed",
    "hello, 400, request-malformed",
    "GET /nowhere HTTP/1.0, 404, not-found",
    "GET http://x/nowhere HTTP/1.1|Host: x, 404, not-found",
  })
  void a_head_that_is_wrong(String head, int status, String reason) throws Exception {
    assertRefused(head.replace("|", "\r\n") + "\r\n\r\n", status, reason);
  }

  @Test
  void a_path_that_is_too_long() throws Exception {
    assertRefused(
        "GET /" + "x".repeat(5_000) + " HTTP/1.1\r\nHost: x\r\n\r\n", 414, "uri-too-long");
  }

  @Test
  void headers_that_are_too_large() throws Exception {
    assertRefused(
        "GET /nowhere HTTP/1.1\r\nHost: x\r\nX-Long: " + "x".repeat(9_000) + "\r\n\r\n",
        431,
        "headers-too-large");
  }

  @ParameterizedTest
  @CsvSource({
    "multipart/form-data; boundary=x, 5",
    "Multipart/Form-Data, 5",
    "application/x-www-form-urlencoded, 5"
  })
  void a_form_with_a_method_that_has_none(String type, int length) throws Exception {
    for (String method : List.of("GET", "HEAD", "OPTIONS", "FOO")) {
      try (LogLines faults = LogLines.of(RequestPipeline.class.getName());
          LogLines router = LogLines.of("io.vertx");
          RawHttp raw = new RawHttp(hub.port())) {
        raw.head(
            method + " /form HTTP/1.1",
            "Host: x",
            "Content-Type: " + type,
            "Content-Length: " + length);
        raw.write("a=b&c".getBytes(ISO_8859_1));

        RawHttp.Reply reply = method.equals("HEAD") ? raw.headReply() : raw.reply();
        assertThat(reply.status()).as(method).isEqualTo(400);
        assertThat(reply.header("Content-Type")).contains("application/problem+json");
        assertThat(faults.lines()).isEmpty();
        assertThat(router.lines()).isEmpty();
      }
    }
  }

  @Test
  void a_form_that_was_only_announced_is_served() throws Exception {
    try (RawHttp raw = new RawHttp(hub.port())) {
      raw.head("GET /form HTTP/1.1", "Host: x", "Content-Type: application/x-www-form-urlencoded");

      assertThat(raw.reply().body()).isEqualTo("served");
    }
  }

  @ParameterizedTest
  @CsvSource({"FOO", "get", "M-SEARCH", "TRACE", "PRI"})
  void a_method_that_no_route_takes(String method) throws Exception {
    assertRefused(
        method + " /api/webhooks/stripe HTTP/1.1\r\nHost: x\r\n\r\n", 405, "method-not-allowed");
  }

  @Test
  void a_path_with_control_characters() throws Exception {
    assertRefused("GET /\u001b[31mred HTTP/1.1\r\nHost: x\r\n\r\n", 400, "request-malformed");
    assertRefused("GET /%1b%0d%0ared HTTP/1.1\r\nHost: x\r\n\r\n", 404, "not-found");
  }

  @ParameterizedTest
  @CsvSource({"stripe, 200", "nobody, 404"})
  void a_sender_may_ask_whether_a_source_is_there(String source, int status) throws Exception {
    try (RawHttp raw = new RawHttp(hub.port())) {
      raw.head("HEAD /api/webhooks/" + source + " HTTP/1.1", "Host: x");
      assertThat(raw.headReply().status()).isEqualTo(status);

      raw.head("GET /nowhere HTTP/1.1", "Host: x");
      assertThat(raw.reply().status()).isEqualTo(404);
      assertThat(hub.query("SELECT count(*) FROM inbox_event")).hasValue("0");
      assertThat(hub.manage("/observe/metrics").body())
          .doesNotContainPattern("hub_webhook_requests_total\\{.*source=\"stripe\"} (?!0\\.0)");
    }
  }
}
