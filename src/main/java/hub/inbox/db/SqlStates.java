package hub.inbox.db;

import java.sql.SQLException;

/** What a database's refusal is about, by the class of its SQLSTATE. */
public final class SqlStates {
  private SqlStates() {}

  /** A value that does not fit or breaks a rule: the same again would be refused again. */
  public static boolean isAboutData(Exception error) {
    return error instanceof SQLException sql
        && (state(sql).startsWith("22") || state(sql).startsWith("23"));
  }

  /** A deadlock or a lost race: the same again may succeed. */
  public static boolean isTransient(SQLException error) {
    return state(error).startsWith("40");
  }

  private static String state(SQLException error) {
    return error.getSQLState() == null ? "" : error.getSQLState();
  }
}
