package hub.webhook.verify;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RejectionReasonTest {

  @Test
  void codes_and_statuses_are_those_of_the_reference() {
    assertThat(
            Stream.of(RejectionReason.values())
                .map(rejectionReason -> rejectionReason.code() + " " + rejectionReason.status())
                .collect(Collectors.joining("\n")))
        .isEqualTo(
            """
            signature-missing 400
            signature-malformed 400
            signature-mismatch 400
            timestamp-too-old 400
            timestamp-in-future 400
            payload-invalid 400
            event-id-missing 400
            payload-too-large 413
            rate-limited 429
            source-unknown 404
            not-configured 503
            keys-unavailable 503
            store-unavailable 503""");
  }

  @ParameterizedTest
  @EnumSource
  void each_says_what_to_do_in_one_sentence(RejectionReason rejectionReason) {
    assertThat(rejectionReason.remedy()).matches("[A-Z].*[^.]\\.").doesNotContain("\n");
  }

  @Test
  void a_refusal_is_cheap_and_says_why() {
    WebhookRejectedException webhookRejected =
        new WebhookRejectedException(RejectionReason.PAYLOAD_INVALID, "the body is not JSON");
    assertThat(webhookRejected.getStackTrace()).isEmpty();
    assertThat(webhookRejected).hasMessage("payload-invalid: the body is not JSON");
    assertThat(webhookRejected.detail()).isEqualTo("the body is not JSON");
  }
}
