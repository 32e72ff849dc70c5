package hub.webhook.verify;

import static hub.webhook.verify.Refusals.assertRefused;
import static hub.webhook.verify.Sender.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Base64;
import org.junit.jupiter.api.Test;

class ShopifyTest {
  private static final String HEADER = "X-Shopify-Hmac-Sha256";
  private static final String SECRET = "hush";

  private final SignatureVerifier verifier = Sender.SHOPIFY.verifier(SECRET);
  private final Sent sent = Sender.SHOPIFY.send(SECRET, NOW, "{\"id\":820982911946154508}");
  private final String signature = sent.header(HEADER);

  @Test
  void the_padding_may_be_left_out() throws WebhookRejectedException {
    assertThat(signature).endsWith("=");
    assertThat(verifier.verify(sent.with(HEADER, signature.replace("=", "")).request()))
        .isNotNull();
  }

  @Test
  void text_that_is_not_base64_is_malformed() {
    for (String bad :
        new String[] {"*", "A", signature + "=", "a b=", signature + "," + signature}) {
      assertRefused(verifier, sent.with(HEADER, bad), RejectionReason.SIGNATURE_MALFORMED);
    }
  }

  @Test
  void a_signature_of_another_length_is_a_mismatch() {
    assertRefused(verifier, sent.with(HEADER, "AAAA"), RejectionReason.SIGNATURE_MISMATCH);
    assertRefused(
        verifier, sent.with(HEADER, "AAAA" + signature), RejectionReason.SIGNATURE_MISMATCH);
  }

  @Test
  void hex_of_the_right_bytes_is_a_mismatch() {
    String hex = Sender.hex(Base64.getDecoder().decode(signature));
    assertRefused(verifier, sent.with(HEADER, hex), RejectionReason.SIGNATURE_MISMATCH);
  }
}
