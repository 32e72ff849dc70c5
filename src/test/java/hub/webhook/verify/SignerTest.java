package hub.webhook.verify;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import hub.webhook.OutgoingWebhook;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SignerTest {
  private static final byte[] BODY = "{\"id\":\"evt_1\",\"name\":\"Zoë\"}".getBytes(UTF_8);

  private static Map<String, String> sign(Sender sender, String secret, Instant at) {
    return sign(sender.options(), secret, at);
  }

  private static Map<String, String> sign(SchemeOptions options, String secret, Instant at) {
    OutgoingWebhook message =
        new OutgoingWebhook("https://hub.example/api/webhooks/x", "application/json", BODY);
    try {
      new Signer(
              Shipped.SCHEMES.overriddenBy(options),
              secret,
              Optional.empty(),
              SchemeTools.of(Sender.CLOCK))
          .sign(message, Sender.ID, "order.paid", at);
    } catch (WebhookRejectedException e) {
      throw new AssertionError(e);
    }
    message.headers().remove("Content-Type");
    return message.headers();
  }

  private static Sent sent(Map<String, String> headers) {
    Sent sent = Sent.of(BODY, Map.of());
    for (Map.Entry<String, String> header : headers.entrySet()) {
      sent = sent.with(header.getKey(), header.getValue());
    }
    return sent;
  }

  @ParameterizedTest
  @EnumSource(Sender.class)
  void what_it_signs_is_believed(Sender sender) throws WebhookRejectedException {
    Map<String, String> headers = sign(sender, sender.secret(1), Sender.NOW);

    VerifiedRequest verifiedRequest =
        sender.verifier(sender.secret(2), sender.secret(1)).verify(sent(headers).request());

    assertThat(verifiedRequest.secretId()).isEqualTo(WebhookSecrets.fingerprint(sender.secret(1)));
    assertThat(verifiedRequest.timestamp().isPresent()).isEqualTo(sender.timed);
  }

  @ParameterizedTest
  @EnumSource(Sender.class)
  void what_another_secret_signs_is_not(Sender sender) {
    Map<String, String> headers = sign(sender, sender.secret(1), Sender.NOW);

    Refusals.assertRefused(
        sender.verifier(sender.secret(2)), sent(headers), RejectionReason.SIGNATURE_MISMATCH);
  }

  @ParameterizedTest
  @EnumSource(
      value = Sender.class,
      names = {"STRIPE", "SLACK", "STANDARD", "HMAC"})
  void what_was_signed_long_ago_is_not(Sender sender) {
    Map<String, String> headers =
        sign(sender, sender.secret(1), Sender.NOW.minus(Duration.ofHours(1)));

    Refusals.assertRefused(
        sender.verifier(sender.secret(1)), sent(headers), RejectionReason.TIMESTAMP_TOO_OLD);
  }

  @Test
  void headers_carry_the_id_and_type_where_they_are_read_from_headers() {
    assertThat(sign(Sender.GITHUB, "s", Sender.NOW))
        .containsEntry("X-GitHub-Delivery", Sender.ID)
        .containsEntry("X-GitHub-Event", "order.paid");
    assertThat(sign(Sender.SHOPIFY, "s", Sender.NOW))
        .containsEntry("X-Shopify-Webhook-Id", Sender.ID)
        .containsEntry("X-Shopify-Topic", "order.paid");
    assertThat(sign(Sender.HMAC, "s", Sender.NOW)).containsEntry("X-Shop-Id", Sender.ID);
  }

  @Test
  void who_believes_everybody_gets_no_signature() {
    SchemeOptions open =
        SchemeOptions.of("none").with("unsafe", "true").with("eventId", "header:X-Id");

    assertThat(sign(open, "", Sender.NOW)).containsExactly(Map.entry("X-Id", Sender.ID));
  }
}
