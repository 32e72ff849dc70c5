package hub.provider.email;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.standardwebhooks.Webhook;
import hub.testing.Hubs;
import hub.testing.Payload;
import hub.testing.Store;
import hub.testing.TestHub;
import java.net.http.HttpResponse;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.Base64;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What providers tell of bounces and complaints, and who gets no e-mail because of it. */
@Tag("postgres")
class SuppressionTest {
  private static final String RESEND_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  private static final String POSTMARK_SECRET = "postmark:ge7heim-und-lang";
  private static final KeyPair SENDGRID = ecdsa();

  private static MailServer server;
  private static Hubs hubs;

  @BeforeAll
  static void start() {
    server = MailServer.open();
    hubs =
        new Hubs(
            store ->
                EmailHub.bySmtp(store, "smtp://127.0.0.1:" + server.port())
                    .with("RESEND_WEBHOOK_SECRET", RESEND_SECRET)
                    .with("POSTMARK_WEBHOOK_SECRET", POSTMARK_SECRET)
                    .with(
                        "SENDGRID_PUBLIC_KEY",
                        Base64.getEncoder().encodeToString(SENDGRID.getPublic().getEncoded()))
                    .start());
  }

  @AfterAll
  static void stop() {
    hubs.close();
    server.close();
  }

  private static TestHub emptied(Store store) {
    TestHub hub = hubs.emptied(store);
    hub.update("DELETE FROM suppression");
    server.deliveries.clear();
    return hub;
  }

  private static KeyPair ecdsa() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void bySendgrid(TestHub hub) throws GeneralSecurityException {
    byte[] body = Payload.bytes("sendgrid/events.json");
    String time = Long.toString(Instant.now().getEpochSecond());
    Signature signature = Signature.getInstance("SHA256withECDSA");
    signature.initSign(SENDGRID.getPrivate());
    signature.update(time.getBytes(UTF_8));
    signature.update(body);
    assertTaken(
        hub.send(
            "POST",
            "/api/webhooks/sendgrid",
            body,
            "Content-Type",
            "application/json",
            "X-Twilio-Email-Event-Webhook-Timestamp",
            time,
            "X-Twilio-Email-Event-Webhook-Signature",
            Base64.getEncoder().encodeToString(signature.sign())));
  }

  private static void byResend(TestHub hub) throws Exception {
    String body = new String(Payload.bytes("resend/email.bounced.json"), UTF_8);
    long now = Instant.now().getEpochSecond();
    assertTaken(
        hub.post(
            "/api/webhooks/resend",
            body,
            "Content-Type",
            "application/json",
            "svix-id",
            "msg_2Kk",
            "svix-timestamp",
            Long.toString(now),
            "svix-signature",
            new Webhook(RESEND_SECRET).sign("msg_2Kk", now, body)));
  }

  private static void byPostmark(TestHub hub) {
    assertTaken(
        hub.send(
            "POST",
            "/api/webhooks/postmark",
            Payload.bytes("postmark/bounce.json"),
            "Content-Type",
            "application/json",
            "Authorization",
            "Basic " + Base64.getEncoder().encodeToString(POSTMARK_SECRET.getBytes(UTF_8))));
  }

  /** As the source stores it: only Amazon can sign for its own certificate. */
  private static void bySes(TestHub hub) {
    hub.append(
        "ses", "m1", "Notification", null, new String(Payload.bytes("ses/complaint.json"), UTF_8));
  }

  private static void assertTaken(HttpResponse<String> answer) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
  }

  private static String listed(TestHub hub) {
    StringBuilder all = new StringBuilder();
    for (JsonNode one : hub.json("/api/admin/suppressions").get("suppressions")) {
      all.append(one.get("address").asText())
          .append(' ')
          .append(one.get("reason").asText())
          .append(' ')
          .append(one.get("provider").asText())
          .append('\n');
    }
    return all.toString();
  }

  private static HttpResponse<String> remove(TestHub hub, String address, String key) {
    return hub.send(
        "DELETE",
        "/api/admin/suppressions/" + address,
        new byte[0],
        "Authorization",
        "Bearer " + key);
  }

  private static String note(TestHub hub, String id) {
    return hub.json("/api/admin/events/" + id).at("/handlers/0/attempts/0").toString();
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void who_bounced_for_good_or_complained_gets_no_more_email(Store store) throws Exception {
    TestHub hub = emptied(store);
    bySendgrid(hub);
    byResend(hub);
    byPostmark(hub);
    bySes(hub);
    await()
        .untilAsserted(
            () ->
                assertThat(listed(hub).lines())
                    .as("full@example.com refused for now only")
                    .containsExactlyInAnyOrder(
                        "gone@example.com bounce sendgrid",
                        "cross@example.com complaint sendgrid",
                        "moved@example.com bounce resend",
                        "typo@example.com bounce postmark",
                        "angry@example.com complaint ses"));

    String some =
        EmailHub.queue(
            hub,
            "{\"to\":[\"GONE@example.com\",\"full@example.com\",\"angry@example.com\"],\"subject\":\"Hi\",\"html\":\"<p>Hi</p>\"}");
    EmailHub.awaitStatus(hub, some, "done 1");
    String none = EmailHub.queue(hub, EmailHub.mail("Typo@example.com"));
    EmailHub.awaitStatus(hub, none, "done 1");

    assertThat(server.deliveries).hasSize(1);
    assertThat(server.deliveries.get(0).recipients()).containsExactly("full@example.com");
    assertThat(server.deliveries.get(0).raw()).doesNotContainIgnoringCase("gone@example.com");
    assertThat(note(hub, some)).contains("2 of 3 recipients left out");
    assertThat(note(hub, none)).contains("nothing was sent");
    assertThat(hub.manage("/observe/metrics").body())
        .containsPattern("hub_email_suppressed_total(\\{.*})? 3\\.0");
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void an_address_that_an_operator_takes_off_the_list_gets_email_again(Store store) {
    TestHub hub = emptied(store);
    byPostmark(hub);
    await().untilAsserted(() -> assertThat(listed(hub)).contains("typo@example.com"));
    String id = EmailHub.queue(hub, EmailHub.mail("typo@example.com"));
    EmailHub.awaitStatus(hub, id, "done 1");

    assertThat(remove(hub, "typo@example.com", TestHub.API_KEY).statusCode()).isEqualTo(403);
    assertThat(remove(hub, "typo%40example.com", TestHub.ADMIN_KEY).statusCode()).isEqualTo(204);
    HttpResponse<String> again = remove(hub, "typo@example.com", TestHub.ADMIN_KEY);
    assertThat(again.statusCode()).isEqualTo(404);
    assertThat(again.body()).contains("urn:hub:problem:suppression-unknown");
    assertThat(listed(hub)).isEmpty();
    assertThat(hub.query("SELECT removed_by FROM suppression")).isPresent();

    // The same bounce again, under another id of the provider's.
    String repeated =
        hub.append("postmark", "m2", "Bounce", null, Payload.of("postmark/bounce.json").text());
    EmailHub.awaitStatus(hub, repeated, "done 1");
    assertThat(listed(hub)).as("it bounced before the operator's word").isEmpty();

    // What was held back goes out by a replay.
    assertThat(hub.operate("/api/admin/events/" + id + "/replay", "").statusCode()).isEqualTo(202);
    await().untilAsserted(() -> assertThat(server.deliveries).hasSize(1));
  }
}
