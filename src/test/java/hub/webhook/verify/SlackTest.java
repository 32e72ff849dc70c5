package hub.webhook.verify;

import static hub.webhook.verify.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Uses the request that Slack publishes as an example.
 *
 * @see <a href="https://docs.slack.dev/authentication/verifying-requests-from-slack">Slack:
 *     verifying requests</a>
 */
class SlackTest {
  private static final String SECRET = "8f742231b10e8888abcd99yyyzzz85a5";
  private static final Instant SIGNED = Instant.ofEpochSecond(1531420618);
  private static final String SIGNATURE =
      "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503";
  private static final String BODY =
      "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow"
          + "&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner"
          + "&command=%2Fwebhook-collect&text="
          + "&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554"
          + "%2F96rGlfmibIGlgcZRskXaIFfN"
          + "&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c";

  private final SignatureVerifier verifier =
      Shipped.SCHEMES.of(
          SchemeOptions.of("slack"), List.of(SECRET), Clock.fixed(SIGNED, ZoneOffset.UTC));
  private final Sent sent =
      Sent.of(BODY)
          .with("X-Slack-Request-Timestamp", "1531420618")
          .with("X-Slack-Signature", SIGNATURE);

  @Test
  void the_published_example_is_believed() throws WebhookRejectedException {
    assertThat(verifier.verify(sent.request()).timestamp()).hasValue(SIGNED);
  }

  @Test
  void a_changed_time_is_a_mismatch() {
    assertRefused(
        verifier,
        sent.with("X-Slack-Request-Timestamp", "1531420619"),
        RejectionReason.SIGNATURE_MISMATCH);
  }

  @Test
  void another_version_is_malformed() {
    assertRefused(
        verifier,
        sent.with("X-Slack-Signature", SIGNATURE.replace("v0=", "v1=")),
        RejectionReason.SIGNATURE_MALFORMED);
  }

  @Test
  void a_time_that_is_none_is_malformed() {
    assertRefused(
        verifier,
        sent.with("X-Slack-Request-Timestamp", "now"),
        RejectionReason.SIGNATURE_MALFORMED);
  }
}
