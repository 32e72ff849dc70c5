package hub.http.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import hub.testing.Certificate;
import hub.testing.LogLines;
import hub.testing.RawHttp2;
import hub.testing.Store;
import hub.testing.Stripe;
import hub.testing.TestHub;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The hub's own TLS: HTTP/2, headers that it must not carry, and a renewed certificate. Slow:
 * certificates are checked every few seconds.
 */
@Tag("long") // waits for connections to be cut
@Tag("slow")
@Tag("waits")
class Http2Test {
  private static Certificate certificate;
  private static TestHub hub;

  @BeforeAll
  static void startHub() {
    certificate = Certificate.of("localhost");
    hub =
        certificate
            .shownBy(TestHub.on(Store.H2))
            .with("STRIPE_WEBHOOK_SECRET", Stripe.SECRET)
            .routeFile("stripe/stripe-webhook.camel.yaml")
            .start();
  }

  @AfterAll
  static void stopHub() {
    hub.close();
  }

  private static HttpResponse<String> post(Certificate trusted, HttpClient.Version version)
      throws IOException, InterruptedException {
    String body = "{\"id\":\"evt_1\",\"type\":\"invoice.paid\"}";
    return HttpClient.newBuilder()
        .version(version)
        .sslContext(trusted.trusting())
        .build()
        .send(
            HttpRequest.newBuilder(
                    URI.create("https://localhost:" + hub.port() + "/api/webhooks/stripe"))
                .header("Stripe-Signature", Stripe.sign(body))
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build(),
            HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void a_webhook_comes_over_either_version() throws Exception {
    for (HttpClient.Version version : HttpClient.Version.values()) {
      HttpResponse<String> answer = post(certificate, version);

      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.version()).isEqualTo(version);
    }
  }

  /** Ensures that the rows below are rejected for what they add. */
  @Test
  void a_field_that_means_nothing_is_taken() throws Exception {
    try (RawHttp2 raw = new RawHttp2(hub.port(), certificate.trusting())) {
      webhook(raw, "x", "a");

      assertThat(raw.status()).isEqualTo(200);
    }
  }

  /** Sends a signed webhook with one more header. */
  private static void webhook(RawHttp2 raw, String name, String value) throws Exception {
    String body = "{\"id\":\"evt_2\",\"type\":\"invoice.paid\"}";
    raw.request(
        body.getBytes(UTF_8),
        ":method",
        "POST",
        ":scheme",
        "https",
        ":authority",
        "localhost",
        ":path",
        "/api/webhooks/stripe",
        "stripe-signature",
        Stripe.sign(body),
        name,
        value);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "connection: close",
        "keep-alive: 5",
        "proxy-connection: close",
        "transfer-encoding: chunked",
        "upgrade: h2c",
        "x: a\r\nb: c",
        "x: a\nb",
        "x: a\rb",
        "x: a\u0000b",
        "x: a\u001bb",
        "X: a",
        "x y: a",
        "x\r\ny: a",
        ": a",
        "host: elsewhere",
        ":path: /other",
        ":path: /\u001b[31m",
        ":path: /a b",
        ":path: nowhere",
        ":path: /a\r\nb",
        ":method: GET\r\n",
        "content-length: 7",
        "content-length: +2",
      })
  void what_only_http_1_would_carry_is_refused(String field) throws Exception {
    int colon = field.indexOf(':', 1);
    String name = colon < 0 ? "" : field.substring(0, colon);
    String value = field.substring(field.indexOf(": ") + 2);
    try (LogLines requests = LogLines.of("hub.request");
        LogLines faults = LogLines.of(RequestPipeline.class.getName());
        RawHttp2 raw = new RawHttp2(hub.port(), certificate.trusting())) {
      webhook(raw, name, value);

      assertThat(raw.status()).isIn(0, 400);
      assertThat(requests.lines()).noneMatch(line -> line.contains("status=2"));
      assertThat(faults.lines()).isEmpty();
    }
  }

  @Test
  void whoever_leaves_answers_unread_fills_no_log() throws Exception {
    try (LogLines all = LogLines.of("")) {
      try (RawHttp2 raw = new RawHttp2(hub.port(), certificate.trusting())) {
        raw.readNothing();
        raw.request(
            new byte[0],
            ":method",
            "GET",
            ":scheme",
            "https",
            ":authority",
            "localhost",
            ":path",
            "/console/");
        await().until(() -> all.lines().stream().anyMatch(line -> line.contains("/console/")));
      }
      await().pollDelay(Duration.ofSeconds(2)).until(() -> true);
      assertThat(all.lines()).noneMatch(line -> line.startsWith("WARN"));
    }
  }

  @Test
  void a_renewed_certificate_is_shown_without_a_restart_and_a_broken_one_never() throws Exception {
    Certificate renewed = Certificate.of("localhost");
    Certificate old =
        new Certificate(
            Files.copy(certificate.keystore(), Files.createTempFile("old", ".p12"), REPLACE));
    try (LogLines told = LogLines.of(TlsReload.class.getName())) {
      Files.copy(renewed.keystore(), certificate.keystore(), REPLACE);
      await()
          .atMost(Duration.ofSeconds(10))
          .ignoreExceptions()
          .until(() -> post(renewed, HttpClient.Version.HTTP_2).statusCode() == 200);

      Files.writeString(certificate.keystore(), "not a key store");
      await()
          .atMost(Duration.ofSeconds(10))
          .until(() -> told.lines().stream().anyMatch(line -> line.startsWith("WARN tls=reload")));
      assertThat(post(renewed, HttpClient.Version.HTTP_2).statusCode()).isEqualTo(200);
      assertThat(told.lines()).noneMatch(line -> line.contains(Certificate.PASSWORD));

      Files.copy(old.keystore(), certificate.keystore(), REPLACE);
      await()
          .atMost(Duration.ofSeconds(10))
          .ignoreExceptions()
          .until(() -> post(old, HttpClient.Version.HTTP_1_1).statusCode() == 200);
    }
  }

  private static final StandardCopyOption REPLACE = StandardCopyOption.REPLACE_EXISTING;
}
