package hub.cli;

import java.time.Clock;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads times such as {@code 15m}: so long ago. */
final class TimeAgo {
  private static final Pattern FORM = Pattern.compile("(\\d{1,6})([smhd])");

  private TimeAgo() {}

  /**
   * The time as ISO 8601; any other text as it is, for the hub to judge.
   *
   * @param text seconds, minutes, hours or days before now, or a time; may be null
   */
  static String instant(String text, Clock clock) {
    if (text == null) {
      return null;
    }
    Matcher ago = FORM.matcher(text.strip());
    if (!ago.matches()) {
      return text;
    }
    long number = Long.parseLong(ago.group(1));
    Duration duration =
        switch (ago.group(2)) {
          case "s" -> Duration.ofSeconds(number);
          case "m" -> Duration.ofMinutes(number);
          case "h" -> Duration.ofHours(number);
          default -> Duration.ofDays(number);
        };
    return clock.instant().minus(duration).toString();
  }
}
