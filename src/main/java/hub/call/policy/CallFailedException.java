package hub.call.policy;

import hub.http.problem.Problem;
import hub.http.problem.ProblemException;
import hub.inbox.PermanentFailure;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** A call to a provider failed. Carries the problem to answer the caller with. */
public final class CallFailedException extends ProblemException implements PermanentFailure {
  private static final long serialVersionUID = 1L;

  private final String provider;
  private final transient CallFailure callFailure;
  private final boolean failedBefore;
  private final transient Map<?, ?> answer;

  public CallFailedException(String provider, CallFailure callFailure, Throwable cause) {
    this(provider, callFailure, cause, false);
  }

  /**
   * @param failedBefore whether attempts failed before the circuit breaker opened or the queue was
   *     full; then {@code callFailure} describes those
   */
  CallFailedException(
      String provider, CallFailure callFailure, Throwable cause, boolean failedBefore) {
    this(provider, callFailure, cause, failedBefore, Map.of());
  }

  private CallFailedException(
      String provider,
      CallFailure callFailure,
      Throwable cause,
      boolean failedBefore,
      Map<?, ?> answer) {
    super(problem(provider, callFailure), cause);
    this.provider = provider;
    this.callFailure = callFailure;
    this.failedBefore = failedBefore;
    this.answer = answer;
  }

  /**
   * A failure that the provider has told in JSON.
   *
   * @param answer the body of the response
   */
  public static CallFailedException answered(
      String provider, CallFailure callFailure, Map<?, ?> answer) {
    return new CallFailedException(provider, callFailure, null, false, answer);
  }

  @Override
  public String provider() {
    return provider;
  }

  public CallFailure failure() {
    return callFailure;
  }

  /**
   * The body of the response with which the provider refused, for routes that read more in it than
   * its message; an empty map when that is no JSON object.
   */
  public Map<?, ?> answer() {
    return answer;
  }

  /**
   * Whether the provider rejected the request itself. A rejected API key can be corrected, so 401
   * and 403 are not permanent.
   */
  @Override
  public boolean isPermanent() {
    return callFailure.outcome() == CallOutcome.REJECTED
        && callFailure.status() != 401
        && callFailure.status() != 403;
  }

  /**
   * The pause that the circuit breaker or the provider asks for; at most a day, see {@link
   * hub.call.http.RetryAfter}.
   */
  @Override
  public Optional<Duration> postponedFor() {
    return callFailure.isPause() ? callFailure.retryAfter() : Optional.empty();
  }

  @Override
  public boolean hasFailedBefore() {
    return failedBefore;
  }

  private static Problem problem(String provider, CallFailure callFailure) {
    Problem problem =
        switch (callFailure.outcome()) {
          case REJECTED, RATE_LIMITED ->
              Problem.of(
                  callerStatus(callFailure.status()),
                  "provider-rejected",
                  provider + " refused: " + codePrefix(callFailure) + callFailure.message());
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

  private static String codePrefix(CallFailure callFailure) {
    return callFailure.code().isEmpty() ? "" : callFailure.code() + ": ";
  }

  /**
   * The status for the caller: 402, 404, 409 and 429 as they are, else 400. The provider's 401 and
   * 403 concern the hub's key, not the caller's.
   */
  private static int callerStatus(int status) {
    return switch (status) {
      case 402, 404, 409, 429 -> status;
      default -> 400;
    };
  }

  private static int seconds(Duration wait) {
    return (int) Math.max(1, Math.min(Integer.MAX_VALUE, (wait.toMillis() + 999) / 1000));
  }
}
