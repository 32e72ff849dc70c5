package hub.call.http;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.ok;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import com.github.tomakehurst.wiremock.stubbing.Scenario;
import com.github.tomakehurst.wiremock.verification.LoggedRequest;
import com.standardwebhooks.Webhook;
import hub.testing.SettableClock;
import hub.testing.Store;
import hub.testing.TestHub;
import java.io.ByteArrayOutputStream;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Calls of {@code http-api-action} that are signed as webhooks. */
class SignedCallTest {
  private static final WireMockServer API =
      new WireMockServer(WireMockConfiguration.options().dynamicPort());
  private static final byte[] KEY =
      "the old secret of the receiver!!".getBytes(StandardCharsets.US_ASCII);
  private static final String OLD = "whsec_" + Base64.getEncoder().encodeToString(KEY);
  private static final String NEW =
      "whsec_"
          + Base64.getEncoder()
              .encodeToString(
                  "the new secret of the receiver!!".getBytes(StandardCharsets.US_ASCII));
  private static final SettableClock CLOCK = SettableClock.running();

  private static TestHub hub;

  @BeforeAll
  static void start() {
    API.start();
    hub =
        TestHub.on(Store.H2)
            .bind("clock", CLOCK)
            .knowingItsAddress()
            .with("CRM_SECRETS", NEW + "," + OLD)
            .with("LOOP_SECRET", "a secret of two hubs long enough")
            .routeFile("policies/*.camel.yaml")
            .route(
                "plain", route("plain", API.baseUrl(), "sign: standard-webhooks", "method: POST"))
            .route(
                "packed",
                route(
                    "packed",
                    API.baseUrl(),
                    "sign: standard-webhooks",
                    "method: POST",
                    "gzip: true"))
            .route("asked", route("asked", API.baseUrl(), "sign: standard-webhooks"))
            .route(
                "unset",
                route("unset", API.baseUrl(), "sign: github", "method: POST")
                    .replace("CRM_", "NO_"))
            .route(
                "looped",
                route(
                        "looped",
                        "'{{hub.public-url}}/api/webhooks/loop'",
                        "sign: github",
                        "method: POST")
                    .replace("path: /hook", "headers: 'X-GitHub-Event: push'")
                    .replace("CRM_SECRETS", "LOOP_SECRET"))
            .route(
                "loop-webhook",
                """
                - route:
                    id: loop-webhook
                    description: Receives what the hub itself has signed.
                    from:
                      uri: kamelet:webhook-source
                      parameters:
                        source: loop
                        scheme: github
                        secrets: LOOP_SECRET
                        eventId: header:Idempotency-Key
                      steps:
                        - to:
                            uri: inbox:loop
                """)
            .start();
  }

  private static String route(String id, String base, String... parameters) {
    return """
        - route:
            id: %1$s
            description: Calls the API.
            from:
              uri: platform-http:/api/test/%1$s
              steps:
                - setBody:
                    expression:
                      constant:
                        expression: '{"n": 1,  "b": "ä"}'
                - to:
                    id: call-%1$s
                    uri: kamelet:http-api-action
                    parameters:
                      baseUrl: %2$s
                      path: /hook
                      expect: none
                      provider: crm
                      signSecret: CRM_SECRETS
                      %3$s
        """
        .formatted(id, base, String.join("\n              ", parameters));
  }

  @BeforeEach
  void answer() {
    API.resetAll();
    API.stubFor(any(anyUrl()).willReturn(ok()));
  }

  @AfterAll
  static void stop() {
    hub.close();
    API.stop();
  }

  private static List<LoggedRequest> requests() {
    return API.findAll(anyRequestedFor(anyUrl()));
  }

  private static HttpHeaders headers(LoggedRequest request) {
    return HttpHeaders.of(
        request.getHeaders().all().stream()
            .collect(Collectors.toMap(one -> one.key(), one -> one.values())),
        (name, value) -> true);
  }

  private static void assertSigned(LoggedRequest request) throws Exception {
    for (String secret : List.of(OLD, NEW)) {
      new Webhook(secret).verify(request.getBodyAsString(), headers(request));
    }
  }

  @Test
  void each_attempt_is_signed_anew_with_each_secret() throws Exception {
    API.stubFor(
        any(anyUrl())
            .inScenario("once")
            .whenScenarioStateIs(Scenario.STARTED)
            .willSetStateTo("up")
            .willReturn(aResponse().withStatus(503)));
    API.addMockServiceRequestListener(
        (request, response) -> CLOCK.advance(java.time.Duration.ofSeconds(2)));
    assertThat(hub.get("/api/test/plain").statusCode()).isEqualTo(200);

    List<LoggedRequest> got = requests();
    assertThat(got).hasSize(2);
    assertThat(got.stream().map(one -> one.getHeader("webhook-id")).distinct()).hasSize(1);
    assertThat(got.stream().map(one -> one.getHeader("webhook-timestamp")).distinct()).hasSize(2);
    assertThat(got.get(0).getHeader("webhook-id"))
        .isEqualTo(got.get(0).getHeader("Idempotency-Key"));
    for (LoggedRequest request : got) {
      assertThat(request.getHeader("Content-Type")).isEqualTo("application/json");
      assertSigned(request);
    }
  }

  @Test
  void what_is_signed_are_the_bytes_on_the_wire() throws Exception {
    hub.get("/api/test/packed");
    LoggedRequest got = requests().get(0);
    assertThat(got.getHeader("Content-Encoding")).isEqualTo("gzip");
    ByteArrayOutputStream signed = new ByteArrayOutputStream();
    String front = got.getHeader("webhook-id") + "." + got.getHeader("webhook-timestamp") + ".";
    signed.write(front.getBytes(StandardCharsets.US_ASCII));
    signed.write(wire(got));
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(KEY, "HmacSHA256"));
    assertThat(got.getHeader("webhook-signature"))
        .contains("v1," + Base64.getEncoder().encodeToString(mac.doFinal(signed.toByteArray())));
  }

  /** The stand-in shows a body uncompressed; the hub's way to compress it gives the same bytes. */
  private static byte[] wire(LoggedRequest request) throws Exception {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (var gzip = new java.util.zip.GZIPOutputStream(packed)) {
      gzip.write(request.getBody());
    }
    return packed.toByteArray();
  }

  @Test
  void a_request_without_a_body_is_signed_too() throws Exception {
    assertThat(hub.get("/api/test/asked").statusCode()).isEqualTo(200);
    assertThat(requests().get(0).getMethod().getName()).isEqualTo("GET");
    assertSigned(requests().get(0));
  }

  @Test
  void another_hub_takes_what_a_scheme_of_its_sources_signs() {
    assertThat(hub.get("/api/test/looped").statusCode()).isEqualTo(200);
    await()
        .untilAsserted(
            () ->
                assertThat(hub.query("SELECT type FROM inbox_event WHERE source = 'loop'"))
                    .contains("push"));
  }

  @Test
  void without_its_secret_nothing_is_sent() {
    assertThat(hub.get("/api/test/unset").statusCode()).isEqualTo(503);
    assertThat(hub.get("/api/test/unset").body()).contains("NO_SECRETS");
    assertThat(requests()).isEmpty();
  }

  @Test
  void what_cannot_sign_is_told_at_the_start_with_what_can() {
    assertThat(fault("sign: nothing")).contains("no scheme 'nothing'", "write one of", "github");
    assertThat(fault("sign: sendgrid")).contains("'sendgrid' cannot sign", "private key");
    assertThat(fault("sign: mailchimp")).contains("'mailchimp' cannot sign");
    assertThat(fault("sign: github").replace("CRM_SECRETS", "")).isEmpty();
  }

  private static String fault(String parameter) {
    Throwable thrown =
        catchThrowable(
            () ->
                TestHub.on(Store.H2)
                    .with("CRM_SECRETS", "a secret that is long enough")
                    .route("wrong", route("wrong", "http://localhost", parameter))
                    .start()
                    .close());
    StringBuilder all = new StringBuilder();
    for (Throwable t = thrown; t != null; t = t.getCause()) {
      all.append(t.getMessage()).append('\n');
    }
    return all.toString();
  }
}
