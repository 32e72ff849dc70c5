package hub.provider.stripe;

import static org.assertj.core.api.Assertions.assertThat;

import com.stripe.exception.ApiConnectionException;
import com.stripe.exception.ApiException;
import com.stripe.exception.AuthenticationException;
import com.stripe.exception.CardException;
import com.stripe.exception.StripeException;
import com.stripe.model.StripeError;
import com.stripe.net.HttpHeaders;
import com.stripe.net.StripeResponse;
import hub.call.policy.CallFailure;
import hub.call.policy.CallOutcome;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StripeFailuresTest {
  private static CallFailure read(StripeException error) {
    return new StripeFailures(Clock.systemUTC()).read(error).orElseThrow();
  }

  private static CallFailure answered(int status, String code, String message, String... headers) {
    StripeError said = new StripeError();
    said.setCode(code);
    said.setMessage(message);
    Map<String, List<String>> sent =
        headers.length == 0 ? Map.of() : Map.of(headers[0], List.of(headers[1]));
    said.setLastResponse(new StripeResponse(status, HttpHeaders.of(sent), "{}"));
    ApiException error = new ApiException(message, "req_1", code, status, null);
    error.setStripeError(said);
    return read(error);
  }

  @Test
  void a_lock_is_busy_whatever_its_status() {
    assertThat(answered(429, "lock_timeout", "m").outcome()).isEqualTo(CallOutcome.BUSY);
    assertThat(answered(409, "idempotency_key_in_use", "m").outcome()).isEqualTo(CallOutcome.BUSY);
    assertThat(answered(400, "x", "m", "Stripe-Should-Retry", "true").outcome())
        .isEqualTo(CallOutcome.BUSY);
    assertThat(answered(400, "x", "m", "Stripe-Should-Retry", "false").outcome())
        .isEqualTo(CallOutcome.REJECTED);
  }

  @Test
  void what_stripe_says_not_to_retry_is_an_outage_and_is_not_repeated() {
    CallFailure callFailure = answered(500, "api_error", "m", "Stripe-Should-Retry", "false");

    assertThat(callFailure.outcome()).isEqualTo(CallOutcome.FAILED);
    assertThat(callFailure.status()).isEqualTo(500);
  }

  @Test
  void a_rate_limit_says_how_long() {
    CallFailure callFailure = answered(429, "rate_limit", "m", "retry-after", "7");

    assertThat(callFailure.outcome()).isEqualTo(CallOutcome.RATE_LIMITED);
    assertThat(callFailure.retryAfter()).contains(Duration.ofSeconds(7));
  }

  @Test
  void a_message_is_one_short_line_without_keys() {
    CallFailure callFailure =
        answered(400, "x", "No\nkey sk_live_abc123, rk_test_**x9 or whsec_q " + "y".repeat(1_000));

    assertThat(callFailure.message())
        .startsWith("No key (key), (key) or (key) y")
        .hasSizeLessThanOrEqualTo(300);
  }

  @Test
  void a_wrong_key_names_its_variable_and_not_itself() {
    StripeError said = new StripeError();
    said.setMessage("Invalid API Key provided: sk_test_abc");
    AuthenticationException error = new AuthenticationException("m", "req_1", null, 401);
    error.setStripeError(said);

    CallFailure callFailure = read(error);

    assertThat(callFailure.outcome()).isEqualTo(CallOutcome.REJECTED);
    assertThat(callFailure.message()).contains("STRIPE_SECRET_KEY").doesNotContain("sk_test");
  }

  @Test
  void a_declined_card_tells_both_of_stripes_words() {
    StripeError said = new StripeError();
    said.setCode("card_declined");
    said.setDeclineCode("lost_card");
    said.setMessage("Your card was declined.");
    CardException error =
        new CardException("m", "req_1", "card_declined", null, "lost_card", null, 402, null);
    error.setStripeError(said);

    assertThat(read(error))
        .isEqualTo(
            new CallFailure(
                CallOutcome.REJECTED,
                402,
                "card_declined",
                "Your card was declined. (lost_card)",
                java.util.Optional.empty()));
  }

  @Test
  void an_answer_that_cannot_be_read_is_an_outage_and_is_not_repeated() {
    CallFailure callFailure =
        read(new ApiException("<html>all of it</html>", null, null, 200, null));

    assertThat(callFailure.outcome()).isEqualTo(CallOutcome.FAILED);
    assertThat(callFailure.message()).doesNotContain("html");
  }

  @Test
  void what_is_not_stripes_is_left_to_others() {
    assertThat(new StripeFailures(Clock.systemUTC()).read(new IOException("x"))).isEmpty();
    assertThat(
            new StripeFailures(Clock.systemUTC())
                .read(new ApiConnectionException("x", new IOException("y"))))
        .as("its cause tells")
        .isEmpty();
  }
}
