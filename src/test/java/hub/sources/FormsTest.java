package hub.sources;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.slack.api.app_backend.SlackSignature;
import hub.testing.Hubs;
import hub.testing.Recorder;
import hub.testing.Store;
import hub.testing.TestHub;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicReference;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What becomes of forms, of large bodies, of odd JSON, and of what proves the sender. */
@Tag("postgres")
@Tag("waits")
class FormsTest {
  private static final String SECRET = "the-secret-of-these-tests";
  private static final String FORM = "application/x-www-form-urlencoded";
  private static final int MIB = 1024 * 1024;
  private static final AtomicReference<String> CONTENT_TYPE = new AtomicReference<>();
  private static final Recorder RECORDER = new Recorder();

  private static final Processor TYPED =
      exchange -> {
        CONTENT_TYPE.set(exchange.getMessage().getHeader(Exchange.CONTENT_TYPE, String.class));
        RECORDER.process(exchange);
      };

  private static final Hubs HUBS =
      new Hubs(
          store ->
              TestHub.on(store)
                  .with("GITHUB_WEBHOOK_SECRET", SECRET)
                  .with("SLACK_SIGNING_SECRET", SECRET)
                  .with("SHOP_SECRET", SECRET)
                  .with("hub.webhook.max-body-bytes", "2000")
                  .bind("typed", TYPED)
                  .routeFile("github/github-webhook.camel.yaml")
                  .routeFile("slack/slack-webhook.camel.yaml")
                  .route("note-github", handler("github"))
                  .route("note-slack", handler("slack"))
                  .route("note-shop", handler("shop"))
                  .route(
                      "shop-webhook",
                      source(
                          "shop",
                          "scheme: hmac",
                          "secrets: SHOP_SECRET",
                          "signatureHeader: X-Shop-Proof",
                          "timestampHeader: X-Shop-Time",
                          "timestampUnit: millis",
                          "signedContent: \"{timestamp}.{body}\"",
                          "eventId: $.id",
                          "eventType: $.type"))
                  .route(
                      "field-webhook",
                      source(
                          "field",
                          "scheme: token",
                          "secrets: SHOP_SECRET",
                          "signatureQuery: key",
                          "maxBodyBytes: 100",
                          "eventId: form:number",
                          "eventType: \"'order'\""))
                  .start());

  @AfterAll
  static void stop() {
    HUBS.close();
  }

  private static String handler(String source) {
    return """
    - route:
        id: note-%1$s
        from:
          uri: inbox:%1$s
          steps:
            - process:
                ref: typed
    """
        .formatted(source);
  }

  private static String source(String name, String... parameters) {
    return """
    - route:
        id: %1$s-webhook
        from:
          uri: kamelet:webhook-source
          parameters:
            source: %1$s
            %2$s
          steps:
            - to:
                uri: inbox:%1$s
    """
        .formatted(name, String.join("\n        ", parameters));
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void a_handler_of_a_form_with_a_payload_gets_its_json_and_the_store_the_signed_bytes(
      Store store) {
    TestHub hub = HUBS.emptied(store);
    String json = "{\"action\":\"opened\",\"title\":\"100 % über & =\"}";
    String id = "form-" + store;
    byte[] form = ("payload=" + URLEncoder.encode(json, UTF_8)).getBytes(UTF_8);

    assertThat(github(hub, id, FORM, form).statusCode()).isEqualTo(200);

    await().untilAsserted(() -> assertThat(RECORDER.runs(id)).isNotEmpty());
    assertThat(RECORDER.runs(id).get(0).body()).isEqualTo(json);
    assertThat(CONTENT_TYPE.get()).isEqualTo("application/json");
    assertThat(event(hub).get("payload").asText()).isEqualTo(new String(form, UTF_8));
    assertThat(event(hub).get("headers").get("content-type").asText()).isEqualTo(FORM);
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      value = {
        "`payload={\"type\":\"view_submission\",\"view\":{}}`, view_submission",
        "token=x&command=%2Fweather&text=94070, command",
        "payload=no+json, form",
        "a=1, form",
      })
  void a_form_of_slacks_is_answered_without_a_body_under_the_type_it_says(
      String form, String type) {
    TestHub hub = HUBS.emptied(Store.H2);
    String now = Long.toString(Instant.now().getEpochSecond());

    HttpResponse<String> answer =
        hub.send(
            "POST",
            "/api/webhooks/slack",
            form.getBytes(UTF_8),
            "Content-Type",
            FORM,
            "X-Slack-Request-Timestamp",
            now,
            "X-Slack-Signature",
            new SlackSignature.Generator(SECRET).generate(now, form));

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    assertThat(answer.body()).isEmpty();
    assertThat(event(hub).get("type").asText()).isEqualTo(type);
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void a_push_of_25_megabytes_is_stored_and_handled(Store store) {
    TestHub hub = HUBS.emptied(store);
    byte[] body = new byte[25 * MIB];
    Arrays.fill(body, (byte) ' ');
    byte[] json = "{\"ref\":\"refs/heads/main\"}".getBytes(UTF_8);
    System.arraycopy(json, 0, body, 0, json.length);
    String id = "large-" + store;

    assertThat(github(hub, id, "application/json", body).statusCode()).isEqualTo(200);

    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(() -> assertThat(RECORDER.runs(id)).isNotEmpty());
    assertThat(RECORDER.runs(id).get(0).body()).hasSize(body.length).startsWith("{\"ref\"");
    byte[] larger = Arrays.copyOf(body, body.length + 1);
    assertThat(github(hub, "larger", "application/json", larger).statusCode()).isEqualTo(413);
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void of_a_name_that_stands_twice_in_signed_json_the_last_counts(Store store) {
    TestHub hub = HUBS.emptied(store);
    String body = "{\"id\":\"a\",\"type\":\"x\",\"id\":\"twice-" + store + "\",\"type\":\"y\"}";

    HttpResponse<String> answer = shop(hub, body, millis(0));

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    assertThat(event(hub).get("providerEventId").asText()).isEqualTo("twice-" + store);
    assertThat(event(hub).get("type").asText()).isEqualTo("y");
    assertThat(event(hub).get("payload").asText()).isEqualTo(body);
  }

  @ParameterizedTest
  @CsvSource({"0, 200, accepted", "-301000, 400, timestamp-too-old", "301900, 400, timestamp-in"})
  void a_time_in_milliseconds_is_held_against_the_tolerance(
      long offset, int status, String answered) {
    TestHub hub = HUBS.emptied(Store.H2);

    HttpResponse<String> answer = shop(hub, "{\"id\":\"1\",\"type\":\"x\"}", millis(offset));

    assertThat(answer.statusCode()).isEqualTo(status);
    assertThat(answer.body()).contains(answered);
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void what_proves_the_sender_is_stored_nowhere(Store store) {
    TestHub hub = HUBS.emptied(store);
    byte[] body = "{}".getBytes(UTF_8);
    assertThat(
            hub.send(
                    "POST",
                    "/api/webhooks/github",
                    body,
                    "X-Hub-Signature-256",
                    "sha256=" + hmac(body),
                    "X-Hub-Signature",
                    "sha1=proof-1",
                    "X-GitHub-Delivery",
                    "masked-" + store,
                    "X-GitHub-Event",
                    "push",
                    "Cookie",
                    "a=proof-2",
                    "Proxy-Authorization",
                    "Basic proof-3",
                    "Authorization",
                    "Bearer proof-4",
                    "X-Gitlab-Token",
                    "proof-5")
                .statusCode())
        .isEqualTo(200);

    String headers = hub.query("SELECT headers FROM inbox_event").orElseThrow();
    assertThat(headers).doesNotContain("proof-").doesNotContain(hmac(body)).contains("push");
    assertThat(event(hub).get("headers").get("x-hub-signature-256").asText()).isEqualTo("***");

    hub.update("UPDATE inbox_event SET headers = '{\"x-hub-signature-256\":\"sha256=proof-6\"}'");
    assertThat(event(hub).get("headers").get("x-hub-signature-256").asText())
        .as("an older version stored it in clear")
        .isEqualTo("***");

    hub.empty();
    String id = "{\"id\":\"own-" + store + "\",\"type\":\"x\"}";
    shop(hub, id, millis(0));
    assertThat(event(hub).get("headers").get("x-shop-proof").asText())
        .as("a header whose name tells nothing")
        .isEqualTo("***");
  }

  @ParameterizedTest
  @CsvSource({
    "?key=the-secret-of-these-tests, 200, accepted",
    "?key=the-secret-of-other-tests, 400, signature-mismatch",
    "?key=the-secret-of-these-tests&key=x, 400, signature-malformed",
    "'', 400, signature-missing",
  })
  void a_token_in_the_query_lets_a_sender_in(String query, int status, String answered) {
    TestHub hub = HUBS.emptied(Store.H2);

    HttpResponse<String> answer =
        hub.post("/api/webhooks/field" + query, "number=7&x=1", "Content-Type", FORM);

    assertThat(answer.statusCode()).isEqualTo(status);
    assertThat(answer.body()).contains(answered).doesNotContain("the-secret-of-these");
    if (status == 200) {
      assertThat(event(hub).get("providerEventId").asText()).isEqualTo("7");
      assertThat(event(hub).get("type").asText()).isEqualTo("order");
      String large = "number=8&x=" + "1".repeat(100);
      assertThat(hub.post("/api/webhooks/field" + query, large).statusCode()).isEqualTo(413);
    }
  }

  private static String millis(long offset) {
    return Long.toString(Instant.now().toEpochMilli() + offset);
  }

  private static HttpResponse<String> shop(TestHub hub, String body, String time) {
    return hub.post(
        "/api/webhooks/shop",
        body,
        "X-Shop-Time",
        time,
        "X-Shop-Proof",
        hmac((time + "." + body).getBytes(UTF_8)));
  }

  private static HttpResponse<String> github(TestHub hub, String id, String type, byte[] body) {
    return hub.send(
        "POST",
        "/api/webhooks/github",
        body,
        "Content-Type",
        type,
        "X-Hub-Signature-256",
        "sha256=" + hmac(body),
        "X-GitHub-Delivery",
        id,
        "X-GitHub-Event",
        "push");
  }

  private static JsonNode event(TestHub hub) {
    JsonNode events = hub.json("/api/admin/events").get("events");
    assertThat(events).hasSize(1);
    return hub.json("/api/admin/events/" + events.get(0).get("id").asText());
  }

  private static String hmac(byte[] bytes) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(SECRET.getBytes(UTF_8), "HmacSHA256"));
      return HexFormat.of().formatHex(mac.doFinal(bytes));
    } catch (java.security.GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }
}
