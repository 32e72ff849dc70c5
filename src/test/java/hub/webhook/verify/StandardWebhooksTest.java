package hub.webhook.verify;

import static hub.webhook.verify.Refusals.assertRefused;
import static hub.webhook.verify.Sender.CLOCK;
import static hub.webhook.verify.Sender.ID;
import static hub.webhook.verify.Sender.NOW;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.http.HttpHeaders;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StandardWebhooksTest {
  private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  private static final String BODY = "{\"test\": 2432232314}";
  private static final String WRONG = "v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc=";

  private final SignatureVerifier verifier = Sender.STANDARD.verifier(SECRET);
  private final Sent sent = Sender.STANDARD.send(SECRET, NOW, BODY);
  private final String right = sent.header("webhook-signature");

  @Test
  void the_example_of_the_reference_libraries_is_believed() throws WebhookRejectedException {
    Instant signed = Instant.ofEpochSecond(1614265330);
    VerifiedRequest verifiedRequest =
        Shipped.SCHEMES
            .of(
                SchemeOptions.of("standard-webhooks"),
                List.of(SECRET),
                Clock.fixed(signed, ZoneOffset.UTC))
            .verify(
                Sent.of(BODY)
                    .with("webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek")
                    .with("webhook-timestamp", "1614265330")
                    .with("webhook-signature", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
                    .request());
    assertThat(verifiedRequest.timestamp()).hasValue(signed);
  }

  @Test
  void either_family_of_headers_is_believed() throws WebhookRejectedException {
    assertThat(verifier.verify(sent.request()).timestamp()).hasValue(NOW);
    Sent svix = Sender.SVIX.send(SECRET, NOW, BODY);
    assertThat(verifier.verify(svix.request()).timestamp()).hasValue(NOW);
  }

  @Test
  void the_secret_may_lack_its_prefix_and_padding() throws WebhookRejectedException {
    String key = "YSBzdGFuZGFyZCB3ZWJob29rcyBrZXkuLg==";
    Sent signed = Sender.STANDARD.send("whsec_" + key, NOW, BODY);
    for (String secret : List.of(key, key.replace("=", ""), "whsec_" + key.replace("=", ""))) {
      assertThat(Sender.STANDARD.verifier(secret).verify(signed.request())).isNotNull();
    }
  }

  @Test
  void any_v1_of_the_list_matches_and_other_versions_are_passed_over()
      throws WebhookRejectedException {
    for (String list :
        List.of(
            WRONG + " " + right,
            right + " " + WRONG,
            "v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXwVLPo3mNl8EM=  "
                + right,
            "v1,§ " + right)) {
      assertThat(verifier.verify(sent.with("webhook-signature", list).request())).isNotNull();
    }
  }

  @Test
  void without_a_v1_it_is_malformed() {
    for (String list :
        List.of(right.replace("v1,", "v1a,"), right.substring(3), "v1", "v1,", "V1,AA")) {
      assertRefused(
          verifier, sent.with("webhook-signature", list), RejectionReason.SIGNATURE_MALFORMED);
    }
  }

  @Test
  void a_changed_id_or_time_is_a_mismatch() {
    assertRefused(verifier, sent.with("webhook-id", "msg_2"), RejectionReason.SIGNATURE_MISMATCH);
    String later = Long.toString(NOW.getEpochSecond() + 1);
    assertRefused(
        verifier, sent.with("webhook-timestamp", later), RejectionReason.SIGNATURE_MISMATCH);
  }

  @Test
  void a_set_of_headers_is_not_made_up_from_two_families() {
    Sent mixed = sent.without("webhook-id").with("svix-id", ID);
    assertRefused(verifier, mixed, RejectionReason.SIGNATURE_MISSING);
  }

  @Test
  void the_webhook_family_goes_first_when_both_are_complete() throws WebhookRejectedException {
    Sent both =
        sent.with("svix-id", ID).with("svix-timestamp", "1").with("svix-signature", "v1,AA");
    assertThat(verifier.verify(both.request()).timestamp()).hasValue(NOW);
  }

  @Test
  void an_unsigned_id_beside_the_signed_one_is_malformed() {
    Sent led = Sender.SVIX.send(SECRET, NOW, BODY).with("webhook-id", "msg_made_up");
    assertRefused(verifier, led, RejectionReason.SIGNATURE_MALFORMED);
  }

  @Test
  void a_secret_that_is_not_base64_is_told_by_its_place() {
    for (String bad : List.of("whsec_§geheim", "whsk_geheim", "A", "whsec_A===")) {
      assertThatThrownBy(
              () ->
                  Shipped.SCHEMES.of(
                      SchemeOptions.of("standard-webhooks"), List.of(SECRET, bad), CLOCK))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              "secrets: number 2 of 2 is not base64 after an optional whsec_;"
                  + " copy it again from the sender's settings");
    }
  }

  @Test
  void the_reference_library_believes_the_same_request() throws Exception {
    var reference = new com.standardwebhooks.Webhook(SECRET);
    String time = Long.toString(Instant.now().getEpochSecond());
    String signature = Sender.standard(SECRET, Long.parseLong(time), BODY.getBytes(UTF_8));
    var headers =
        HttpHeaders.of(
            Map.of(
                "webhook-id", List.of(ID),
                "webhook-timestamp", List.of(time),
                "webhook-signature", List.of(WRONG + " " + signature)),
            (name, value) -> true);
    reference.verify(BODY, headers);
    VerifiedRequest ours =
        Shipped.SCHEMES
            .of(SchemeOptions.of("standard-webhooks"), List.of(SECRET), Clock.systemUTC())
            .verify(new SignedRequest(headers::allValues, BODY.getBytes(UTF_8)));
    assertThat(ours.secretId()).isEqualTo(WebhookSecrets.fingerprint(SECRET));
  }
}
