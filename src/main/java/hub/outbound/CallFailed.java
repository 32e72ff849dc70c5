package hub.outbound;

import hub.inbox.Refusal;
import hub.problem.Problem;
import hub.problem.ProblemException;
import java.time.Duration;
import java.util.Optional;

/** A call to a provider failed; carries the answer for whoever waits for it. */
public final class CallFailed extends ProblemException implements Refusal {
  private static final long serialVersionUID = 1L;

  private final String provider;
  private final transient Failure failure;
  private final boolean failedBefore;

  public CallFailed(String provider, Failure failure, Throwable cause) {
    this(provider, failure, cause, false);
  }

  /**
   * @param failedBefore whether attempts of the same call failed before the provider was not to be
   *     asked any more; then {@code failure} says how
   */
  CallFailed(String provider, Failure failure, Throwable cause, boolean failedBefore) {
    super(problem(provider, failure), cause);
    this.provider = provider;
    this.failure = failure;
    this.failedBefore = failedBefore;
  }

  public String provider() {
    return provider;
  }

  public Failure failure() {
    return failure;
  }

  /** Whether the provider refused what it was asked, and not the hub's key, which may be mended. */
  @Override
  public boolean isFinal() {
    return failure.verdict() == Verdict.REJECTED
        && failure.status() != 401
        && failure.status() != 403;
  }

  /** As long as the breaker or the provider says; at most a day, see {@link RetryAfter}. */
  @Override
  public Optional<Duration> postponedFor() {
    return failure.isPause() ? failure.retryAfter() : Optional.empty();
  }

  @Override
  public boolean hasFailedBefore() {
    return failedBefore;
  }

  @Override
  public String party() {
    return provider;
  }

  private static Problem problem(String provider, Failure failure) {
    Problem problem =
        switch (failure.verdict()) {
          case REJECTED, RATE_LIMITED ->
              Problem.of(
                  kept(failure.status()),
                  "provider-rejected",
                  provider + " refused: " + word(failure) + failure.message());
          case TIMEOUT ->
              Problem.of(
                  504,
                  "provider-timeout",
                  provider
                      + " took too long; the same request with the same Idempotency-Key may be sent again.");
          default ->
              Problem.of(
                  503, "provider-unavailable", provider + " cannot serve: " + failure.message());
        };
    if (!failure.code().isEmpty()) {
      problem = problem.code(failure.code());
    }
    return failure.retryAfter().isPresent()
        ? problem.retryAfter(seconds(failure.retryAfter().get()))
        : problem;
  }

  private static String word(Failure failure) {
    return failure.code().isEmpty() ? "" : failure.code() + ": ";
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
