package hub.call.keys;

import static hub.call.keys.KeyServer.document;
import static hub.call.keys.KeyServer.endless;
import static hub.call.keys.KeyServer.redirect;
import static hub.call.keys.KeyServer.silence;
import static hub.call.keys.KeyServer.status;
import static hub.call.keys.KeyServer.trickle;
import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import hub.testing.Certificate;
import hub.testing.Jwt;
import hub.testing.LogLines;
import hub.testing.SettableClock;
import hub.testing.Store;
import hub.testing.TestHub;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import java.util.Base64;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Webhooks of senders whose public keys the hub fetches, by schemes of one's own. */
@Tag("long") // its fetches are tried again, and some wait for a sender that dawdles
@Tag("waits")
class FetchedKeysTest {
  private static final KeyServer SENDER = new KeyServer();
  private static final SettableClock CLOCK = SettableClock.running();
  private static final KeyPair FIRST = Jwt.keys("RSA", 2048);
  private static final KeyPair SECOND = Jwt.keys("RSA", 2048);
  private static final Certificate CERTIFICATE = Certificate.of("acme.example");
  private static final String PEM = pem(CERTIFICATE);

  private static TestHub hub;
  private LogLines calls;

  private static String route(String source) {
    return """
        - route:
            id: %1$s-webhook
            description: Receives events of Acme.
            from:
              uri: kamelet:webhook-source
              parameters: {source: %1$s, scheme: %1$s}
              steps:
                - to: {uri: inbox:%1$s}
        """
        .formatted(source);
  }

  private static String pem(Certificate certificate) {
    try {
      return "-----BEGIN CERTIFICATE-----\n"
          + Base64.getMimeEncoder(64, new byte[] {'\n'})
              .encodeToString(certificate.certificate().getEncoded())
          + "\n-----END CERTIFICATE-----\n";
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  @BeforeAll
  static void start() {
    hub =
        TestHub.on(Store.H2)
            .bind("clock", CLOCK)
            .with("hub.call.retries", "1")
            .with("hub.breaker.attempts", "1000")
            .route("acme-jwt-webhook", route("acme-jwt"))
            .route("acme-cert-webhook", route("acme-cert"))
            .scheme(
                "acme-jwt",
                """
                title: Acme
                verify: jwt
                algorithm: rs256
                signature: {in: header:Authorization, prefix: "Bearer "}
                keys: {url: "%s"}
                claims: {iss: acme}
                event: {id: $.id, type: $.type}
                """
                    .formatted(SENDER.url("/jwks.json")))
            .scheme(
                "acme-cert",
                """
                title: Acme
                verify: public-key
                algorithm: ecdsa-p256-sha256
                signature: {in: header:Acme-Signature, encoding: base64}
                signed: "{body}"
                keys: {url: "{header:Cert-Url}", hosts: [127.0.0.1, 169.254.169.254, "10.*.0.1"]}
                event: {id: $.id, type: $.type}
                """)
            .start();
  }

  @AfterAll
  static void stop() {
    hub.close();
    SENDER.close();
  }

  /** A fetch of one test is none of the next: the budget of each minute is new. */
  @BeforeEach
  void watch() {
    CLOCK.advance(Duration.ofMinutes(1));
    calls = LogLines.of("hub.call");
  }

  @AfterEach
  void unwatch() {
    calls.close();
  }

  private static String event() {
    return "{\"id\":\"" + UUID.randomUUID() + "\",\"type\":\"order.paid\"}";
  }

  private static void showsKeyOf(KeyPair pair, String kid) {
    RSAKey key = new RSAKey.Builder((RSAPublicKey) pair.getPublic()).keyID(kid).build();
    SENDER.shows("/jwks.json", document(new JWKSet(key).toString()));
  }

  private static HttpResponse<String> token(KeyPair pair, String kid) {
    String head = "{\"alg\":\"RS256\",\"kid\":\"" + kid + "\"}";
    String claims =
        "{\"iss\":\"acme\",\"exp\":" + CLOCK.instant().plusSeconds(300).getEpochSecond() + "}";
    return hub.post(
        "/api/webhooks/acme-jwt",
        event(),
        "Authorization",
        "Bearer " + Jwt.of(head, claims, Jwt.by(pair.getPrivate(), Jwt.RS256)),
        "Cookie",
        "of=the-webhook",
        "X-Of-The-Webhook",
        "yes");
  }

  private static HttpResponse<String> signed(String certificateUrl) {
    return signed(certificateUrl, CERTIFICATE.privateKey());
  }

  private static HttpResponse<String> signed(String certificateUrl, PrivateKey key) {
    String body = event();
    byte[] signature = Jwt.by(key, "SHA256withECDSA").apply(body.getBytes(StandardCharsets.UTF_8));
    return hub.post(
        "/api/webhooks/acme-cert",
        body,
        "Acme-Signature",
        Base64.getEncoder().encodeToString(signature),
        "Cert-Url",
        certificateUrl);
  }

  private static void assertStored(HttpResponse<String> answer) {
    assertThat(answer.body()).contains("\"status\":\"accepted\"");
    assertThat(answer.statusCode()).isEqualTo(200);
  }

  private static void assertRefused(HttpResponse<String> answer, int status, String reason) {
    assertThat(answer.body()).contains("urn:hub:problem:" + reason);
    assertThat(answer.statusCode()).isEqualTo(status);
  }

  private static String counted(String source, String outcome) {
    return hub.manage("/observe/metrics")
        .body()
        .lines()
        .filter(line -> line.startsWith("hub_webhook_requests_total"))
        .filter(line -> line.contains("\"" + source + "\"") && line.contains("\"" + outcome + "\""))
        .map(line -> line.substring(line.lastIndexOf(' ') + 1))
        .findFirst()
        .orElse("0.0");
  }

  @Test
  void a_token_is_confirmed_by_the_senders_set_of_keys_and_by_the_next_one_after_a_minute() {
    showsKeyOf(FIRST, "1");
    assertStored(token(FIRST, "1"));
    assertStored(token(FIRST, "1"));

    assertThat(SENDER.asked("/jwks.json"))
        .singleElement()
        .satisfies(
            asked -> {
              assertThat(asked.method()).isEqualTo("GET");
              assertThat(asked.headers().keySet())
                  .as("nothing of the webhook")
                  .containsExactlyInAnyOrder("Accept", "Content-length", "Host", "User-agent");
            });
    assertThat(calls.lines())
        .anySatisfy(
            line ->
                assertThat(line)
                    .contains("provider=127.0.0.1 operation=fetch-keys status=200 outcome=ok"));
    assertThat(hub.manage("/observe/metrics").body())
        .containsPattern(
            "hub_call_seconds_count\\{.*operation=\"fetch-keys\".*provider=\"127.0.0.1\"");

    for (int i = 0; i < 30; i++) {
      assertRefused(token(SECOND, "1"), 400, "signature-mismatch");
    }
    showsKeyOf(SECOND, "2");
    assertRefused(token(SECOND, "2"), 400, "signature-mismatch");
    assertThat(SENDER.asked("/jwks.json")).as("forgeries cause no fetch each").hasSize(1);

    CLOCK.advance(Duration.ofMinutes(1));
    assertStored(token(SECOND, "2"));
    assertRefused(token(FIRST, "1"), 400, "signature-mismatch");
    assertThat(SENDER.asked("/jwks.json")).hasSize(2);

    SENDER.shows("/jwks.json", status(500, ""));
    CLOCK.advance(Duration.ofHours(2));
    assertStored(token(SECOND, "2"));
    assertThat(SENDER.asked("/jwks.json")).as("tried twice").hasSize(4);
  }

  @Test
  void a_certificate_is_fetched_where_the_request_says_and_the_scheme_allows() {
    SENDER.shows("/cert.pem", document(PEM));

    assertStored(signed(SENDER.url("/cert.pem")));
    assertStored(signed(SENDER.url("/cert.pem").replace("http", "HTTP")));
    assertStored(signed(SENDER.url("/cert.pem#top")));

    assertThat(SENDER.asked("/cert.pem")).hasSize(1);
  }

  @Test
  void another_certificate_of_the_sender_confirms_nothing() {
    SENDER.shows("/other.pem", document(PEM));
    PrivateKey other = Jwt.keys("EC", 256).getPrivate();

    assertRefused(signed(SENDER.url("/other.pem"), other), 400, "signature-mismatch");
  }

  static Stream<String> elsewhere() {
    return Stream.of(
        "http://127.0.0.2:%d/cert.pem",
        "http://localhost:%d/cert.pem",
        "http://user@127.0.0.1:%d/cert.pem",
        "http://127.0.0.1:%d@evil.example/cert.pem",
        "https://127.0.0.1:%d/cert.pem",
        "http://169.254.169.254:%d/latest/meta-data",
        "https://evil.example/cert.pem",
        "file:///etc/ssl/certs/ca-certificates.crt",
        "cert.pem");
  }

  @ParameterizedTest
  @MethodSource("elsewhere")
  void a_certificate_elsewhere_is_not_fetched(String url) {
    int before = SENDER.requests();

    assertRefused(signed(url.formatted(SENDER.port())), 400, "signature-mismatch");

    assertThat(SENDER.requests()).isEqualTo(before);
    assertThat(calls.lines()).isEmpty();
  }

  @Test
  void without_an_address_there_is_no_signature() {
    assertRefused(signed(" "), 400, "signature-missing");
  }

  @ParameterizedTest
  @CsvSource({
    "https://169.254.169.254/latest/meta-data, 169.254.169.254",
    "https://10.9.0.1/cert.pem, 10.*.0.1",
  })
  void a_host_inside_is_not_connected_to_although_the_scheme_lists_it(String url, String host) {
    assertRefused(signed(url), 503, "keys-unavailable");

    assertThat(calls.lines())
        .singleElement()
        .satisfies(
            line ->
                assertThat(line)
                    .contains(
                        "provider=" + host + " operation=fetch-keys",
                        "outcome=rejected",
                        "its address is not one of the internet"));
  }

  static Stream<Arguments> faults() {
    String set =
        new JWKSet(new RSAKey.Builder((RSAPublicKey) FIRST.getPublic()).build()).toString();
    return Stream.of(
        Arguments.of("/missing", status(404, PEM), 1, "status=404 outcome=rejected"),
        Arguments.of("/forbidden", status(403, PEM), 1, "status=403 outcome=rejected"),
        Arguments.of("/gone", status(410, PEM), 1, "status=410 outcome=rejected"),
        Arguments.of("/failing", status(500, PEM), 2, "status=500 outcome=unavailable"),
        Arguments.of("/moved", redirect(301, SENDER.url("/target")), 1, "it has moved"),
        Arguments.of("/found", redirect(302, SENDER.url("/target")), 1, "it has moved"),
        Arguments.of("/kept", redirect(307, SENDER.url("/target")), 1, "it has moved"),
        Arguments.of("/not-modified", status(304, ""), 1, "outcome=rejected"),
        Arguments.of("/endless", endless(PEM), 1, "larger than 65536 bytes"),
        Arguments.of("/large", document(PEM + " ".repeat(65_536)), 1, "larger than 65536 bytes"),
        Arguments.of("/empty", document(""), 1, "outcome=ok"),
        Arguments.of("/page", document("<html>" + PEM), 1, "outcome=ok"),
        Arguments.of("/broken", document(PEM.substring(0, 200)), 1, "outcome=ok"),
        Arguments.of("/set-of-none", document("{\"keys\":[]}"), 1, "outcome=ok"),
        Arguments.of("/wrapped", document("[" + set + "]"), 1, "outcome=ok"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("faults")
  void without_its_keys_a_webhook_is_to_come_again(
      String path, KeyServer.Answer answer, int attempts, String logged) {
    SENDER.shows(path, answer);
    SENDER.shows("/target", document(PEM));
    double before = Double.parseDouble(counted("acme-cert", "keys-unavailable"));
    try (LogLines webhooks = LogLines.of("hub.webhook")) {
      HttpResponse<String> refused = signed(SENDER.url(path));

      assertRefused(refused, 503, "keys-unavailable");
      assertThat(refused.headers().firstValue("Retry-After")).hasValue("10");
      assertThat(webhooks.lines())
          .anySatisfy(
              line -> assertThat(line).contains("source=acme-cert outcome=keys-unavailable"));
    }
    assertThat(Double.parseDouble(counted("acme-cert", "keys-unavailable"))).isEqualTo(before + 1);
    assertThat(calls.lines())
        .hasSize(attempts)
        .allSatisfy(line -> assertThat(line).contains(logged));
    assertThat(SENDER.asked(path)).hasSize(attempts);
    assertThat(SENDER.asked("/target")).as("no redirect is followed").isEmpty();

    assertRefused(signed(SENDER.url(path)), 503, "keys-unavailable");
    assertThat(SENDER.asked(path)).as("not asked again at once").hasSize(attempts);
    SENDER.shows(path, document(PEM));
    CLOCK.advance(Duration.ofSeconds(10));
    assertStored(signed(SENDER.url(path)));
  }

  static Stream<Arguments> slowness() {
    return Stream.of(Arguments.of("/silent", silence()), Arguments.of("/trickle", trickle()));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("slowness")
  void a_sender_hears_of_slow_keys_before_it_hangs_up(String path, KeyServer.Answer answer) {
    SENDER.shows(path, answer);
    long begun = System.nanoTime();

    assertRefused(signed(SENDER.url(path)), 503, "keys-unavailable");

    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofMillis(4_500));
    assertThat(calls.lines())
        .singleElement()
        .satisfies(line -> assertThat(line).contains("outcome=timeout"));
  }

  @Test
  void a_fetch_that_fails_once_is_tried_again() {
    AtomicInteger requests = new AtomicInteger();
    SENDER.shows(
        "/flaky",
        exchange ->
            (requests.getAndIncrement() == 0 ? status(503, "") : document(PEM)).give(exchange));

    assertStored(signed(SENDER.url("/flaky")));
    assertThat(calls.lines()).hasSize(2);
  }

  @Test
  void a_fetch_that_an_operator_has_stopped_keeps_nobody_waiting() throws Exception {
    SENDER.shows("/first", document(PEM));
    SENDER.shows("/second", document(PEM));
    assertStored(signed(SENDER.url("/first")));
    hub.context().getRouteController().stopRoute("keys-of-127.0.0.1");
    try {
      long begun = System.nanoTime();

      assertRefused(signed(SENDER.url("/second")), 503, "keys-unavailable");

      assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(3));
      assertStored(signed(SENDER.url("/first")));
    } finally {
      hub.context().getRouteController().startRoute("keys-of-127.0.0.1");
    }
    CLOCK.advance(Duration.ofSeconds(10));
    assertStored(signed(SENDER.url("/second")));
  }

  @Test
  @Tag("faults")
  void ever_new_addresses_cause_few_fetches() {
    int before = SENDER.requests();
    long minute = CLOCK.instant().getEpochSecond() / 60;

    for (int i = 0; i < 60; i++) {
      assertRefused(signed(SENDER.url("/many/" + i)), 503, "keys-unavailable");
    }

    // Each minute of the clock has a budget of its own.
    int minutes = (int) (CLOCK.instant().getEpochSecond() / 60 - minute) + 1;
    assertThat(SENDER.requests() - before).isBetween(1, 20 * minutes);
  }
}
