package hub.webhook.verify;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Locale;

/**
 * The time a sender signed.
 *
 * @param text as sent, because the signature covers this text
 */
record SignedTime(String text, Instant instant) {

  /** How a sender may write the time. */
  enum Unit {
    SECONDS("unix seconds"),
    MILLIS("unix milliseconds"),
    ISO8601("an ISO 8601 time with an offset");

    static final List<String> NAMES = List.of("seconds", "millis", "iso8601");

    private final String description;

    Unit(String description) {
      this.description = description;
    }

    /** The unit of this name; seconds when it is empty. */
    static Unit named(String name) {
      return name.isEmpty() ? SECONDS : valueOf(name.toUpperCase(Locale.ROOT));
    }

    private String write(Instant time) {
      return switch (this) {
        case SECONDS -> Long.toString(time.getEpochSecond());
        case MILLIS -> Long.toString(time.toEpochMilli());
        case ISO8601 -> time.toString();
      };
    }

    private Instant read(String text) {
      return switch (this) {
        case SECONDS -> Instant.ofEpochSecond(number(text));
        case MILLIS -> Instant.ofEpochMilli(number(text));
        case ISO8601 -> OffsetDateTime.parse(text).toInstant();
      };
    }

    /** Parses ASCII digits only: no sign, space or other letter. */
    private static long number(String text) {
      if (text.isEmpty() || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
        throw new NumberFormatException("not digits alone");
      }
      return Long.parseLong(text);
    }
  }

  static SignedTime of(Instant instant, String unit) {
    return new SignedTime(Unit.named(unit).write(instant), instant);
  }

  /**
   * Reads a time.
   *
   * @param place where the time is, for the message
   * @throws WebhookRejectedException {@link RejectionReason#SIGNATURE_MALFORMED} when it is not in
   *     this unit, or too large
   */
  static SignedTime parse(String place, String text, Unit unit) throws WebhookRejectedException {
    try {
      return new SignedTime(text, unit.read(text));
    } catch (NumberFormatException | DateTimeException e) {
      throw new WebhookRejectedException(
          RejectionReason.SIGNATURE_MALFORMED,
          "the timestamp in " + place + " is not " + unit.description);
    }
  }
}
