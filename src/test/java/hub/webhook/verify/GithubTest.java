package hub.webhook.verify;

import static hub.webhook.verify.Refusals.assertRefused;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/**
 * Uses the test values that GitHub publishes.
 *
 * @see <a
 *     href="https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries#testing-the-webhook-payload-validation">GitHub:
 *     validating webhook deliveries</a>
 */
class GithubTest {
  private static final String HEADER = "X-Hub-Signature-256";
  private static final String SECRET = "It's a Secret to Everybody";
  private static final String BODY = "Hello, World!";
  private static final String SIGNATURE =
      "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";

  private final SignatureVerifier verifier = Sender.GITHUB.verifier(SECRET);
  private final Sent sent = Sent.of(BODY).with(HEADER, "sha256=" + SIGNATURE);

  @Test
  void the_published_example_is_believed() throws WebhookRejectedException {
    VerifiedRequest verifiedRequest = verifier.verify(sent.request());
    assertThat(verifiedRequest.timestamp()).isEmpty();
  }

  @Test
  void the_sha1_header_is_never_read() {
    String sha1 =
        Sender.hex(Sender.mac("HmacSHA1", SECRET.getBytes(UTF_8), "", BODY.getBytes(UTF_8)));
    Sent old = Sent.of(BODY).with("X-Hub-Signature", "sha1=" + sha1);
    assertRefused(verifier, old, RejectionReason.SIGNATURE_MISSING);
    assertRefused(verifier, old.with(HEADER, "sha1=" + sha1), RejectionReason.SIGNATURE_MALFORMED);
  }

  @Test
  void another_prefix_is_malformed() {
    for (String prefix : new String[] {"", "SHA256=", "sha256:", "sha512="}) {
      assertRefused(
          verifier, sent.with(HEADER, prefix + SIGNATURE), RejectionReason.SIGNATURE_MALFORMED);
    }
    assertRefused(verifier, sent.with(HEADER, "sha256="), RejectionReason.SIGNATURE_MALFORMED);
  }

  @Test
  void headers_that_a_proxy_joined_are_malformed() {
    String joined = "sha256=" + SIGNATURE + ", sha256=" + SIGNATURE;
    assertRefused(verifier, sent.with(HEADER, joined), RejectionReason.SIGNATURE_MALFORMED);
  }

  @Test
  void a_signature_of_another_length_is_a_mismatch() {
    assertRefused(
        verifier,
        sent.with(HEADER, "sha256=" + SIGNATURE.substring(2)),
        RejectionReason.SIGNATURE_MISMATCH);
    assertRefused(
        verifier,
        sent.with(HEADER, "sha256=" + SIGNATURE + "00"),
        RejectionReason.SIGNATURE_MISMATCH);
  }
}
