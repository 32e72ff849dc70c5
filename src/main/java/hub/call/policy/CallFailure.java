package hub.call.policy;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What went wrong with an attempt at a call.
 *
 * @param status the provider's HTTP or SMTP status; 0 when there was none; 401 and 403 are about
 *     the hub's own credentials
 * @param code the provider's own word, such as {@code card_declined}; empty when it gave none
 * @param message for a person, without secrets
 * @param retryAfter how long the provider wants to be left alone
 */
public record CallFailure(
    CallOutcome verdict, int status, String code, String message, Optional<Duration> retryAfter) {

  /** Statuses that name another address. */
  private static final Set<Integer> MOVED = Set.of(301, 302, 303, 307, 308);

  /** The words of Stripe, S3 and Resend for "somebody else is at it just now". */
  private static final Set<String> LOCKS =
      Set.of(
          "lock_timeout",
          "idempotency_key_in_use",
          "OperationAborted",
          "ConditionalRequestConflict",
          "concurrent_idempotent_requests");

  /** The same of providers that have no word for it, such as SendGrid. */
  private static final Pattern LOCK =
      Pattern.compile("(?i)concurrent|in progress|being processed|try again|lock timeout");

  public static CallFailure of(CallOutcome callOutcome, String message) {
    return new CallFailure(callOutcome, 0, "", message, Optional.empty());
  }

  /**
   * What an HTTP status says. A redirect is a refusal: nobody follows it, so asking the same
   * address again would be told the same, and a provider that answers so is not away.
   *
   * @param code the provider's own word, empty when there is none; with {@code message} it tells a
   *     lock from other conflicts
   */
  public static CallFailure ofStatus(
      int status, String code, String message, Optional<Duration> retryAfter) {
    CallOutcome callOutcome =
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
    String told =
        MOVED.contains(status)
            ? "it answers " + status + ": it has moved, set the new address"
            : message;
    return new CallFailure(callOutcome, status, code, told, retryAfter);
  }

  /**
   * Whether it only says that the provider is not to be asked for a while: an open breaker, or an
   * answer that names a time. A refusal names none that would help.
   */
  boolean isPause() {
    return verdict == CallOutcome.NOT_PERMITTED
        || (verdict != CallOutcome.REJECTED
            && retryAfter.filter(wait -> !wait.isZero()).isPresent());
  }

  private static boolean isLock(String code, String message) {
    return LOCKS.contains(code) || LOCK.matcher(message).find();
  }
}
