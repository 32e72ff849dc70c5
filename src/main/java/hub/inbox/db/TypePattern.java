package hub.inbox.db;

import java.util.ArrayList;
import java.util.List;

/**
 * Types as an operator names them: comma-separated, {@code *} stands for any characters, blanks
 * around a comma do not count. After a backslash a comma, a star, a blank or a backslash is just
 * that character.
 *
 * @param text a type, or what {@code LIKE … ESCAPE '!'} compares with
 * @param exact whether it is a type
 */
public record TypePattern(String text, boolean exact) {
  private static final String ESCAPABLE = "\\,* ";

  /** All that a text names; none for blanks and commas alone. */
  public static List<TypePattern> all(String written) {
    List<TypePattern> patterns = new ArrayList<>();
    StringBuilder type = new StringBuilder();
    StringBuilder like = new StringBuilder();
    int kept = 0;
    boolean exact = true;
    for (int i = 0; i <= written.length(); i++) {
      char c = i < written.length() ? written.charAt(i) : ',';
      boolean escaped =
          c == '\\' && i + 1 < written.length() && ESCAPABLE.indexOf(written.charAt(i + 1)) >= 0;
      if (escaped) {
        i++;
        type.append(written.charAt(i));
        like.append(EventFilter.escaped(String.valueOf(written.charAt(i))));
        kept = type.length();
      } else if (c == ',') {
        // What follows the last character that counts is blank.
        int blanks = type.length() - kept;
        type.setLength(kept);
        like.setLength(like.length() - blanks);
        if (kept > 0) {
          patterns.add(new TypePattern(exact ? type.toString() : like.toString(), exact));
        }
        type.setLength(0);
        like.setLength(0);
        kept = 0;
        exact = true;
      } else if (!Character.isWhitespace(c) || kept > 0) {
        exact &= c != '*';
        type.append(c);
        like.append(c == '*' ? "%" : EventFilter.escaped(String.valueOf(c)));
        kept = Character.isWhitespace(c) ? kept : type.length();
      }
    }
    return List.copyOf(patterns);
  }
}
