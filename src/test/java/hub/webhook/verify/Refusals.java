package hub.webhook.verify;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Asserts a rejection and its reason. */
final class Refusals {
  private Refusals() {}

  static void assertRefused(SignatureVerifier scheme, Sent sent, RejectionReason rejectionReason) {
    assertThatThrownBy(() -> scheme.verify(sent.request()))
        .isExactlyInstanceOf(WebhookRejectedException.class)
        .hasFieldOrPropertyWithValue("reason", rejectionReason);
  }
}
