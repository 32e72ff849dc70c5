package hub.call.policy;

import hub.call.http.RetryAfter;
import hub.http.problem.Problem;
import hub.http.problem.ProblemException;
import hub.inbox.PermanentFailure;
import java.time.Duration;
import java.util.Optional;

/** A call to a provider failed; carries the answer for whoever waits for it. */
public final class CallFailedException extends ProblemException implements PermanentFailure {
  private static final long serialVersionUID = 1L;

  private final String provider;
  private final transient CallFailure callFailure;
  private final boolean failedBefore;

  public CallFailedException(String provider, CallFailure callFailure, Throwable cause) {
    this(provider, callFailure, cause, false);
  }

  /**
   * @param failedBefore whether attempts of the same call failed before the provider was not to be
   *     asked any more; then {@code failure} says how
   */
  CallFailedException(
      String provider, CallFailure callFailure, Throwable cause, boolean failedBefore) {
    super(problem(provider, callFailure), cause);
    this.provider = provider;
    this.callFailure = callFailure;
    this.failedBefore = failedBefore;
  }

  public String provider() {
    return provider;
  }

  public CallFailure failure() {
    return callFailure;
  }

  /** Whether the provider refused what it was asked, and not the hub's key, which may be mended. */
  @Override
  public boolean isFinal() {
    return callFailure.verdict() == CallOutcome.REJECTED
        && callFailure.status() != 401
        && callFailure.status() != 403;
  }

  /** As long as the breaker or the provider says; at most a day, see {@link RetryAfter}. */
  @Override
  public Optional<Duration> postponedFor() {
    return callFailure.isPause() ? callFailure.retryAfter() : Optional.empty();
  }

  @Override
  public boolean hasFailedBefore() {
    return failedBefore;
  }

  @Override
  public String party() {
    return provider;
  }

  private static Problem problem(String provider, CallFailure callFailure) {
    Problem problem =
        switch (callFailure.verdict()) {
          case REJECTED, RATE_LIMITED ->
              Problem.of(
                  kept(callFailure.status()),
                  "provider-rejected",
                  provider + " refused: " + word(callFailure) + callFailure.message());
          case TIMEOUT ->
              Problem.of(
                  504,
                  "provider-timeout",
                  provider
                      + " took too long; the same request with the same Idempotency-Key may be sent again.");
          default ->
              Problem.of(
                  503,
                  "provider-unavailable",
                  provider + " cannot serve: " + callFailure.message());
        };
    if (!callFailure.code().isEmpty()) {
      problem = problem.code(callFailure.code());
    }
    return callFailure.retryAfter().isPresent()
        ? problem.retryAfter(seconds(callFailure.retryAfter().get()))
        : problem;
  }

  private static String word(CallFailure callFailure) {
    return callFailure.code().isEmpty() ? "" : callFailure.code() + ": ";
  }

  /** Its class is kept; 401 and 403 are about the hub's key, not about the caller's. */
  private static int kept(int status) {
    return switch (status) {
      case 402, 404, 409, 429 -> status;
      default -> 400;
    };
  }

  private static int seconds(Duration wait) {
    return (int) Math.max(1, Math.min(Integer.MAX_VALUE, (wait.toMillis() + 999) / 1000));
  }
}
