package hub.webhook.verify;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Asserts a rejection and its reason. */
final class Refusals {
  private Refusals() {}

  static void assertRefused(
      SignatureVerifier verifier, Sent sent, RejectionReason rejectionReason) {
    assertThatThrownBy(() -> verifier.verify(sent.request()))
        .isExactlyInstanceOf(WebhookRejectedException.class)
        .hasFieldOrPropertyWithValue("reason", rejectionReason);
  }
}
