package hub.console;

import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * The beginning of an event's id, as a range of ids, which an index finds.
 *
 * @param first the lowest id that begins so
 * @param last the highest
 */
record IdPrefix(UUID first, UUID last) {
  private static final int HALF = 16;
  private static final int DIGITS = 32;

  /** Eight digits or more, with the hyphens of an id or without any. */
  private static final Pattern FORM =
      Pattern.compile(
          "[0-9a-f]{8}(-([0-9a-f]{0,4}|[0-9a-f]{4}-([0-9a-f]{0,4}|[0-9a-f]{4}-([0-9a-f]{0,4}|[0-9a-f]{4}-[0-9a-f]{0,12}))))?"
              + "|[0-9a-f]{8,32}");

  /** Empty when the text is no beginning of an id, or a shorter one. */
  static Optional<IdPrefix> of(String text) {
    String small = text.toLowerCase(Locale.ROOT);
    if (!FORM.matcher(small).matches()) {
      return Optional.empty();
    }
    String digits = small.replace("-", "");
    return Optional.of(new IdPrefix(filled(digits, "0"), filled(digits, "f")));
  }

  private static UUID filled(String digits, String filler) {
    String whole = digits + filler.repeat(DIGITS - digits.length());
    return new UUID(
        Long.parseUnsignedLong(whole.substring(0, HALF), HALF),
        Long.parseUnsignedLong(whole.substring(HALF), HALF));
  }
}
