package hub.webhook.verify;

import java.time.Clock;
import java.time.Instant;
import java.util.OptionalLong;

/**
 * Accepts a signed time at most {@code toleranceSeconds} before or after now. Compares whole
 * seconds, as senders sign them. Thread-safe.
 */
record TimestampTolerance(Clock clock, long toleranceSeconds) {

  /** What Stripe, Slack and Standard Webhooks recommend. */
  static final long DEFAULT_SECONDS = 300;

  /**
   * The seconds in {@code text}, or the default when it is empty; nothing when it is not a whole
   * number above 0.
   */
  static OptionalLong parseSeconds(String text) {
    if (text.isEmpty()) {
      return OptionalLong.of(DEFAULT_SECONDS);
    }
    try {
      long seconds = Long.parseLong(text);
      return seconds > 0 ? OptionalLong.of(seconds) : OptionalLong.empty();
    } catch (NumberFormatException e) {
      return OptionalLong.empty();
    }
  }

  /**
   * Checks a signed time.
   *
   * @throws WebhookRejectedException {@link RejectionReason#TIMESTAMP_TOO_OLD} or {@link
   *     RejectionReason#TIMESTAMP_IN_FUTURE}
   */
  void check(Instant signed) throws WebhookRejectedException {
    // Cannot overflow: an Instant has 55 bits of seconds.
    long age = clock.instant().getEpochSecond() - signed.getEpochSecond();
    if (age > toleranceSeconds) {
      throw new WebhookRejectedException(
          RejectionReason.TIMESTAMP_TOO_OLD, "signed " + age + " s ago" + limit());
    }
    if (-age > toleranceSeconds) {
      throw new WebhookRejectedException(
          RejectionReason.TIMESTAMP_IN_FUTURE, "signed " + -age + " s ahead" + limit());
    }
  }

  private String limit() {
    return ", at most " + toleranceSeconds + " s are tolerated";
  }
}
