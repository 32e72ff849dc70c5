package hub.inbox.db;

import hub.db.Dialect;

/**
 * Groups errors that differ only in ids, times and numbers. Every word of four or more characters
 * with a digit becomes {@code #}, and the text is cut to 200 characters. Shorter numbers stay,
 * because 404 and 503 are different errors.
 */
public final class ErrorKind {
  private static final int CHARACTERS = 200;

  /**
   * One alternative for each place of the first digit: a lookahead takes PostgreSQL twice as long.
   */
  private static final String WORDS =
      "[A-Za-z_]{3,}[0-9][A-Za-z0-9_]*"
          + "|[A-Za-z_]{2}[0-9][A-Za-z0-9_]+"
          + "|[A-Za-z_][0-9][A-Za-z0-9_]{2,}"
          + "|[0-9][A-Za-z0-9_]{3,}";

  private static final String UUIDS = "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}";

  /** The search for UUIDs takes as long as all the rest, so it runs only where there may be one. */
  private static final String KIND =
      """
      LEFT(CASE WHEN %1$s LIKE '%%-____-____-____-%%'
        THEN REGEXP_REPLACE(%1$s, '%2$s|%3$s', '#'%4$s)
        ELSE REGEXP_REPLACE(COALESCE(%1$s, ''), '%3$s', '#'%4$s) END, %5$d)""";

  private ErrorKind() {}

  /**
   * The SQL expression of the kind.
   *
   * @param error the column with the error's text
   */
  public static String sql(Dialect dialect, String error) {
    String all = dialect == Dialect.POSTGRESQL ? ", 'g'" : "";
    return KIND.formatted(error, UUIDS, WORDS, all, CHARACTERS);
  }
}
