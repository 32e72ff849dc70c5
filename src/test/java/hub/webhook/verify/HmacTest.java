package hub.webhook.verify;

import static hub.webhook.verify.Refusals.assertRefused;
import static hub.webhook.verify.Sender.CLOCK;
import static hub.webhook.verify.Sender.HMAC;
import static hub.webhook.verify.Sender.NOW;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HmacTest {
  private static final SchemeOptions PLAIN =
      SchemeOptions.of("hmac").with("signatureHeader", "X-Signature").with("eventId", "$.id");

  /** Test case 2 of RFC 4231, and of RFC 2202 for SHA-1. */
  @ParameterizedTest
  @CsvSource({
    "sha256, 5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
    "'', 5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
    "sha1, effcdf6ae5eb2fa2d27416d5f184df9c259a7c79",
    "sha512, 164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"
        + "9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737"
  })
  void the_vectors_of_the_rfcs_are_believed(String algorithm, String signature)
      throws WebhookRejectedException {
    SignatureVerifier verifier =
        Shipped.SCHEMES.of(PLAIN.with("algorithm", algorithm), List.of("Jefe"), 1, CLOCK);
    Sent sent = Sent.of("what do ya want for nothing?").with("X-Signature", signature);
    assertThat(verifier.verify(sent.request()).timestamp()).isEmpty();
  }

  @Test
  void the_signature_of_another_algorithm_is_a_mismatch() {
    SignatureVerifier verifier = Shipped.SCHEMES.of(PLAIN, List.of("Jefe"), 1, CLOCK);
    String sha1 = "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79";
    assertRefused(
        verifier,
        Sent.of("what do ya want for nothing?").with("X-Signature", sha1),
        RejectionReason.SIGNATURE_MISMATCH);
  }

  @Test
  void the_signed_time_is_told() throws WebhookRejectedException {
    Sent sent = HMAC.send("key", NOW, "{}");
    assertThat(HMAC.verifier("key").verify(sent.request()))
        .isEqualTo(new VerifiedRequest(WebhookSecrets.fingerprint("key"), Optional.of(NOW)));
  }

  @Test
  void a_changed_id_or_time_is_a_mismatch() {
    Sent sent = HMAC.send("key", NOW, "{}");
    assertRefused(
        HMAC.verifier("key"), sent.with("X-Shop-Id", "other"), RejectionReason.SIGNATURE_MISMATCH);
    String later = Long.toString(NOW.getEpochSecond() + 1);
    assertRefused(
        HMAC.verifier("key"), sent.with("X-Shop-Time", later), RejectionReason.SIGNATURE_MISMATCH);
  }

  @Test
  void the_body_goes_in_as_the_bytes_it_is_wherever_the_template_has_it()
      throws WebhookRejectedException {
    SchemeOptions options = PLAIN.with("signedContent", "<{body}>$1\\ü}{{body}");
    byte[] body = {(byte) 0xFF, '{', 'i', 'd', '}', 0};
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    content.write('<');
    content.writeBytes(body);
    content.writeBytes(">$1\\ü}{".getBytes(UTF_8));
    content.writeBytes(body);
    byte[] signature = Sender.mac("HmacSHA256", "k".getBytes(UTF_8), "", content.toByteArray());

    Sent sent = Sent.of(body, Map.of()).with("X-Signature", Sender.hex(signature));
    assertThat(Shipped.SCHEMES.of(options, List.of("k"), 1, CLOCK).verify(sent.request()))
        .isNotNull();
  }

  @Test
  void the_prefix_must_be_there_as_it_is_written() {
    Sent sent = HMAC.send("key", NOW, "{}");
    String signature = sent.header("X-Shop-Signature");
    for (String bad :
        new String[] {signature.substring(4), "SIG" + signature.substring(3), "sig="}) {
      assertRefused(
          HMAC.verifier("key"),
          sent.with("X-Shop-Signature", bad),
          RejectionReason.SIGNATURE_MALFORMED);
    }
  }
}
