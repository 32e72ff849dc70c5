package hub.sources;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.slack.api.app_backend.SlackSignature;
import com.standardwebhooks.Webhook;
import hub.testing.Hubs;
import hub.testing.LogLines;
import hub.testing.Payload;
import hub.testing.Store;
import hub.testing.TestHub;
import java.net.http.HttpResponse;
import java.security.GeneralSecurityException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The sources as they are shipped, and their senders signing with their own libraries. */
@Tag("postgres")
class ShippedSourcesTest {
  private static final String SECRET = "ge+hei&m ключ";
  private static final String STANDARD_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  private static final String FORM = "application/x-www-form-urlencoded";

  private static TestHub.Builder sources(Store store) {
    return TestHub.on(store)
        .routeFile("stripe/stripe-webhook.camel.yaml")
        .routeFile("github/github-webhook.camel.yaml")
        .routeFile("slack/slack-webhook.camel.yaml")
        .routeFile("shopify/shopify-webhook.camel.yaml")
        .routeFile("standard/standard-webhook.camel.yaml");
  }

  private static final Hubs HUBS = new Hubs(ShippedSourcesTest::configured);

  @AfterAll
  static void stop() {
    HUBS.close();
  }

  private static TestHub configured(Store store) {
    return sources(store)
        .with("STRIPE_WEBHOOK_SECRET", SECRET)
        .with("GITHUB_WEBHOOK_SECRET", SECRET)
        .with("SLACK_SIGNING_SECRET", SECRET)
        .with("SHOPIFY_WEBHOOK_SECRET", SECRET)
        .with("STANDARD_WEBHOOK_SECRET", STANDARD_SECRET)
        .start();
  }

  @Test
  void a_source_without_its_secret_says_which_variable_is_missing_and_believes_nobody() {
    try (TestHub hub = sources(Store.H2).start();
        LogLines noise =
            LogLines.of("org.apache.camel.processor.errorhandler.DefaultErrorHandler")) {
      Map<String, String> variables =
          Map.of(
              "stripe", "STRIPE_WEBHOOK_SECRET",
              "github", "GITHUB_WEBHOOK_SECRET",
              "slack", "SLACK_SIGNING_SECRET",
              "shopify", "SHOPIFY_WEBHOOK_SECRET",
              "standard", "STANDARD_WEBHOOK_SECRET");
      variables.forEach(
          (source, variable) -> {
            HttpResponse<String> answer = hub.post("/api/webhooks/" + source, "{\"id\":\"1\"}");
            assertThat(answer.statusCode()).isEqualTo(503);
            assertThat(answer.body()).contains("urn:hub:problem:not-configured").contains(variable);
          });
      assertThat(hub.query("SELECT count(*) FROM inbox_event")).contains("0");
      assertThat(noise.lines()).as("a refusal is no fault").isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void what_github_sends_is_stored_byte_for_byte_as_json_or_as_a_form(Store store) {
    byte[] json = Payload.bytes("github/push.json");
    byte[] form =
        ("payload=" + java.net.URLEncoder.encode(new String(json, UTF_8), UTF_8)).getBytes(UTF_8);
    TestHub hub = HUBS.emptied(store);
    assertAccepted(github(hub, "delivery-1", "application/json", json));
    assertAccepted(github(hub, "delivery-2", FORM, form));

    assertThat(stored(hub, "github", "delivery-1")).isEqualTo("push " + hex(json));
    assertThat(stored(hub, "github", "delivery-2")).isEqualTo("push " + hex(form));
    assertThat(github(hub, "delivery-1", "application/json", json).body()).contains("duplicate");
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void githubs_older_signature_proves_nothing(Store store) {
    byte[] body = Payload.bytes("github/push.json");
    TestHub hub = HUBS.emptied(store);
    HttpResponse<String> answer =
        hub.send(
            "POST",
            "/api/webhooks/github",
            body,
            "X-Hub-Signature",
            "sha1=" + hex(mac("HmacSHA1", body)),
            "X-GitHub-Delivery",
            "delivery-1",
            "X-GitHub-Event",
            "push");
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body()).contains("signature-missing");
  }

  private static HttpResponse<String> github(
      TestHub hub, String delivery, String type, byte[] body) {
    return hub.send(
        "POST",
        "/api/webhooks/github",
        body,
        "Content-Type",
        type,
        "X-Hub-Signature-256",
        "sha256=" + hex(mac("HmacSHA256", body)),
        "X-GitHub-Delivery",
        delivery,
        "X-GitHub-Event",
        "push");
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void slacks_challenge_is_answered_and_stored_nowhere(Store store) {
    TestHub hub = HUBS.emptied(store);
    byte[] challenge = Payload.bytes("slack/url_verification.json");

    HttpResponse<String> answer = slack(hub, "application/json", challenge);

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo("3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P");
    assertThat(answer.headers().firstValue("Content-Type")).contains("text/plain; charset=utf-8");
    assertThat(hub.post("/api/webhooks/slack", new String(challenge, UTF_8)).statusCode())
        .as("only to Slack")
        .isEqualTo(400);
    assertThat(hub.query("SELECT count(*) FROM inbox_event")).contains("0");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"type\":\"url_verification\"}",
        "{\"type\":\"url_verification\",\"challenge\":{\"a\":1}}",
        "{\"type\":\"url_verification\",\"challenge\":[\"a\"]}",
        "{\"type\":\"url_verification\",\"challenge\":null}"
      })
  void a_handshake_without_a_challenge_is_refused(String body) {
    TestHub hub = HUBS.emptied(Store.H2);
    HttpResponse<String> answer = slack(hub, "application/json", body.getBytes(UTF_8));

    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body()).contains("urn:hub:problem:payload-invalid");
    assertThat(hub.query("SELECT count(*) FROM inbox_event")).contains("0");
  }

  @Test
  void an_event_that_calls_itself_a_handshake_is_stored() {
    TestHub hub = HUBS.emptied(Store.H2);
    String body =
        "{\"type\":\"event_callback\",\"event_id\":\"Ev1\",\"challenge\":\"x\","
            + "\"event\":{\"type\":\"url_verification\"}}";

    assertAccepted(slack(hub, "application/json", body.getBytes(UTF_8)));

    assertThat(stored(hub, "slack", "Ev1"))
        .isEqualTo("url_verification " + hex(body.getBytes(UTF_8)));
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void slacks_events_and_commands_are_stored_byte_for_byte(Store store) {
    byte[] event = Payload.bytes("slack/app_mention.json");
    byte[] command = Payload.bytes("slack/slash_command.form");
    TestHub hub = HUBS.emptied(store);
    assertAccepted(slack(hub, "application/json", event));
    assertThat(slack(hub, "application/json", event).body()).contains("duplicate");
    HttpResponse<String> answer = slack(hub, FORM, command);
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).as("Slack shows a person what it is answered").isEmpty();

    assertThat(stored(hub, "slack", "Ev08MFMKH6")).isEqualTo("app_mention " + hex(event));
    assertThat(hub.query("SELECT type FROM inbox_event WHERE type <> 'app_mention'"))
        .contains("command");
    assertThat(payload(hub, "SELECT payload FROM inbox_event WHERE type = 'command'"))
        .isEqualTo(command);
  }

  private static HttpResponse<String> slack(TestHub hub, String type, byte[] body) {
    String now = Long.toString(Instant.now().getEpochSecond());
    return hub.send(
        "POST",
        "/api/webhooks/slack",
        body,
        "Content-Type",
        type,
        "X-Slack-Request-Timestamp",
        now,
        "X-Slack-Signature",
        new SlackSignature.Generator(SECRET).generate(now, new String(body, UTF_8)));
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void what_shopify_sends_is_stored_under_its_topic(Store store) {
    byte[] body = Payload.bytes("shopify/orders-create.json");
    TestHub hub = HUBS.emptied(store);
    assertAccepted(
        hub.send(
            "POST",
            "/api/webhooks/shopify",
            body,
            "Content-Type",
            "application/json",
            "X-Shopify-Hmac-Sha256",
            Base64.getEncoder().encodeToString(mac("HmacSHA256", body)),
            "X-Shopify-Webhook-Id",
            "b54557e4-bdd9-4b37-8a5f-bf7d70bcd043",
            "X-Shopify-Topic",
            "orders/create"));

    assertThat(stored(hub, "shopify", "b54557e4-bdd9-4b37-8a5f-bf7d70bcd043"))
        .isEqualTo("orders/create " + hex(body));
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void a_sender_that_keeps_to_standard_webhooks_is_believed_with_either_set_of_headers(Store store)
      throws Exception {
    byte[] body = Payload.bytes("standard/invoice.paid.json");
    long now = Instant.now().getEpochSecond();
    TestHub hub = HUBS.emptied(store);
    for (String family : List.of("webhook", "svix")) {
      String id = "msg_" + family;
      assertAccepted(
          hub.send(
              "POST",
              "/api/webhooks/standard",
              body,
              "Content-Type",
              "application/json",
              family + "-id",
              id,
              family + "-timestamp",
              Long.toString(now),
              family + "-signature",
              new Webhook(STANDARD_SECRET).sign(id, now, new String(body, UTF_8))));

      assertThat(stored(hub, "standard", id)).isEqualTo("invoice.paid " + hex(body));
    }
  }

  private static void assertAccepted(HttpResponse<String> answer) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    assertThat(answer.body()).contains("\"status\":\"accepted\"");
  }

  private static String stored(TestHub hub, String source, String id) {
    String where = " FROM inbox_event WHERE source = ? AND provider_event_id = ?";
    return hub.query("SELECT type" + where, source, id).orElseThrow()
        + " "
        + hex(payload(hub, "SELECT payload" + where, source, id));
  }

  private static byte[] payload(TestHub hub, String sql, String... parameters) {
    try {
      return hub.database()
          .inTransaction(
              connection -> {
                try (PreparedStatement statement = connection.prepareStatement(sql)) {
                  for (int i = 0; i < parameters.length; i++) {
                    statement.setString(i + 1, parameters[i]);
                  }
                  try (ResultSet row = statement.executeQuery()) {
                    assertThat(row.next()).isTrue();
                    return row.getBytes(1);
                  }
                }
              });
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  private static byte[] mac(String algorithm, byte[] body) {
    try {
      Mac mac = Mac.getInstance(algorithm);
      mac.init(new SecretKeySpec(SECRET.getBytes(UTF_8), algorithm));
      return mac.doFinal(body);
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }
}
