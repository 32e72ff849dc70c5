package hub.inbox;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProofHeadersTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "X-Hub-Signature-256",
        "Authorization",
        "X-Goog-Iap-Jwt-Assertion",
        "Cf-Access-Jwt-Assertion",
        "X-Csrf",
        "X-Access-Key",
        "X-Functions-Key",
        "X-Webhook-Verify",
        "X-Auth",
        "Cookie"
      })
  void what_proves_a_sender_is_masked(String header) {
    assertThat(ProofHeaders.isIn(header)).isTrue();
  }

  /** Some of these headers carry the event's type or id. */
  @ParameterizedTest
  @ValueSource(
      strings = {"X-Event-Key", "X-GitHub-Event", "Idempotency-Key", "X-Author", "Content-Type"})
  void what_tells_of_the_event_is_not(String header) {
    assertThat(ProofHeaders.isIn(header)).isFalse();
  }
}
