package hub.db;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Tells whether a text is one statement that reads. Only a first look, for a clear message: what a
 * statement may do is decided by the rights of the user that runs it.
 */
final class StatementText {
  private static final Set<String> READING = Set.of("select", "with", "values", "table");

  /** Texts, quoted names and comments: what is in them is no SQL. */
  private static final Pattern OPAQUE =
      Pattern.compile(
          "'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|--[^\\n]*|/\\*.*?\\*/|(\\$\\w*\\$).*?\\1",
          Pattern.DOTALL);

  private static final Pattern FIRST_WORD = Pattern.compile("[\\s(]*(\\w+)");

  private StatementText() {}

  /** What is wrong with it, with the remedy; empty for one statement that reads. */
  static Optional<String> complaint(String statement) {
    String bare = OPAQUE.matcher(statement).replaceAll(" ").strip().replaceFirst(";\\s*$", "");
    if (bare.contains(";")) {
      return Optional.of("It is more than one statement; send one.");
    }
    Matcher word = FIRST_WORD.matcher(bare);
    return word.lookingAt() && READING.contains(word.group(1).toLowerCase(Locale.ROOT))
        ? Optional.empty()
        : Optional.of(
            "It does not begin with SELECT, WITH, VALUES or TABLE: only reading is possible.");
  }

  /** The statement without the semicolon at its end. */
  static String withoutEnd(String statement) {
    return statement.strip().replaceFirst("(;\\s*)+$", "");
  }
}
