package hub.call.http;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

/** The header {@code Retry-After} of RFC 9110: seconds, or a date. */
public final class RetryAfter {
  /** What is longer than a day is a mistake, or as good as never. */
  private static final Duration LONGEST = Duration.ofDays(1);

  /** Of a number that fits. */
  private static final int MOST_DIGITS = 18;

  private RetryAfter() {}

  /**
   * Reads the header's value, seconds or a date.
   *
   * @return from nothing to a day; empty when the value cannot be read
   */
  public static Optional<Duration> parse(String value, Instant now) {
    String text = value.strip();
    try {
      Duration wait =
          text.matches("\\d+")
              ? Duration.ofSeconds(
                  text.length() > MOST_DIGITS ? Long.MAX_VALUE : Long.parseLong(text))
              : Duration.between(
                  now, ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant());
      return Optional.of(clamp(wait));
    } catch (DateTimeException | ArithmeticException e) {
      return Optional.empty();
    }
  }

  private static Duration clamp(Duration wait) {
    if (wait.isNegative()) {
      return Duration.ZERO;
    }
    return wait.compareTo(LONGEST) > 0 ? LONGEST : wait;
  }
}
