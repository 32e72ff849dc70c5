package hub.inbox.db;

import hub.db.Dialect;

/**
 * What two errors have in common that differ only by the ids, times and numbers in them: every word
 * of four characters or more with a digit in it is a {@code #}, and 200 characters are enough.
 * Shorter numbers stay, because 404 and 503 are not the same.
 */
public final class ErrorKind {
  private static final int CHARACTERS = 200;

  /** By the place of their first digit: looking ahead would take PostgreSQL twice as long. */
  private static final String WORDS =
      "[A-Za-z_]{3,}[0-9][A-Za-z0-9_]*"
          + "|[A-Za-z_]{2}[0-9][A-Za-z0-9_]+"
          + "|[A-Za-z_][0-9][A-Za-z0-9_]{2,}"
          + "|[0-9][A-Za-z0-9_]{3,}";

  private static final String UUIDS = "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}";

  /** Looking for uuids takes as long as all the rest, so only where there may be one. */
  private static final String KIND =
      """
      LEFT(CASE WHEN %1$s LIKE '%%-____-____-____-%%'
        THEN REGEXP_REPLACE(%1$s, '%2$s|%3$s', '#'%4$s)
        ELSE REGEXP_REPLACE(COALESCE(%1$s, ''), '%3$s', '#'%4$s) END, %5$d)""";

  private ErrorKind() {}

  /**
   * An SQL expression.
   *
   * @param error the column with the error's text
   */
  public static String sql(Dialect dialect, String error) {
    String all = dialect == Dialect.POSTGRESQL ? ", 'g'" : "";
    return KIND.formatted(error, UUIDS, WORDS, all, CHARACTERS);
  }
}
