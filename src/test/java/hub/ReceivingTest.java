package hub;

import static hub.testing.Stripe.SECRET;
import static hub.testing.Stripe.sign;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import hub.testing.FaultyLine;
import hub.testing.RawHttp;
import hub.testing.Store;
import hub.testing.TestHub;
import hub.util.Json;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The contract's table of what a sender is answered, row by row, and what it must never reach.
 * Slow: a store is away for seconds, and senders dawdle.
 */
@Tag("postgres")
@Tag("slow")
class ReceivingTest {
  private static final int MIB = 1 << 20;

  private static TestHub hub;
  private int storedBefore;

  @BeforeAll
  static void startHub() {
    hub =
        TestHub.on(Store.H2)
            .with("STRIPE_WEBHOOK_SECRET", SECRET)
            .with("GITHUB_SECRET", SECRET)
            .with("SLACK_SECRET", SECRET)
            .with("hub.webhook.body-timeout-seconds", "3")
            .routeFile("stripe/stripe-webhook.camel.yaml")
            .route("github-webhook", source("github", "github", "secrets: GITHUB_SECRET"))
            .route("slack-webhook", source("slack", "slack", "secrets: SLACK_SECRET"))
            .route(
                "busy-webhook",
                source("busy", "stripe", "secrets: STRIPE_WEBHOOK_SECRET", "ratePerSecond: 3"))
            .route(
                "later-webhook",
                source("later", "stripe", "secrets: NOBODY_SET_THIS", "optional: true"))
            .route(
                "anyone-webhook",
                source("anyone", "none", "unsafe: true", "eventId: header:X-Event-Id"))
            .route("inside-admin", inside("/api/admin/inside"))
            .route("inside-email", inside("/api/email"))
            .route("inside-tokens", inside("/api/auth/tokens/{provider}/{subject}"))
            .start();
  }

  @AfterAll
  static void stopHub() {
    hub.close();
  }

  @BeforeEach
  void count() {
    storedBefore = stored();
  }

  @AfterEach
  void stillAnswers() {
    String body = event("evt_alive_" + System.nanoTime());
    assertThat(hub.stripe("stripe", body).statusCode()).isEqualTo(200);
  }

  private static String source(String name, String scheme, String... parameters) {
    String more = Stream.of(parameters).map(p -> "        " + p + "\n").reduce("", String::concat);
    return """
        - route:
            id: %1$s-webhook
            description: Receives events of the tests.
            from:
              uri: kamelet:webhook-source
              parameters:
                source: %1$s
                scheme: %2$s
        %3$s      steps:
                - to:
                    uri: inbox:%1$s
        """
        .formatted(name, scheme, more.indent(0));
  }

  /** A route that only the right key may reach, and which keeps every header it is sent. */
  private static String inside(String path) {
    return """
        - route:
            id: inside%s
            description: Tells that it was reached.
            from:
              uri: platform-http:%s
              steps:
                - setBody:
                    constant:
                      expression: inside
        """
        .formatted(path.replaceAll("\\W", "-"), path);
  }

  private static int stored() {
    return hub.query("SELECT count(*) FROM inbox_event").map(Integer::valueOf).orElse(0);
  }

  private static String event(String id) {
    return "{\"id\":\"" + id + "\",\"type\":\"customer.created\"}";
  }

  private void assertRefused(HttpResponse<String> answer, int status, String reason) {
    assertProblem(answer, status, reason);
    assertThat(stored()).as("nothing is stored").isEqualTo(storedBefore);
  }

  private static void assertProblem(HttpResponse<String> answer, int status, String reason) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
    JsonNode problem = Json.own(answer.body());
    assertThat(problem.get("type").asText()).isEqualTo("urn:hub:problem:" + reason);
    assertThat(problem.get("title").asText()).isNotBlank();
    assertThat(problem.get("status").asInt()).isEqualTo(status);
    assertThat(problem.get("detail").asText()).isNotBlank();
    assertThat(answer.headers().firstValue("X-Request-Id"))
        .contains(problem.get("requestId").asText());
  }

  private static String header(HttpResponse<String> answer, String name) {
    return answer.headers().firstValue(name).orElse("");
  }

  // --- The table ---

  @Test
  void a_new_event_is_accepted_and_the_same_again_is_a_duplicate_of_the_first() {
    String body = event("evt_new");
    HttpResponse<String> first = hub.stripe("stripe", body);
    HttpResponse<String> again = hub.stripe("stripe", body + " ");

    assertThat(first.statusCode()).isEqualTo(200);
    assertThat(header(first, "Content-Type")).isEqualTo("application/json");
    assertThat(Json.own(first.body()).fieldNames()).toIterable().containsExactly("id", "status");
    String id = Json.own(first.body()).get("id").asText();
    assertThat(first.body()).isEqualTo("{\"id\":\"%s\",\"status\":\"accepted\"}".formatted(id));
    assertThat(again.body()).isEqualTo("{\"id\":\"%s\",\"status\":\"duplicate\"}".formatted(id));
    assertThat(
            hub.query(
                "SELECT CAST(id AS varchar) FROM inbox_event WHERE provider_event_id = 'evt_new'"))
        .contains(id);
    assertThat(stored()).isEqualTo(storedBefore + 1);
  }

  @Test
  void the_same_id_at_once_from_many_senders_is_stored_once() {
    String body = event("evt_race");
    List<CompletableFuture<String>> answers =
        IntStream.range(0, 20)
            .mapToObj(i -> CompletableFuture.supplyAsync(() -> hub.stripe("stripe", body).body()))
            .toList();
    List<String> bodies = answers.stream().map(CompletableFuture::join).toList();

    assertThat(bodies).filteredOn(b -> b.contains("accepted")).hasSize(1);
    assertThat(bodies).filteredOn(b -> b.contains("duplicate")).hasSize(19);
    assertThat(bodies.stream().map(b -> Json.own(b).get("id").asText()).distinct()).hasSize(1);
    assertThat(stored()).isEqualTo(storedBefore + 1);
  }

  @Test
  void an_unproven_body_is_refused_with_the_reason() {
    String path = "/api/webhooks/stripe";
    String body = event("evt_unproven");
    assertRefused(hub.post(path, body), 400, "signature-missing");
    assertRefused(
        hub.post(path, body, "Stripe-Signature", "not a signature"), 400, "signature-malformed");
    assertRefused(
        hub.post(path, body + " ", "Stripe-Signature", sign(body)), 400, "signature-mismatch");
    assertRefused(
        hub.post(path, body, "Stripe-Signature", sign(body, Instant.now().minusSeconds(400))),
        400,
        "timestamp-too-old");
    assertRefused(
        hub.post(path, body, "Stripe-Signature", sign(body, Instant.now().plusSeconds(400))),
        400,
        "timestamp-in-future");
  }

  @Test
  void a_signature_given_twice_or_beside_a_query_parameter_of_its_name_is_no_signature() {
    String body = event("evt_twice");
    assertRefused(
        hub.post(
            "/api/webhooks/stripe",
            body,
            "Stripe-Signature",
            sign(body),
            "Stripe-Signature",
            sign(body)),
        400,
        "signature-malformed");
    assertRefused(
        hub.post("/api/webhooks/stripe?Stripe-Signature=x", body, "Stripe-Signature", sign(body)),
        400,
        "signature-malformed");
  }

  static Stream<String> notAnEvent() {
    return Stream.of(
        "",
        "null",
        "[]",
        "{",
        "{} {}",
        "\"evt_1\"",
        "{\"id\":\"evt_deep\",\"a\":" + "[".repeat(10_000) + "]".repeat(10_000) + "}",
        "{\"id\":\"evt_number\",\"a\":" + "9".repeat(5_000) + "}",
        "\uFEFF{\"id\":\"evt_bom\"}");
  }

  @ParameterizedTest
  @MethodSource("notAnEvent")
  void a_body_that_is_no_event_is_refused(String body) {
    HttpResponse<String> answer = hub.stripe("stripe", body);
    boolean isJson = List.of("null", "[]", "\"evt_1\"").contains(body);
    assertRefused(answer, 400, isJson ? "event-id-missing" : "payload-invalid");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"id\":null}",
        "{\"id\":\"\"}",
        "{\"id\":\"  \"}",
        "{\"id\":{}}",
        "{\"id\":[\"a\"]}"
      })
  void a_body_without_an_id_is_refused(String body) {
    assertRefused(hub.stripe("stripe", body), 400, "event-id-missing");
  }

  @Test
  void a_body_that_is_not_utf_8_is_refused() throws Exception {
    byte[] body = "{\"id\":\"evt_latin\",\"name\":\"Jörg\"}".getBytes(ISO_8859_1);
    long now = Instant.now().getEpochSecond();
    String signature = hmac(SECRET, (now + ".").getBytes(UTF_8), body);
    assertRefused(
        hub.send(
            "POST",
            "/api/webhooks/stripe",
            body,
            "Stripe-Signature",
            "t=" + now + ",v1=" + signature),
        400,
        "payload-invalid");
  }

  private static String hmac(String secret, byte[]... parts) throws Exception {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(secret.getBytes(UTF_8), "HmacSHA256"));
    Arrays.stream(parts).forEach(mac::update);
    return HexFormat.of().formatHex(mac.doFinal());
  }

  @Test
  void a_source_without_a_route_is_unknown() {
    assertRefused(hub.stripe("nobody", event("evt_x")), 404, "source-unknown");
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET", "PUT", "DELETE", "PATCH", "OPTIONS"})
  void another_method_is_told_the_right_one(String method) {
    HttpResponse<String> answer = hub.send(method, "/api/webhooks/stripe", new byte[0]);
    assertRefused(answer, 405, "method-not-allowed");
    assertThat(header(answer, "Allow")).isEqualTo("POST");
  }

  @Test
  void a_limit_that_a_body_goes_over_is_named() {
    String deep = "[".repeat(2_000) + "]".repeat(2_000);
    String number = "{\"id\":\"evt_n\",\"n\":" + "1".repeat(2_000) + "}";

    assertThat(hub.stripe("stripe", deep).body()).contains("nests deeper than 1000 levels");
    assertThat(hub.stripe("stripe", number).body())
        .contains("has a number of more than 1000 characters");
  }

  @Test
  void a_source_over_its_rate_is_told_when_to_come_again() {
    List<HttpResponse<String>> answers =
        IntStream.range(0, 12).mapToObj(i -> hub.stripe("busy", event("evt_busy_" + i))).toList();

    HttpResponse<String> refused =
        answers.stream().filter(answer -> answer.statusCode() != 200).findFirst().orElseThrow();
    assertProblem(refused, 429, "rate-limited");
    assertThat(Integer.parseInt(header(refused, "Retry-After"))).isPositive();
    long taken = answers.stream().filter(answer -> answer.statusCode() == 200).count();
    assertThat(stored()).isEqualTo(storedBefore + (int) taken);
    await()
        .atMost(Duration.ofSeconds(5))
        .until(() -> hub.stripe("busy", event("evt_busy_11")).statusCode() == 200);
  }

  @Test
  void forged_requests_do_not_use_up_the_rate_of_the_real_sender() {
    for (int i = 0; i < 20; i++) {
      assertThat(hub.post("/api/webhooks/busy", event("evt_forged")).statusCode()).isEqualTo(400);
    }
    await()
        .atMost(Duration.ofSeconds(3))
        .until(() -> hub.stripe("busy", event("evt_genuine")).statusCode() == 200);
  }

  @Test
  void a_source_without_its_secret_is_not_configured_and_says_which() {
    HttpResponse<String> answer = hub.stripe("later", event("evt_later"));
    assertRefused(answer, 503, "not-configured");
    assertThat(answer.body()).contains("NOBODY_SET_THIS");
    assertThat(header(answer, "Retry-After")).isNotEmpty();
  }

  // --- Size and time ---

  private static String eventOf(int bytes, String id) {
    String start = "{\"id\":\"" + id + "\",\"pad\":\"";
    return start + "x".repeat(bytes - start.length() - 2) + "\"}";
  }

  @Test
  void a_body_of_exactly_the_limit_is_taken() {
    assertThat(hub.stripe("stripe", eventOf(MIB, "evt_full")).statusCode()).isEqualTo(200);
    assertThat(
            hub.query(
                "SELECT octet_length(payload) FROM inbox_event WHERE provider_event_id = 'evt_full'"))
        .contains("" + MIB);
  }

  @Test
  void a_body_over_the_limit_is_refused_by_its_declared_length() {
    assertRefused(hub.stripe("stripe", eventOf(MIB + 1, "evt_over")), 413, "payload-too-large");
  }

  @Test
  void a_declared_length_over_the_limit_is_refused_before_it_is_sent() throws Exception {
    try (RawHttp raw = new RawHttp(hub.port())) {
      raw.head(
          "POST /api/webhooks/stripe HTTP/1.1", "Host: localhost", "Content-Length: 999999999999");
      RawHttp.Reply reply = raw.reply();
      assertThat(reply.status()).isEqualTo(413);
      assertThat(reply.body()).contains("payload-too-large", "maxBodyBytes of the source");
      // Nor may it hold the connection for ever by sending no more.
      assertThat(raw.timeout(Duration.ofSeconds(8)).isCutOff()).isTrue();
    }
  }

  @Test
  void a_chunked_body_over_the_limit_is_refused_and_the_sender_can_read_why() throws Exception {
    try (RawHttp raw = new RawHttp(hub.port())) {
      raw.head(
          "POST /api/webhooks/stripe HTTP/1.1", "Host: localhost", "Transfer-Encoding: chunked");
      raw.chunk(new byte[MIB]).chunk(new byte[1]).lastChunk();
      RawHttp.Reply reply = raw.reply();
      assertThat(reply.status()).isEqualTo(413);
      assertThat(reply.body()).contains("payload-too-large");
    }
    assertThat(stored()).isEqualTo(storedBefore);
  }

  @Test
  void an_endless_body_is_cut_off_and_not_held_in_memory() throws Exception {
    long sent = 0;
    try (RawHttp raw = new RawHttp(hub.port())) {
      raw.head(
          "POST /api/webhooks/stripe HTTP/1.1", "Host: localhost", "Transfer-Encoding: chunked");
      byte[] part = new byte[MIB];
      for (int i = 0; i < 200; i++, sent += part.length) {
        raw.chunk(part);
      }
    } catch (IOException e) {
      assertThat(sent).isLessThan(50L * MIB);
      return;
    }
    throw new AssertionError("took " + sent + " bytes");
  }

  @Test
  void a_sender_that_asks_before_it_sends_is_told_to_go_on() throws Exception {
    String body = event("evt_continue");
    try (RawHttp raw = new RawHttp(hub.port())) {
      raw.head(
          "POST /api/webhooks/stripe HTTP/1.1",
          "Host: localhost",
          "Expect: 100-continue",
          "Stripe-Signature: " + sign(body),
          "Content-Length: " + body.length());
      assertThat(raw.timeout(Duration.ofSeconds(3)).reply().status()).isEqualTo(100);
      assertThat(raw.write(body.getBytes(UTF_8)).reply().status()).isEqualTo(200);
    }
  }

  @Test
  void a_body_that_takes_too_long_is_given_up() throws Exception {
    try (RawHttp raw = new RawHttp(hub.port())) {
      raw.head("POST /api/webhooks/stripe HTTP/1.1", "Host: localhost", "Content-Length: 100");
      raw.write("{".getBytes(UTF_8));
      RawHttp.Reply reply = raw.timeout(Duration.ofSeconds(6)).reply();
      assertThat(reply.status()).isEqualTo(408);
      assertThat(reply.body()).contains("urn:hub:problem:request-timeout");
      assertThat(raw.isCutOff()).isTrue();
    }
  }

  @Test
  void a_sender_that_hangs_up_within_the_body_leaves_nothing_behind() throws Exception {
    for (int i = 0; i < 20; i++) {
      try (RawHttp raw = new RawHttp(hub.port())) {
        raw.head("POST /api/webhooks/stripe HTTP/1.1", "Host: localhost", "Content-Length: 100");
        raw.write("{\"id\":".getBytes(UTF_8));
      }
    }
    assertThat(stored()).isEqualTo(storedBefore);
    await()
        .atMost(Duration.ofSeconds(5))
        .until(() -> hub.context().getInflightRepository().size() == 0);
  }

  // --- Bytes as they came ---

  @ParameterizedTest
  @ValueSource(
      strings = {
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "text/plain; charset=no-such-charset",
        "application/octet-stream",
        ";;;"
      })
  void a_body_is_kept_byte_for_byte_whatever_its_content_type(String contentType) throws Exception {
    byte[] body = "payload=%7B%22a%22%3A1%7D&x=a+b&x=\u00fc%".getBytes(UTF_8);
    String delivery = "delivery-" + contentType.hashCode();
    HttpResponse<String> answer =
        hub.send(
            "POST",
            "/api/webhooks/github",
            body,
            "Content-Type",
            contentType,
            "X-GitHub-Delivery",
            delivery,
            "X-GitHub-Event",
            "push",
            "X-Hub-Signature-256",
            "sha256=" + hmac(SECRET, body));

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    assertThat(payload(delivery)).isEqualTo(HexFormat.of().formatHex(body));
  }

  @Test
  void a_slack_form_is_kept_byte_for_byte_and_counted_once() throws Exception {
    byte[] body = "token=x&command=%2Fdeploy&text=a+b%20c".getBytes(UTF_8);
    String time = Long.toString(Instant.now().getEpochSecond());
    String signature = "v0=" + hmac(SECRET, ("v0:" + time + ":").getBytes(UTF_8), body);
    for (int i = 0; i < 2; i++) {
      HttpResponse<String> answer =
          hub.send(
              "POST",
              "/api/webhooks/slack",
              body,
              "Content-Type",
              "application/x-www-form-urlencoded",
              "X-Slack-Request-Timestamp",
              time,
              "X-Slack-Signature",
              signature);
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
      assertThat(answer.body()).as("Slack shows its user what comes back").isEmpty();
    }
    assertThat(
            hub.query(
                "SELECT count(*) FROM inbox_event WHERE source = 'slack' AND type = 'command'"))
        .contains("1");
    assertThat(hub.query("SELECT CAST(payload AS varchar) FROM inbox_event WHERE source = 'slack'"))
        .contains(new String(body, UTF_8));
  }

  private static String payload(String providerEventId) {
    return hub.query(
            "SELECT RAWTOHEX(payload) FROM inbox_event WHERE provider_event_id = ?",
            providerEventId)
        .orElse("");
  }

  // --- Ids ---

  static Stream<String> strangeIds() {
    return Stream.of(
        "evt_" + "x".repeat(5_000),
        "evt_\\u0000",
        "evt_\\ud800",
        "evt_\\udc00\\ud800",
        "evt_\\ud83d\\ude00",
        "evt_🚚",
        "evt_\\n\\t",
        "evt ' OR 1=1 --",
        "12345678901234567890.123");
  }

  @ParameterizedTest
  @MethodSource("strangeIds")
  void a_strange_id_is_still_an_id(String id) {
    String body = event(id);
    HttpResponse<String> first = hub.stripe("stripe", body);
    HttpResponse<String> again = hub.stripe("stripe", body);

    assertThat(first.statusCode()).as(first.body()).isEqualTo(200);
    assertThat(first.body()).contains("accepted");
    assertThat(again.body()).isEqualTo(first.body().replace("accepted", "duplicate"));
    assertThat(stored()).isEqualTo(storedBefore + 1);
  }

  @Test
  void ids_that_differ_are_never_taken_for_one() {
    String long1 = "evt_" + "y".repeat(5_000);
    List<String> ids =
        List.of(
            long1 + "1",
            long1 + "2",
            "id_\\ud800",
            "id_\\ud801",
            "id_\\udfff",
            "id_?",
            "id_\\u0000",
            "id_\\u0001",
            "Id_?",
            "id_? ");
    for (String id : ids) {
      assertThat(hub.stripe("stripe", event(id)).body()).as(id).contains("accepted");
    }
    assertThat(stored()).isEqualTo(storedBefore + ids.size());
  }

  @Test
  void one_source_does_not_silence_another() {
    String body = event("evt_shared");
    assertThat(hub.stripe("stripe", body).body()).contains("accepted");
    await()
        .atMost(Duration.ofSeconds(5))
        .untilAsserted(() -> assertThat(hub.stripe("busy", body).body()).contains("accepted"));
  }

  // --- Nothing gets in, nothing comes back ---

  @Test
  void headers_of_camels_own_have_no_effect_and_are_not_kept() {
    String body = event("evt_camel");
    HttpResponse<String> answer =
        hub.post(
            "/api/webhooks/stripe?CamelHttpResponseCode=299&camelquery=query-secret",
            body,
            "Stripe-Signature",
            sign(body),
            "CamelHttpResponseCode",
            "299",
            "cAmElSqlQuery",
            "DROP TABLE inbox_event",
            "X-Mine",
            "header-secret",
            "Authorization",
            "Bearer very-secret",
            "Cookie",
            "session=very-secret");

    assertThat(answer.statusCode()).isEqualTo(200);
    String all = answer.headers().map().toString() + answer.body();
    assertThat(all).doesNotContainIgnoringCase("camel");
    assertThat(all).doesNotContain("header-secret", "query-secret", "very-secret");
    String headers =
        hub.query("SELECT headers FROM inbox_event WHERE provider_event_id = 'evt_camel'")
            .orElseThrow();
    assertThat(headers).doesNotContainIgnoringCase("camel").doesNotContain("very-secret");
    assertThat(headers).contains("header-secret");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/api/webhooks/stripe", "/api/webhooks/nobody", "/api/email", "/nowhere"})
  void an_error_echoes_nothing_of_the_request(String path) {
    HttpResponse<String> answer =
        hub.post(path + "?q=query-secret", "body-secret", "X-Mine", "header-secret");
    assertThat(answer.statusCode()).isGreaterThanOrEqualTo(400);
    assertThat(answer.headers().map().toString() + answer.body())
        .doesNotContain("header-secret", "query-secret", "body-secret");
    assertThat(header(answer, "X-Request-Id")).isNotEmpty();
  }

  @Test
  void a_route_that_keeps_its_headers_does_not_answer_with_them() {
    HttpResponse<String> answer =
        hub.post(
            "/api/email?q=query-secret",
            "{}",
            "Authorization",
            "Bearer " + TestHub.API_KEY,
            "X-Mine",
            "header-secret");
    assertThat(answer.body()).isEqualTo("inside");
    assertThat(answer.headers().map().toString())
        .doesNotContain("header-secret", "query-secret", TestHub.API_KEY);
  }

  @Test
  void a_sensible_request_id_is_kept_and_a_hostile_one_replaced() throws Exception {
    assertThat(header(hub.post("/nowhere", "", "X-Request-Id", "abc-1.2_3"), "X-Request-Id"))
        .isEqualTo("abc-1.2_3");
    for (String hostile :
        List.of("<script>", "a b", "x".repeat(65), "\u00e9", "a;b", "${jndi:x}")) {
      try (RawHttp raw = new RawHttp(hub.port())) {
        raw.head(
            "POST /nowhere HTTP/1.1", "Host: x", "Content-Length: 0", "X-Request-Id: " + hostile);
        RawHttp.Reply reply = raw.reply();
        assertThat(reply.header("X-Request-Id").orElse("")).matches("[0-9a-f]{24}");
        assertThat(reply.body()).doesNotContain(hostile);
      }
    }
  }

  @Test
  void every_refusal_of_a_known_source_is_counted() throws Exception {
    hub.stripe("stripe", eventOf(MIB + 1, "evt_counted"));
    assertThat(hub.manage("/observe/metrics").body())
        .contains(
            "hub_webhook_requests_total{outcome=\"payload-too-large\",source=\"stripe\"}",
            "hub_webhook_requests_total{outcome=\"accepted\",source=\"stripe\"}");
  }

  // --- Paths and keys ---

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/api/admin/events",
        "/api//admin/events",
        "//api/admin/events",
        "/api/./admin/events",
        "/api/webhooks/../admin/events",
        "/api/webhooks/%2e%2e/admin/events",
        "/api/webhooks/stripe/../../admin/events",
        "/api/%61dmin/events",
        "/%61pi/admin/events",
        "/api/admin/events/",
        "/api/admin/events?x=/api/webhooks/stripe",
        "/api/auth/x/login/../../../admin/events",
        "/API/admin/events",
        "/api/Admin/events",
        "/api%2fadmin/events",
        "/api/webhooks/..%2fadmin/events",
        "/api/webhooks/..%5cadmin/events",
        "/api\\admin\\events",
        "/api;x=1/admin/events",
        "/api/admin;x=1/events",
        "/api/admin%00/events",
        "/api/%zz",
        "/%",
        "/api/webhooks/%",
        "/api/webhooks/stripe?x=%zz",
        "*",
        "api/admin/events",
        "http://localhost/api/admin/events"
      })
  void no_spelling_of_a_path_gets_past_the_key(String path) throws Exception {
    for (String method : List.of("GET", "POST", "HEAD")) {
      try (RawHttp raw = new RawHttp(hub.port())) {
        raw.head(method + " " + path + " HTTP/1.1", "Host: localhost", "Content-Length: 0");
        RawHttp.Reply reply = raw.timeout(Duration.ofSeconds(5)).reply();
        assertThat(reply.status()).as(method + " " + path).isBetween(400, 499);
        assertThat(reply.body()).doesNotContain("inside");
      } catch (java.net.SocketTimeoutException e) {
        throw new AssertionError(method + " " + path + " is not answered", e);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/api/webhooks//stripe", "/api/webhooks/%73tripe", "/api/x/../webhooks/stripe"})
  void another_spelling_of_a_source_is_the_source_or_nothing(String path) {
    String body = event("evt_spelt_" + path.hashCode());
    assertThat(hub.post(path, body).statusCode()).isIn(400, 404);
    assertThat(stored()).isEqualTo(storedBefore);
    assertThat(hub.post(path, body, "Stripe-Signature", sign(body)).statusCode()).isIn(200, 404);
  }

  @ParameterizedTest
  @CsvSource({
    "/api/admin/events,                ,                         401, key-missing",
    "/api/admin/events, Bearer wrong,                            401, key-wrong",
    "/api/admin/events, Bearer,                                  401, key-wrong",
    "/api/admin/events, Basic an-admin-key-for-tests,            401, key-wrong",
    "/api/admin/events, Bearer an-api-key-for-tests,             403, not-permitted",
    "/api/email,        Bearer an-admin-key-for-tests,           403, not-permitted",
    "/api/email,        Bearer AN-API-KEY-FOR-TESTS,             401, key-wrong",
    "/api/auth/tokens/a/b, Bearer an-api-key-for-tests,          403, not-permitted",
    "/api/nothing,      ,                                        401, key-missing"
  })
  void a_key_opens_what_it_is_for_and_nothing_else(
      String path, String authorization, int status, String reason) {
    HttpResponse<String> answer =
        authorization == null
            ? hub.post(path, "{}")
            : hub.post(path, "{}", "Authorization", authorization);
    assertProblem(answer, status, reason);
    assertThat(answer.headers().firstValue("WWW-Authenticate").isPresent())
        .isEqualTo(status == 401);
  }

  @Test
  void two_keys_in_one_request_are_none() {
    assertProblem(
        hub.post(
            "/api/email",
            "{}",
            "Authorization",
            "Bearer " + TestHub.API_KEY,
            "Authorization",
            "Bearer " + TestHub.API_KEY),
        401,
        "key-wrong");
    assertThat(hub.get("/api/admin/inside").body()).isEqualTo("inside");
    assertThat(hub.get("/api/email").body()).isEqualTo("inside");
  }

  // --- Heavy senders ---

  @Test
  void many_large_bodies_at_once_are_all_taken() {
    List<CompletableFuture<Integer>> answers =
        IntStream.range(0, 24)
            .mapToObj(
                i ->
                    CompletableFuture.supplyAsync(
                        () -> hub.stripe("stripe", eventOf(MIB, "evt_large_" + i)).statusCode()))
            .toList();
    assertThat(answers.stream().map(CompletableFuture::join)).containsOnly(200);
  }

  // --- The store away ---

  @Test
  void a_store_that_is_away_is_told_and_back_without_a_restart() throws Exception {
    TestHub.Builder builder =
        TestHub.on(Store.POSTGRESQL)
            .with("STRIPE_WEBHOOK_SECRET", SECRET)
            .routeFile("stripe/stripe-webhook.camel.yaml");
    try (FaultyLine line = builder.line();
        TestHub remote = builder.over(line).start()) {
      assertThat(remote.stripe("stripe", event("evt_before")).statusCode()).isEqualTo(200);

      line.cut();
      assertUnavailable(remote, "evt_cut");
      line.mend();
      awaitTaken(remote, "evt_cut");

      line.silence();
      assertUnavailable(remote, "evt_silent");
      // One that comes while the line is known to be silent does not wait for it as long.
      assertUnavailable(remote, "evt_silent_too");
      line.mend();
      awaitTaken(remote, "evt_silent");
      assertThat(
              remote.query(
                  "SELECT count(*) FROM inbox_event WHERE provider_event_id = 'evt_silent'"))
          .contains("1");
    }
  }

  @Test
  void a_node_that_stalls_within_a_transaction_holds_up_the_others_for_seconds_only()
      throws Exception {
    try (TestHub node =
        TestHub.on(Store.POSTGRESQL)
            .with("STRIPE_WEBHOOK_SECRET", SECRET)
            .routeFile("stripe/stripe-webhook.camel.yaml")
            .start()) {
      Connection stalled = node.database().dataSource().getConnection();
      stalled.setAutoCommit(false);
      stalled
          .createStatement()
          .execute(
              "INSERT INTO inbox_event (id, source, provider_event_id, type, received_at, headers, payload)"
                  + " VALUES (gen_random_uuid(), 'stripe', 'evt_held', 'x', now(), '{}', '')");
      assertUnavailable(node, "evt_held");
      awaitTaken(node, "evt_held");
      assertThatThrownBy(stalled::commit).isInstanceOf(SQLException.class);
    }
  }

  private static void assertUnavailable(TestHub hub, String id) {
    long begun = System.nanoTime();
    HttpResponse<String> answer = hub.stripe("stripe", event(id));
    assertProblem(answer, 503, "store-unavailable");
    assertThat(Integer.parseInt(header(answer, "Retry-After"))).isPositive();
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(8));
  }

  private static void awaitTaken(TestHub hub, String id) {
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> hub.stripe("stripe", event(id)).statusCode() == 200);
  }
}
