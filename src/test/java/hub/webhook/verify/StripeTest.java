package hub.webhook.verify;

import static hub.webhook.verify.Refusals.assertRefused;
import static hub.webhook.verify.Sender.CLOCK;
import static hub.webhook.verify.Sender.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StripeTest {
  private static final String HEADER = "Stripe-Signature";
  private static final String SECRET = "whsec_5WbX5kEWLlfzsGNjH64I8lOOqUB6e8FH";
  private static final String BODY = "{\"id\":\"evt_1\",\"type\":\"invoice.paid\"}";
  private static final String WRONG = "0".repeat(64);

  private final SignatureVerifier verifier = Sender.STRIPE.verifier(SECRET);
  private final Sent sent = Sender.STRIPE.send(SECRET, NOW, BODY);
  private final String time = "t=" + NOW.getEpochSecond();
  private final String right = sent.header(HEADER).substring(time.length() + ",v1=".length());

  @Test
  void any_of_several_v1_matches() throws WebhookRejectedException {
    for (String header :
        List.of(
            time + ",v1=" + right + ",v1=" + WRONG,
            time + ",v1=" + WRONG + ",v1=" + right,
            time + ",v1=" + WRONG + ",v1=" + right + ",v1=" + WRONG,
            time + ",v1=not-hex,v1=" + right,
            "v1=" + right + "," + time)) {
      assertThat(verifier.verify(sent.with(HEADER, header).request()).timestamp()).hasValue(NOW);
    }
  }

  @Test
  void other_keys_and_spaces_are_passed_over() throws WebhookRejectedException {
    String header = " " + time + " , v1 = " + right + " ,v0=" + WRONG + ",v2=§,,x, T=1";
    assertThat(verifier.verify(sent.with(HEADER, header).request())).isNotNull();
  }

  @Test
  void upper_case_hex_matches() throws WebhookRejectedException {
    String header = time + ",v1=" + right.toUpperCase(Locale.ROOT);
    assertThat(verifier.verify(sent.with(HEADER, header).request())).isNotNull();
  }

  @Test
  void the_test_signature_v0_proves_nothing() {
    assertRefused(
        verifier, sent.with(HEADER, time + ",v0=" + right), RejectionReason.SIGNATURE_MALFORMED);
    assertRefused(
        verifier,
        sent.with(HEADER, time + ",v1=" + WRONG + ",v0=" + right),
        RejectionReason.SIGNATURE_MISMATCH);
  }

  @Test
  void without_t_or_with_two_it_is_malformed() {
    assertRefused(verifier, sent.with(HEADER, "v1=" + right), RejectionReason.SIGNATURE_MALFORMED);
    assertRefused(
        verifier,
        sent.with(HEADER, time + "," + time + ",v1=" + right),
        RejectionReason.SIGNATURE_MALFORMED);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "soon",
        "-1",
        "+1768478400",
        "1768478400.5",
        "0x10",
        "1e9",
        "١٧٦٨٤٧٨٤٠٠",
        "9223372036854775807",
        "9223372036854775808",
        "99999999999999999999999999"
      })
  void a_time_that_is_not_unix_seconds_is_malformed(String t) {
    assertRefused(
        verifier,
        sent.with(HEADER, "t=" + t + ",v1=" + right),
        RejectionReason.SIGNATURE_MALFORMED);
  }

  @Test
  void a_changed_time_is_a_mismatch() {
    String header = "t=" + (NOW.getEpochSecond() + 1) + ",v1=" + right;
    assertRefused(verifier, sent.with(HEADER, header), RejectionReason.SIGNATURE_MISMATCH);
  }

  @Test
  void milliseconds_lie_in_the_future() {
    Sent millis = Sender.STRIPE.send(SECRET, NOW.plusSeconds(1_000_000_000_000L), BODY);
    assertRefused(verifier, millis, RejectionReason.TIMESTAMP_IN_FUTURE);
  }

  @Test
  void hex_that_is_none_is_malformed() {
    for (String bad : List.of("", "zz", "abc", right + "0", right.replace(right.charAt(0), 'g'))) {
      assertRefused(
          verifier, sent.with(HEADER, time + ",v1=" + bad), RejectionReason.SIGNATURE_MALFORMED);
    }
  }

  @Test
  void a_signature_of_another_length_is_a_mismatch() {
    for (String other : List.of("00", right.substring(2), right + "00", right + right)) {
      assertRefused(
          verifier, sent.with(HEADER, time + ",v1=" + other), RejectionReason.SIGNATURE_MISMATCH);
    }
  }

  @Test
  void the_secret_is_used_as_it_is_with_its_whsec() {
    String stripped = SECRET.substring("whsec_".length());
    assertRefused(Sender.STRIPE.verifier(stripped), sent, RejectionReason.SIGNATURE_MISMATCH);
  }

  @Test
  void fractions_of_our_second_do_not_count() throws WebhookRejectedException {
    Clock late = Clock.fixed(NOW.plusMillis(999), ZoneOffset.UTC);
    SignatureVerifier verifier =
        Shipped.SCHEMES.of(SchemeOptions.of("stripe"), List.of(SECRET), late);
    Sent old = Sender.STRIPE.send(SECRET, NOW.minusSeconds(300), BODY);
    assertThat(verifier.verify(old.request())).isNotNull();
  }

  @Test
  void the_tolerance_can_be_set() throws WebhookRejectedException {
    SchemeOptions options = SchemeOptions.of("stripe").with("toleranceSeconds", 1);
    SignatureVerifier strict = Shipped.SCHEMES.of(options, List.of(SECRET), CLOCK);
    for (int seconds : new int[] {-1, 0, 1}) {
      Sent fresh = Sender.STRIPE.send(SECRET, NOW.plusSeconds(seconds), BODY);
      assertThat(strict.verify(fresh.request())).isNotNull();
    }
    assertRefused(
        strict,
        Sender.STRIPE.send(SECRET, NOW.minusSeconds(2), BODY),
        RejectionReason.TIMESTAMP_TOO_OLD);
    assertRefused(
        strict,
        Sender.STRIPE.send(SECRET, NOW.plusSeconds(2), BODY),
        RejectionReason.TIMESTAMP_IN_FUTURE);
  }

  @Test
  void the_largest_tolerance_does_not_overflow() throws WebhookRejectedException {
    SchemeOptions options = SchemeOptions.of("stripe").with("toleranceSeconds", Long.MAX_VALUE);
    Sent old = Sender.STRIPE.send(SECRET, NOW.minusSeconds(1_000_000_000), BODY);
    assertThat(Shipped.SCHEMES.of(options, List.of(SECRET), CLOCK).verify(old.request()))
        .isNotNull();
  }

  @Test
  void malformed_comes_before_everything_else() {
    Sent stale = Sender.STRIPE.send("another", NOW.minusSeconds(9999), BODY);
    String signature = stale.header(HEADER).replace("t=", "t=x");
    assertRefused(verifier, stale.with(HEADER, signature), RejectionReason.SIGNATURE_MALFORMED);
  }
}
