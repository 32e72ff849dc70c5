package hub.call.http;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

/** Reads the header {@code Retry-After} of RFC 9110: seconds, or a date. */
public final class RetryAfter {
  /** A longer wait is cut to this: it is a mistake, or as good as never. */
  private static final Duration MAX_WAIT = Duration.ofDays(1);

  /** The most digits of a number that fits into a {@code long}. */
  private static final int MAX_DIGITS = 18;

  private RetryAfter() {}

  /**
   * The wait that the header's value asks for.
   *
   * @return from zero to a day; empty when the value cannot be read
   */
  public static Optional<Duration> parse(String value, Instant now) {
    String text = value.strip();
    try {
      Duration wait =
          text.matches("\\d+")
              ? Duration.ofSeconds(
                  text.length() > MAX_DIGITS ? Long.MAX_VALUE : Long.parseLong(text))
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
    return wait.compareTo(MAX_WAIT) > 0 ? MAX_WAIT : wait;
  }
}
