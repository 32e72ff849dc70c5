package hub.lint;

import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Turns the SQL of a {@code sql:} step into what its component prepares. Lines stay where they are.
 */
final class SqlText {
  private static final Pattern NAMED =
      Pattern.compile(":\\?(in:)?(\\w+|\\$\\{[^}]+}|\\$simple\\{[^}]+})");

  private static final String EXPRESSION = ":?${";

  private SqlText() {}

  /**
   * @param placeholder of a parameter, usually {@code #}; empty: none
   */
  static String prepared(String written, String placeholder) {
    String sql = placeholder.isEmpty() ? written : written.replace(placeholder, "?");
    sql =
        sql.lines()
            .map(line -> line.strip().startsWith("--") ? "" : line)
            .collect(Collectors.joining("\n"));
    return NAMED.matcher(withoutExpressions(sql)).replaceAll("?");
  }

  /** An expression may hold braces of its own. */
  private static String withoutExpressions(String sql) {
    String rest = sql.replace(":?in:${", EXPRESSION);
    for (int start = rest.indexOf(EXPRESSION); start >= 0; start = rest.indexOf(EXPRESSION)) {
      int open = 0;
      int end = start + EXPRESSION.length() - 1;
      do {
        if (rest.charAt(end) == '{') {
          open++;
        } else if (rest.charAt(end) == '}') {
          open--;
        }
        end++;
      } while (open > 0 && end < rest.length());
      rest = rest.substring(0, start) + "?" + rest.substring(end);
    }
    return rest;
  }
}
