package hub.trial;

import hub.util.Json;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Compares what a test expects with what was. */
final class Match {
  private Match() {}

  /**
   * Whether {@code actual} is as expected: of a map only the expected keys count, a list must agree
   * in length and order, a number may be written as a text.
   */
  static boolean matches(Object expected, Object actual) {
    if (expected instanceof Map<?, ?> wanted) {
      return actual instanceof Map<?, ?> given
          && wanted.entrySet().stream()
              .allMatch(entry -> matches(entry.getValue(), given.get(entry.getKey())));
    }
    if (expected instanceof List<?> wanted) {
      if (!(actual instanceof List<?> given) || wanted.size() != given.size()) {
        return false;
      }
      for (int i = 0; i < wanted.size(); i++) {
        if (!matches(wanted.get(i), given.get(i))) {
          return false;
        }
      }
      return true;
    }
    if (actual instanceof List<?> given && given.size() == 1) {
      return matches(expected, given.get(0));
    }
    if (expected == null || actual == null) {
      return Objects.equals(expected, actual);
    }
    return expected.equals(actual) || sameNumber(expected, actual) || sameText(expected, actual);
  }

  private static boolean sameNumber(Object expected, Object actual) {
    if (!(expected instanceof Number) && !(actual instanceof Number)) {
      return false;
    }
    try {
      return new BigDecimal(expected.toString()).compareTo(new BigDecimal(actual.toString())) == 0;
    } catch (NumberFormatException e) {
      return false;
    }
  }

  private static boolean sameText(Object expected, Object actual) {
    return !(actual instanceof Map) && expected.toString().equals(actual.toString());
  }

  /** For messages: texts as they are, everything else as JSON, cut where it is long. */
  static String shown(Object value) {
    String text =
        value == null
            ? "nothing"
            : value instanceof String written ? "'" + written + "'" : Json.text(value);
    return text.length() <= 300 ? text : text.substring(0, 300) + "…";
  }
}
