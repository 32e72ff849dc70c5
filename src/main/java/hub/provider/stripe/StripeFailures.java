package hub.provider.stripe;

import com.stripe.exception.ApiConnectionException;
import com.stripe.exception.StripeException;
import com.stripe.model.StripeError;
import com.stripe.net.HttpHeaders;
import hub.call.http.RetryAfter;
import hub.call.policy.CallFailure;
import hub.call.policy.CallOutcome;
import hub.call.policy.ExceptionReader;
import hub.http.HeaderNames;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Reads the exceptions of stripe-java. */
public final class StripeFailures implements ExceptionReader {
  /** Codes for "another request holds a lock on the object, or on this idempotency key". */
  private static final Set<String> BUSY = Set.of("lock_timeout", "idempotency_key_in_use");

  private static final int MAX_MESSAGE = 300;

  private final Clock clock;

  public StripeFailures(Clock clock) {
    this.clock = clock;
  }

  @Override
  public Optional<CallFailure> read(Throwable error) {
    // A connection failure is classified by its cause.
    return error instanceof StripeException known && !(error instanceof ApiConnectionException)
        ? Optional.of(failure(known))
        : Optional.empty();
  }

  private CallFailure failure(StripeException error) {
    int status = error.getStatusCode() == null ? 0 : error.getStatusCode();
    if (status >= 200 && status < 300) {
      // 2xx: no retry, it would repeat the effect. The exception's message is the whole response;
      // drop it.
      return new CallFailure(
          CallOutcome.FAILED, status, "", "its answer is not Stripe's JSON", Optional.empty());
    }
    StripeError said = error.getStripeError();
    String code = code(said);
    Optional<HttpHeaders> headers = headers(said);
    CallFailure callFailure =
        CallFailure.ofStatus(status, code, message(status, said), retryAfter(headers));
    Optional<String> advice = headers.flatMap(known -> known.firstValue("Stripe-Should-Retry"));
    if (advice.filter("false"::equals).isPresent()
        && callFailure.outcome() != CallOutcome.REJECTED) {
      return new CallFailure(
          CallOutcome.FAILED, status, code, callFailure.message(), callFailure.retryAfter());
    }
    boolean shouldRetry =
        status < 500 && status != 429 && advice.filter("true"::equals).isPresent();
    return BUSY.contains(code) || shouldRetry
        ? new CallFailure(
            CallOutcome.BUSY, status, code, callFailure.message(), callFailure.retryAfter())
        : callFailure;
  }

  private static String code(StripeError said) {
    return said == null
        ? ""
        : Stream.of(said.getCode(), said.getType())
            .filter(word -> word != null && !word.isBlank())
            .findFirst()
            .orElse("");
  }

  private static Optional<HttpHeaders> headers(StripeError said) {
    return Optional.ofNullable(said)
        .map(StripeError::getLastResponse)
        .map(response -> response.headers());
  }

  private Optional<Duration> retryAfter(Optional<HttpHeaders> headers) {
    return headers
        .flatMap(known -> known.firstValue(HeaderNames.RETRY_AFTER))
        .flatMap(value -> RetryAfter.parse(value, clock.instant()));
  }

  private static String message(int status, StripeError said) {
    String text = said == null || said.getMessage() == null ? "HTTP " + status : said.getMessage();
    String safe = printable(text);
    return switch (status) {
      case 401 ->
          "Stripe does not know the key in STRIPE_SECRET_KEY (or in the variable that the route"
              + " names as apiKey).";
      case 403 -> "The key in STRIPE_SECRET_KEY may not do this: " + safe;
      default ->
          said == null || said.getDeclineCode() == null
              ? safe
              : safe + " (" + printable(said.getDeclineCode()) + ")";
    };
  }

  /** One line without keys, for logs and responses. */
  private static String printable(String text) {
    String line =
        text.replaceAll("\\p{Cntrl}+", " ").replaceAll("\\b(sk|rk|pk|whsec)_[\\w*.…-]+", "(key)");
    return line.substring(0, Math.min(line.length(), MAX_MESSAGE));
  }
}
