package hub.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import hub.http.server.RequestPipeline;
import hub.testing.Certificate;
import hub.testing.LogLines;
import hub.testing.RawHttp;
import hub.testing.Store;
import hub.testing.TestHub;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A request that another parser could read as two is rejected, and the possible second one is never
 * served. {@code FramingParserTest} has all cases; | is CR LF.
 */
@Tag("long") // thousands of connections
@Tag("waits")
class FramingAttackTest {
  private static final String WEBHOOK = "POST /api/webhooks/stripe HTTP/1.1|Host: x|";
  private static final String CHUNKED = WEBHOOK + "Transfer-Encoding: chunked||";
  private static final String HIDDEN = "GET /hidden HTTP/1.1|Host: x||";

  private static Certificate certificate;
  private static TestHub clear;
  private static TestHub tls;

  private enum Line {
    CLEAR,
    TLS;

    RawHttp open() throws IOException {
      return this == TLS
          ? new RawHttp(tls.port(), certificate.trusting())
          : new RawHttp(clear.port());
    }
  }

  @BeforeAll
  static void startHubs() {
    certificate = Certificate.of("localhost");
    clear = TestHub.on(Store.H2).routeFile("stripe/stripe-webhook.camel.yaml").start();
    tls =
        certificate
            .shownBy(TestHub.on(Store.H2))
            .routeFile("stripe/stripe-webhook.camel.yaml")
            .start();
  }

  @AfterAll
  static void stopHubs() {
    clear.close();
    tls.close();
  }

  private static byte[] bytes(String request) {
    return request.replace("|", "\r\n").getBytes(ISO_8859_1);
  }

  static Stream<Arguments> attacks() {
    return Stream.of(
            WEBHOOK + "Transfer-Encoding: chunked|Content-Length: 4||0||",
            WEBHOOK + "Content-Length: 0|Content-Length: 0||",
            WEBHOOK + "Content-Length: 0, 0||",
            WEBHOOK + "Content-Length: +0||",
            "POST /api/webhooks/stripe HTTP/1.0|Content-Length: 0|Content-Length: 30||",
            WEBHOOK + "Transfer-Encoding: chunked|Transfer-Encoding: chunked||0||",
            WEBHOOK + "Transfer-Encoding: identity||",
            WEBHOOK + "Transfer-Encoding: gzip, chunked||0||",
            "POST /api/webhooks/stripe HTTP/1.0|Host: x|Transfer-Encoding: chunked||0||",
            WEBHOOK + "Transfer-Encoding: chun| ked||0||",
            WEBHOOK + "X: a| Transfer-Encoding: chunked||",
            WEBHOOK + "Transfer-Encoding : chunked||0||",
            WEBHOOK + "Transfer-Encoding: chunked\n|0||",
            WEBHOOK + "X: a\rTransfer-Encoding: chunked||",
            WEBHOOK + "X: a\u0000||",
            "POST /api/webhooks/stripe http/1.1|Host: x||",
            "GET / HTTP/1.1|Host: x|Sec-WebSocket-Key1: 1|Sec-WebSocket-Key2: 2||",
            CHUNKED + "2;a=\"|\"|{}|0||",
            CHUNKED + "2\n{}\r\n0||",
            CHUNKED + "2 x|{}|0||",
            CHUNKED + "2|{}xx0||",
            CHUNKED + "0|Content-Length: 9||")
        .flatMap(attack -> Stream.of(Line.values()).map(line -> Arguments.of(line, attack)));
  }

  @ParameterizedTest
  @MethodSource("attacks")
  void is_refused_and_nothing_behind_it_served(Line line, String attack) throws Exception {
    assertRefused(line, List.of(attack + HIDDEN));
  }

  /** A fault in the body comes after its request was accepted. */
  @ParameterizedTest
  @MethodSource("attacks")
  void is_refused_byte_by_byte(Line line, String attack) throws Exception {
    assertRefused(
        line, (attack + HIDDEN).chars().mapToObj(c -> Character.toString((char) c)).toList());
  }

  private static void assertRefused(Line line, List<String> parts) throws Exception {
    try (LogLines requests = LogLines.of("hub.request");
        LogLines faults = LogLines.of(RequestPipeline.class.getName());
        LogLines vertx = LogLines.of("io.vertx");
        RawHttp raw = line.open()) {
      for (String part : parts) {
        try {
          raw.write(bytes(part));
        } catch (IOException closed) {
          // The server closed the connection already.
          break;
        }
      }
      RawHttp.Reply reply = raw.reply();

      assertThat(reply.status()).isEqualTo(400);
      assertThat(reply.header("Content-Type")).contains("application/problem+json");
      assertThat(reply.body()).contains("urn:hub:problem:request-malformed");
      assertThat(raw.isCutOff()).isTrue();
      await().until(() -> !requests.lines().isEmpty());
      assertThat(requests.lines()).hasSize(1).noneMatch(text -> text.contains("/hidden"));
      assertThat(faults.lines()).isEmpty();
      assertThat(vertx.lines()).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource(Line.class)
  void those_before_it_are_answered(Line line) throws Exception {
    try (RawHttp raw = line.open()) {
      raw.write(
          bytes(
              "GET /first HTTP/1.1|Host: x||"
                  + "GET /second HTTP/1.1|Host: x||"
                  + "GET /third HTTP/1.1|Host: x|Content-Length: 1|Content-Length: 1||"
                  + HIDDEN));

      assertThat(raw.reply().status()).isEqualTo(404);
      assertThat(raw.reply().status()).isEqualTo(404);
      assertThat(raw.reply().status()).isEqualTo(400);
      assertThat(raw.isCutOff()).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource(Line.class)
  void a_version_that_nobody_speaks_is_named(Line line) throws Exception {
    try (RawHttp raw = line.open()) {
      raw.write(bytes("GET / HTTP/3.7|Host: x||" + HIDDEN));

      RawHttp.Reply reply = raw.reply();
      assertThat(reply.status()).isEqualTo(505);
      assertThat(reply.body()).contains("urn:hub:problem:version-unsupported");
      assertThat(raw.isCutOff()).isTrue();
    }
  }

  @Test
  void what_a_client_may_send_is_served() throws Exception {
    try (RawHttp raw = new RawHttp(clear.port())) {
      raw.write(bytes(CHUNKED + "2;name=value|{}|0|X-Sum: 1||" + "|" + WEBHOOK + "||" + HIDDEN));

      assertThat(raw.reply().body()).contains("not-configured");
      assertThat(raw.reply().body()).contains("not-configured");
      assertThat(raw.reply().status()).isEqualTo(404);
    }
  }
}
