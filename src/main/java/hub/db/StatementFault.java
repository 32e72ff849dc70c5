package hub.db;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.h2.api.ErrorCode;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/**
 * Why a database cannot prepare a statement.
 *
 * @param name the table or column that there is not; for a syntax error the text near it, which may
 *     be empty; otherwise the database's own words
 * @param line of the statement, from 1; 1 where it is not known
 */
public record StatementFault(Kind kind, String name, int line) {
  /** What is wrong. */
  public enum Kind {
    SYNTAX,
    UNKNOWN_TABLE,
    UNKNOWN_COLUMN,
    /** A number of values other than that of the columns. */
    WRONG_COUNT,
    /** Something else, such as a function that there is not. */
    OTHER
  }

  private static final Pattern QUOTED = Pattern.compile("\"([^\"]+)\"");
  private static final Pattern POSTGRES_COLUMN = Pattern.compile("column \"?([\\w.]+)\"?");

  /** The statement in the message of H2 up to the place of the error, and what follows. */
  private static final Pattern PLACE =
      Pattern.compile(
          "SQL statement \"(.*?)\\[\\*](.*?)(?:\"; (?:expected|SQL statement)|\"?$)",
          Pattern.DOTALL);

  private static final Pattern NEXT_WORD = Pattern.compile("\\s*([^\\s,;()]+|[,;()])");
  private static final Pattern LAST_WORD = Pattern.compile("([^\\s,;()]+)\\s*$");

  /** Prepares the statement, without running it. */
  static Optional<StatementFault> preparing(Connection connection, String sql) {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      // PostgreSQL's driver asks the server only now.
      statement.getParameterMetaData();
      return Optional.empty();
    } catch (SQLException e) {
      return Optional.of(of(e, sql));
    }
  }

  /**
   * Prepares the statement on a connection of its own transaction, which is rolled back.
   *
   * @throws SQLException when the database stops answering
   */
  public static Optional<StatementFault> preparingAlone(Connection connection, String sql)
      throws SQLException {
    boolean before = connection.getAutoCommit();
    connection.setAutoCommit(false);
    try {
      return preparing(connection, sql);
    } finally {
      connection.rollback();
      connection.setAutoCommit(before);
    }
  }

  static StatementFault of(SQLException error, String sql) {
    return error instanceof PSQLException postgres ? ofPostgres(postgres, sql) : ofH2(error, sql);
  }

  private static StatementFault ofPostgres(PSQLException error, String sql) {
    ServerErrorMessage server = error.getServerErrorMessage();
    String message =
        String.valueOf(server == null ? error.getMessage() : server.getMessage())
            .lines()
            .findFirst()
            .orElse("");
    int line = server == null ? 1 : lineAt(sql, server.getPosition() - 1);
    return switch (String.valueOf(error.getSQLState())) {
      case "42601" -> new StatementFault(Kind.SYNTAX, first(QUOTED, message), line);
      case "42P01" -> new StatementFault(Kind.UNKNOWN_TABLE, first(QUOTED, message), line);
      case "42703" ->
          new StatementFault(Kind.UNKNOWN_COLUMN, first(POSTGRES_COLUMN, message), line);
      default -> new StatementFault(Kind.OTHER, message, line);
    };
  }

  private static StatementFault ofH2(SQLException error, String sql) {
    String message = String.valueOf(error.getMessage());
    return switch (error.getErrorCode()) {
      case ErrorCode.SYNTAX_ERROR_1, ErrorCode.SYNTAX_ERROR_2 -> syntax(message);
      case ErrorCode.TABLE_OR_VIEW_NOT_FOUND_1,
          ErrorCode.TABLE_OR_VIEW_NOT_FOUND_WITH_CANDIDATES_2,
          ErrorCode.TABLE_OR_VIEW_NOT_FOUND_DATABASE_EMPTY_1 ->
          named(Kind.UNKNOWN_TABLE, message, sql);
      case ErrorCode.COLUMN_NOT_FOUND_1 -> named(Kind.UNKNOWN_COLUMN, message, sql);
      case ErrorCode.COLUMN_COUNT_DOES_NOT_MATCH -> new StatementFault(Kind.WRONG_COUNT, "", 1);
      default -> {
        String words = message.replaceFirst("(?s); SQL statement:.*", "");
        yield new StatementFault(Kind.OTHER, words, lineOf(first(QUOTED, words), sql));
      }
    };
  }

  private static StatementFault named(Kind kind, String message, String sql) {
    String name = first(QUOTED, message);
    return new StatementFault(kind, name, lineOf(name, sql));
  }

  /** The line where a name first stands; 1 where it does not. */
  private static int lineOf(String name, String sql) {
    String bare = name.substring(name.lastIndexOf('.') + 1);
    Matcher place =
        Pattern.compile("\\b" + Pattern.quote(bare) + "\\b", Pattern.CASE_INSENSITIVE).matcher(sql);
    return !bare.isEmpty() && place.find() ? lineAt(sql, place.start()) : 1;
  }

  private static StatementFault syntax(String message) {
    Matcher place = PLACE.matcher(message);
    if (!place.find()) {
      return new StatementFault(Kind.SYNTAX, "", 1);
    }
    // H2 writes a line break as its code.
    String before = place.group(1).replace("\\000a", "\n").replace("\\000d", "");
    String after = place.group(2).replace("\\000a", "\n").replace("\\000d", "");
    String near = (first(LAST_WORD, before) + " " + first(NEXT_WORD, after)).strip();
    return new StatementFault(Kind.SYNTAX, near, lineAt(before, before.length()));
  }

  private static String first(Pattern pattern, String text) {
    Matcher matcher = pattern.matcher(text);
    return matcher.find() ? matcher.group(1) : "";
  }

  /** The line of a position, from 1. */
  static int lineAt(String text, int position) {
    int end = Math.max(0, Math.min(position, text.length()));
    return (int) text.substring(0, end).chars().filter(c -> c == '\n').count() + 1;
  }
}
