package hub.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import hub.testing.Store;
import hub.testing.TestHub;
import hub.util.Json;
import hub.webhook.verify.SchemeTools;
import hub.webhook.verify.Signer;
import hub.webhook.verify.WebhookRejectedException;
import hub.webhook.verify.WebhookScheme;
import hub.webhook.verify.WebhookScheme.Proof;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Sources that {@code hub.sources} opens: every shipped scheme that a secret signs for. */
class OpenedSourcesTest {
  private static TestHub hub;

  /** The first vector of each scheme, for its secret and variables. */
  static Stream<SchemeVector> schemes() {
    Map<String, SchemeVector> first = new LinkedHashMap<>();
    SchemeVector.all()
        .filter(vector -> !vector.secrets().isEmpty())
        .filter(vector -> vector.described().proof() != Proof.PUBLIC_KEY)
        .filter(vector -> vector.described().keys().url().isEmpty())
        .forEach(vector -> first.putIfAbsent(vector.scheme(), vector));
    return first.values().stream();
  }

  @BeforeAll
  static void start() {
    TestHub.Builder builder =
        TestHub.on(Store.H2)
            .knowingItsAddress()
            .routeFile("policies/*.camel.yaml")
            .with("hub.secrets.min-bytes", "1")
            .with(
                "hub.sources",
                schemes().map(SchemeVector::scheme).collect(Collectors.joining(",")));
    schemes()
        .forEach(
            vector -> {
              builder.with(vector.described().variable(), vector.secret());
              vector.variables().forEach(builder::with);
            });
    hub = builder.start();
  }

  @AfterAll
  static void stop() {
    hub.close();
  }

  private static HttpResponse<String> send(OutgoingWebhook message) {
    URI url = URI.create(message.url());
    String path = url.getRawPath() + (url.getRawQuery() == null ? "" : "?" + url.getRawQuery());
    List<String> headers = new ArrayList<>();
    message
        .headers()
        .forEach(
            (name, value) -> {
              headers.add(name);
              headers.add(value);
            });
    return hub.send("POST", path, message.body(), headers.toArray(String[]::new));
  }

  private static OutgoingWebhook signed(SchemeVector vector, WebhookScheme.Sample sample, String id)
      throws WebhookRejectedException {
    Instant now = Instant.now();
    SchemeTools tools = vector.tools(Clock.systemUTC());
    String secret = vector.secrets().get(0);
    OutgoingWebhook message =
        new SampleEvent(vector.described(), sample, id, sample.type(), secret, now)
            .to(hub.url("/api/webhooks/" + vector.scheme()).toString());
    new Signer(vector.described(), secret, Optional.empty(), tools)
        .sign(message, id, sample.type(), now);
    return message;
  }

  @ParameterizedTest
  @MethodSource("schemes")
  void each_sample_is_stored_once(SchemeVector vector) throws WebhookRejectedException {
    WebhookScheme.Sample sample = vector.described().samples().get(0);
    OutgoingWebhook message = signed(vector, sample, UUID.randomUUID().toString());

    HttpResponse<String> first = send(message);
    HttpResponse<String> second = send(message);

    assertThat(first.statusCode()).as(first.body()).isBetween(200, 204);
    assertThat(second.statusCode()).isEqualTo(first.statusCode());
    boolean random = vector.described().event().eventId().contains("random");
    assertThat(
            hub.query(
                "SELECT count(*) || max(type) FROM inbox_event WHERE source = ?", vector.scheme()))
        .hasValue((random ? "2" : "1") + sample.type());
    WebhookScheme.Answer answer = vector.described().responses().stored();
    if (answer.status() == 0 && vector.described().payload().each().isEmpty()) {
      assertThat(Json.own(first.body()).at("/status").asText()).isEqualTo("accepted");
      assertThat(Json.own(second.body()).at("/status").asText())
          .isEqualTo(random ? "accepted" : "duplicate");
    } else if (answer.status() != 0) {
      assertThat(first.statusCode()).isEqualTo(answer.status());
      assertThat(first.body()).isEqualTo(answer.body());
    }
  }

  @ParameterizedTest
  @MethodSource("schemes")
  void without_its_proof_it_is_refused(SchemeVector vector) {
    WebhookScheme scheme = vector.described();
    HttpResponse<String> answer =
        hub.post(
            "/api/webhooks/" + vector.scheme(),
            "{\"id\":\"forged\"}",
            "Content-Type",
            "application/json");

    int expected =
        scheme.responses().refused().status() == 0 ? 400 : scheme.responses().refused().status();
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(expected);
    assertThat(hub.query("SELECT 1 FROM inbox_event WHERE provider_event_id = 'forged'")).isEmpty();
  }

  @Test
  void a_challenge_by_get_is_answered_as_text() {
    HttpResponse<String> answer =
        hub.send("GET", "/api/webhooks/dropbox?challenge=a%3Cb%3E%26c", new byte[0]);

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo("a<b>&c");
    assertThat(answer.headers().firstValue("Content-Type")).hasValue("text/plain");
    assertThat(answer.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
    assertThat(hub.send("GET", "/api/webhooks/dropbox", new byte[0]).statusCode()).isEqualTo(400);
    assertThat(
            hub.send("GET", "/api/webhooks/dropbox?challenge=" + "a".repeat(1025), new byte[0])
                .statusCode())
        .isEqualTo(400);
  }

  @Test
  void a_check_with_the_secret_stands_for_the_signature() {
    String secret = SchemeVector.of("meta").get(0).secret();
    String path =
        "/api/webhooks/meta?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=";
    String token =
        SchemeVector.of("meta").stream()
            .filter(SchemeVector::isHandshake)
            .map(vector -> vector.url().replaceFirst(".*hub\\.verify_token=([^&]*).*", "$1"))
            .findFirst()
            .orElse(secret);

    HttpResponse<String> answer = hub.send("GET", path + token, new byte[0]);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo("1158201444");
    assertThat(hub.send("GET", path + "another", new byte[0]).body())
        .contains("signature-mismatch")
        .doesNotContain("1158201444");
  }

  @Test
  void an_oracle_signs_no_body() {
    HttpResponse<String> answer =
        hub.send("GET", "/api/webhooks/x?crc_token=challenge-1", new byte[0]);
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).startsWith("{\"response_token\":\"sha256=");

    for (String token : List.of("%7B%22id%22%3A1%7D", "a%20b", "", "a".repeat(257))) {
      assertThat(hub.send("GET", "/api/webhooks/x?crc_token=" + token, new byte[0]).statusCode())
          .as(token)
          .isEqualTo(400);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "x, crc_token, 1, 1, x-twitter-webhooks-signature, application/json",
    "x, crc_token, true, true, x-twitter-webhooks-signature, application/json",
    "x, crc_token, amount=1, amount=1, x-twitter-webhooks-signature, application/x-www-form-urlencoded",
    "linkedin, challengeCode, hmacsha256=1, 1, X-LI-Signature, application/json"
  })
  void what_an_oracle_signed_is_no_event(
      String source, String parameter, String asked, String body, String header, String type) {
    String path = "/api/webhooks/" + source + "?" + parameter + "=";
    String signed = hub.send("GET", path + asked.replace("=", "%3D"), new byte[0]).body();
    String signature = signed.replaceFirst(".*\"([^\"]+)\"}$", "$1");

    HttpResponse<String> answer =
        hub.post("/api/webhooks/" + source, body, "Content-Type", type, header, signature);

    assertThat(answer.statusCode()).as(signed).isEqualTo(400);
    assertThat(answer.body()).contains("payload-invalid");
  }

  @Test
  void a_form_with_two_lists_of_events_is_refused_and_not_lost() throws WebhookRejectedException {
    SchemeVector vector = SchemeVector.of("mandrill").get(0);
    OutgoingWebhook message =
        new OutgoingWebhook(
            hub.url("/api/webhooks/mandrill").toString(),
            "application/x-www-form-urlencoded",
            "mandrill_events=[]&mandrill_events=[1]".getBytes(StandardCharsets.UTF_8));
    new Signer(
            vector.described(),
            vector.secrets().get(0),
            Optional.empty(),
            vector.tools(Clock.systemUTC()))
        .sign(message, "x", "x", Instant.now());

    HttpResponse<String> answer = send(message);

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
    assertThat(answer.body()).contains("payload-invalid");
  }

  @Test
  void a_method_that_the_sender_does_not_use_is_told_the_right_one() {
    HttpResponse<String> answer = hub.send("GET", "/api/webhooks/gitlab", new byte[0]);

    assertThat(answer.statusCode()).isEqualTo(405);
    assertThat(answer.headers().firstValue("Allow")).hasValue("POST");
    assertThat(hub.send("PUT", "/api/webhooks/dropbox", new byte[0]).headers().firstValue("Allow"))
        .hasValue("GET, POST");
  }
}
