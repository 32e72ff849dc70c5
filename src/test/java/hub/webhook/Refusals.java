package hub.webhook;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Asserts a refusal by its reason. */
final class Refusals {
  private Refusals() {}

  static void assertRefused(SignatureScheme scheme, Sent sent, Reason reason) {
    assertThatThrownBy(() -> scheme.verify(sent.request()))
        .isExactlyInstanceOf(Rejected.class)
        .hasFieldOrPropertyWithValue("reason", reason);
  }
}
