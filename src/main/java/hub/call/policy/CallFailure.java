package hub.call.policy;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Why an attempt at a call failed.
 *
 * @param status the provider's HTTP or SMTP status; 0 without one; 401 and 403 concern the hub's
 *     own credentials
 * @param code the provider's error code, such as {@code card_declined}; empty without one
 * @param message for people, without secrets
 * @param retryAfter how long to wait before the next call, as the provider or the circuit breaker
 *     says
 */
public record CallFailure(
    CallOutcome outcome, int status, String code, String message, Optional<Duration> retryAfter) {

  /** Redirects. */
  private static final Set<Integer> MOVED = Set.of(301, 302, 303, 307, 308);

  /** The error codes with which Stripe, S3 and Resend report that another request holds a lock. */
  private static final Set<String> LOCK_CODES =
      Set.of(
          "lock_timeout",
          "idempotency_key_in_use",
          "OperationAborted",
          "ConditionalRequestConflict",
          "concurrent_idempotent_requests");

  /** Recognises a lock in the message of a provider without such a code, such as SendGrid. */
  private static final Pattern LOCK_MESSAGE =
      Pattern.compile("(?i)concurrent|in progress|being processed|try again|lock timeout");

  public static CallFailure of(CallOutcome outcome, String message) {
    return new CallFailure(outcome, 0, "", message, Optional.empty());
  }

  /**
   * The failure that an HTTP status means. A redirect counts as rejected: the hub follows none, a
   * retry would get the same answer, and the provider is up.
   *
   * @param code the provider's error code, empty without one; with {@code message} it tells a lock
   *     from other conflicts
   */
  public static CallFailure ofStatus(
      int status, String code, String message, Optional<Duration> retryAfter) {
    CallOutcome outcome =
        switch (status) {
          case 408, 423, 425 -> CallOutcome.BUSY;
          case 409 ->
              retryAfter.isPresent() || isLock(code, message)
                  ? CallOutcome.BUSY
                  : CallOutcome.REJECTED;
          case 429 -> CallOutcome.RATE_LIMITED;
          case 504 -> CallOutcome.TIMEOUT;
          default -> status >= 300 && status < 500 ? CallOutcome.REJECTED : CallOutcome.UNAVAILABLE;
        };
    String text =
        MOVED.contains(status)
            ? "it answers " + status + ": it has moved, set the new address"
            : message;
    return new CallFailure(outcome, status, code, text, retryAfter);
  }

  /**
   * Whether this only postpones the call: an open circuit breaker, or an answer with a {@code
   * Retry-After}. A rejected request stays rejected, whatever time it names.
   */
  boolean isPause() {
    return outcome == CallOutcome.NOT_PERMITTED
        || (outcome != CallOutcome.REJECTED
            && retryAfter.filter(wait -> !wait.isZero()).isPresent());
  }

  private static boolean isLock(String code, String message) {
    return LOCK_CODES.contains(code) || LOCK_MESSAGE.matcher(message).find();
  }
}
