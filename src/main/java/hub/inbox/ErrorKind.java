package hub.inbox;

import hub.store.Dialect;

/**
 * What two errors have in common that differ only by the ids, times and numbers in them: every word
 * of four characters or more with a digit in it is a {@code #}, and 200 characters are enough.
 * Shorter numbers stay, because 404 and 503 are not the same.
 */
public final class ErrorKind {
  private static final int CHARACTERS = 200;

  private static final String VARYING =
      "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|(?=[A-Za-z_]*[0-9])[A-Za-z0-9_]{4,}";

  private ErrorKind() {}

  /**
   * An SQL expression.
   *
   * @param error the column with the error's text
   */
  public static String sql(Dialect dialect, String error) {
    String all = dialect == Dialect.POSTGRESQL ? ", 'g'" : "";
    return "LEFT(REGEXP_REPLACE(COALESCE(%s, ''), '%s', '#'%s), %d)"
        .formatted(error, VARYING, all, CHARACTERS);
  }
}
