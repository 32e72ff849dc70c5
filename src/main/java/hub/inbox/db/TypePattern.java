package hub.inbox.db;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * A pattern of event types, as operators and handlers write it. Patterns are separated by commas,
 * white space around a comma does not count, and {@code *} stands for any characters, dots too. A
 * backslash before a comma, a star, a space or a backslash makes it an ordinary character.
 *
 * @param parts the literal texts before, between and after the stars
 */
public record TypePattern(List<String> parts) {
  private static final String ESCAPABLE = "\\,* ";

  public TypePattern {
    parts = List.copyOf(parts);
  }

  /** Whether it has no star, and so matches one type only. */
  public boolean isExact() {
    return parts.size() == 1;
  }

  /** The type of an exact pattern; otherwise the operand of {@code LIKE … ESCAPE '!'}. */
  String sqlText() {
    return isExact()
        ? parts.get(0)
        : parts.stream().map(EventFilter::escaped).collect(Collectors.joining("%"));
  }

  public boolean matches(String type) {
    int last = parts.size() - 1;
    if (isExact() || !type.startsWith(parts.get(0))) {
      return isExact() && type.equals(parts.get(0));
    }
    int at = parts.get(0).length();
    for (String middle : parts.subList(1, last)) {
      int found = type.indexOf(middle, at);
      if (found < 0) {
        return false;
      }
      at = found + middle.length();
    }
    return type.length() - parts.get(last).length() >= at && type.endsWith(parts.get(last));
  }

  /**
   * Whether a type matches one of the patterns of a list.
   *
   * @param written null or blank: every type matches
   */
  public static Predicate<String> any(String written) {
    if (written == null || written.isBlank()) {
      return type -> true;
    }
    List<TypePattern> all = all(written);
    return type -> all.stream().anyMatch(pattern -> pattern.matches(type));
  }

  /** The patterns of a list; empty when it has only white space and commas. */
  public static List<TypePattern> all(String written) {
    List<TypePattern> patterns = new ArrayList<>();
    List<String> parts = new ArrayList<>();
    StringBuilder part = new StringBuilder();
    // The length of the current part without the white space at its end.
    int kept = 0;
    for (int i = 0; i <= written.length(); i++) {
      char c = i < written.length() ? written.charAt(i) : ',';
      if (c == '\\' && i + 1 < written.length() && ESCAPABLE.indexOf(written.charAt(i + 1)) >= 0) {
        i++;
        part.append(written.charAt(i));
        kept = part.length();
      } else if (c == ',') {
        part.setLength(kept);
        if (!parts.isEmpty() || kept > 0) {
          parts.add(part.toString());
          patterns.add(new TypePattern(parts));
        }
        parts.clear();
        part.setLength(0);
        kept = 0;
      } else if (c == '*') {
        parts.add(part.toString());
        part.setLength(0);
        kept = 0;
      } else if (!Character.isWhitespace(c) || !parts.isEmpty() || kept > 0) {
        part.append(c);
        kept = Character.isWhitespace(c) ? kept : part.length();
      }
    }
    return List.copyOf(patterns);
  }
}
