package hub.db;

import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.function.Predicate;

/** What an SQLSTATE means. The one place that knows the codes, for H2 and PostgreSQL alike. */
public final class SqlStates {
  /** An input/output error below the database, as PostgreSQL and H2 report it. */
  static final String IO_ERROR = "58030";

  /** The connection broke. */
  static final String CONNECTION_FAILURE = "08006";

  /** Causes may form a ring. */
  private static final int MAX_CAUSES = 50;

  private static final String UNIQUE_VIOLATION = "23505";
  private static final String LOCK_NOT_AVAILABLE = "55P03";
  private static final String QUERY_CANCELED = "57014";
  private static final String FAILED_TRANSACTION = "25P02";
  private static final String IDLE_IN_TRANSACTION = "25P03";
  private static final String NO_TRANSACTION = "25P01";
  private static final String INVALID_SAVEPOINT = "3B001";
  private static final String H2_INVALID_SAVEPOINT = "90063";
  private static final String READ_ONLY_TRANSACTION = "25006";
  private static final String UNKNOWN_OBJECT = "42704";
  private static final String INSUFFICIENT_PRIVILEGE = "42501";
  private static final String UNKNOWN_DATABASE = "3D000";

  private SqlStates() {}

  /** A row with this key exists already. */
  public static boolean isUniqueViolation(SQLException error) {
    return is(error, UNIQUE_VIOLATION);
  }

  /** Class 22: a value that is too long or not of the column's type. */
  public static boolean isInvalidValue(SQLException error) {
    return inClass(error, "22");
  }

  /** Classes 22 and 23: a value does not fit or breaks a constraint. A retry fails the same way. */
  public static boolean isDataError(Throwable error) {
    return error instanceof SQLException sql && (inClass(sql, "22") || inClass(sql, "23"));
  }

  /** Class 40: a deadlock or a serialization failure. A retry may succeed. */
  public static boolean isDeadlock(SQLException error) {
    return inClass(error, "40");
  }

  /** Class HYT, of H2: a lock took too long. A retry may succeed. */
  public static boolean isLockTimeout(SQLException error) {
    return inClass(error, "HYT");
  }

  /** Class 42: among others, a table that is not there. */
  static boolean isSyntaxOrAccess(SQLException error) {
    return inClass(error, "42");
  }

  /** Class 08: the connection is lost or cannot be made. */
  public static boolean isConnectionFailure(SQLException error) {
    return inClass(error, "08");
  }

  /** Class 08, or 57P: PostgreSQL is starting or shutting down. */
  public static boolean isUnreachable(SQLException error) {
    return isConnectionFailure(error) || inClass(error, "57P");
  }

  /** A write on a standby, or in a database that is set to read-only. */
  public static boolean isReadOnly(SQLException error) {
    return is(error, READ_ONLY_TRANSACTION);
  }

  /**
   * The store is unreachable or takes no write from anybody. Class 53 is a full disk or no room for
   * another session.
   */
  public static boolean isUnavailable(SQLException error) {
    return isUnreachable(error) || isReadOnly(error) || inClass(error, "53");
  }

  /** Whether {@code error} or one of its causes means that the store is unavailable. */
  public static boolean isCausedByOutage(Throwable error) {
    int depth = 0;
    for (Throwable t = error; t != null && depth < MAX_CAUSES; t = t.getCause(), depth++) {
      if (t instanceof StoreUnavailableException
          || t instanceof SQLTransientConnectionException
          || (t instanceof SQLException sql && isUnavailable(sql))) {
        return true;
      }
    }
    return false;
  }

  /** Whether {@code error} or one of its causes is a deadlock. */
  public static boolean isCausedByDeadlock(Throwable error) {
    return isCausedBy(error, SqlStates::isDeadlock);
  }

  /** Whether {@code error} or one of its causes is a lock or a statement that took too long. */
  public static boolean isCausedByTimeout(Throwable error) {
    return isCausedByLockTimeout(error) || isCausedBy(error, sql -> is(sql, QUERY_CANCELED));
  }

  /** Whether {@code error} or one of its causes is a lock that took too long. */
  public static boolean isCausedByLockTimeout(Throwable error) {
    return isCausedBy(error, sql -> isLockTimeout(sql) || is(sql, LOCK_NOT_AVAILABLE));
  }

  /**
   * Whether {@code error} or one of its causes is the refusal of a statement because an earlier one
   * of the transaction has failed. PostgreSQL only.
   */
  public static boolean isCausedByFailedTransaction(Throwable error) {
    return isCausedBy(error, sql -> is(sql, FAILED_TRANSACTION));
  }

  /**
   * Whether {@code error} or one of its causes is the end of a connection that was idle for too
   * long within a transaction. PostgreSQL only.
   */
  public static boolean isCausedByIdleTimeout(Throwable error) {
    return isCausedBy(error, sql -> is(sql, IDLE_IN_TRANSACTION));
  }

  /**
   * Whether {@code error} or one of its causes is a deadlock, a wait that took too long, or an
   * outage. The whole transaction is to run again.
   */
  public static boolean endsTransaction(Throwable error) {
    return isCausedByDeadlock(error)
        || isCausedByTimeout(error)
        || isCausedByIdleTimeout(error)
        || isCausedByOutage(error);
  }

  /** The savepoint is gone: something has ended its transaction. */
  public static boolean isSavepointGone(SQLException error) {
    return is(error, NO_TRANSACTION)
        || is(error, INVALID_SAVEPOINT)
        || is(error, H2_INVALID_SAVEPOINT);
  }

  private static boolean isCausedBy(Throwable error, Predicate<SQLException> cause) {
    int depth = 0;
    for (Throwable t = error; t != null && depth < MAX_CAUSES; t = t.getCause(), depth++) {
      if (t instanceof SQLException sql && cause.test(sql)) {
        return true;
      }
    }
    return false;
  }

  /** The statement was ended, by its time limit or by somebody. */
  static boolean isCancelled(SQLException error) {
    return is(error, QUERY_CANCELED);
  }

  /** The user lacks a right. */
  static boolean isInsufficientPrivilege(SQLException error) {
    return is(error, INSUFFICIENT_PRIVILEGE);
  }

  /** Such as a role that a statement names. */
  static boolean isUnknownObject(SQLException error) {
    return is(error, UNKNOWN_OBJECT);
  }

  /** The server has no database of this name. */
  static boolean isUnknownDatabase(SQLException error) {
    return is(error, UNKNOWN_DATABASE);
  }

  /** Class 28: wrong user or password. */
  static boolean isLoginRefused(SQLException error) {
    return inClass(error, "28");
  }

  /** The five characters; empty when the driver gives none. */
  public static String of(SQLException error) {
    return error.getSQLState() == null ? "" : error.getSQLState();
  }

  private static boolean is(SQLException error, String state) {
    return of(error).equals(state);
  }

  private static boolean inClass(SQLException error, String prefix) {
    return of(error).startsWith(prefix);
  }
}
