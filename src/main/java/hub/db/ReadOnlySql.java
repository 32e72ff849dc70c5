package hub.db;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Runs statements of people, which may read the inbox and the tables of the routes' own migrations.
 * Each runs by itself, on a connection of a user of its own, in a transaction that only reads.
 * Thread-safe.
 */
public final class ReadOnlySql {
  /** A statement that takes longer is ended. */
  public static final Duration TIME_LIMIT = Duration.ofSeconds(10);

  /** More rows are left out. */
  public static final int MAX_ROWS = 1_000;

  /** A longer text of one field is cut, so that a thousand rows fit the memory. */
  static final int MAX_FIELD_CHARACTERS = 4_096;

  private static final String CUT = "…";

  private final Database database;
  private final StoreConfig config;
  private final ReadableTables tables;
  private final ReentrantLock running = new ReentrantLock();

  ReadOnlySql(Database database, StoreConfig config) {
    this.database = database;
    this.config = config;
    this.tables = new ReadableTables(config.dialect(), config.routes());
  }

  /**
   * What a statement has read.
   *
   * @param columns names, in the statement's order
   * @param rows values by column: null, a {@link Number}, a {@link Boolean} or a text; times are in
   *     UTC by ISO 8601, bytes are hexadecimal
   * @param isCut whether there are more than {@link #MAX_ROWS} rows, or a text was too long
   */
  public record Result(List<String> columns, List<List<Object>> rows, boolean isCut) {}

  /**
   * Runs one statement.
   *
   * @throws StoreRefusedException when it is not one that reads, takes too long, names what may not
   *     be read, or another one runs
   * @throws StoreUnavailableException while the store cannot be reached
   */
  public Result run(String statement) throws SQLException {
    StatementText.complaint(statement)
        .ifPresent(
            complaint -> {
              throw new StoreRefusedException(complaint);
            });
    if (!running.tryLock()) {
      throw new StoreRefusedException("Another statement runs; send this one when it has ended.");
    }
    try {
      return database.read(admin -> runBeside(admin, StatementText.withoutEnd(statement)));
    } finally {
      running.unlock();
    }
  }

  /**
   * @param admin keeps the embedded database open as long as the statement runs
   */
  private Result runBeside(Connection admin, String statement) throws SQLException {
    admin.setAutoCommit(true);
    String schema = admin.getSchema();
    Set<String> readable = tables.in(admin, schema);
    ReaderUser user = new ReaderUser(config.dialect(), admin, schema, config.reader());
    try (Connection connection =
        user.connect(readable, (name, secret) -> login(name, secret, schema))) {
      return read(connection, statement, readable);
    }
  }

  private Connection login(String user, String password, String schema) throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", user);
    properties.setProperty("password", password);
    boolean isH2 = config.dialect() == Dialect.H2;
    if (!isH2) {
      properties.setProperty("ApplicationName", "integration-master sql");
      properties.setProperty("connectTimeout", Integer.toString(StoreConfig.CONNECT_SECONDS));
      properties.setProperty("socketTimeout", Long.toString(TIME_LIMIT.toSeconds() + 5));
    }
    // H2 lets only an administrator give settings, PostgreSQL's driver prefers the address's user.
    String url =
        isH2
            ? config.url().replaceFirst(";.*", "")
            : config.url().replaceAll("(?<=[?&])(user|password)=[^&]*&?", "");
    return new Connections(
            config.dialect().driver(), url, properties, fresh -> prepare(fresh, user, schema))
        .getConnection();
  }

  private void prepare(Connection fresh, String user, String schema) throws SQLException {
    String now =
        Jdbc.first(fresh, "SELECT CAST(CURRENT_USER AS varchar)", row -> row.getString(1))
            .orElseThrow();
    if (!now.equalsIgnoreCase(user)) {
      throw new SQLException("connected as " + now + " in place of " + user);
    }
    if (config.dialect() == Dialect.POSTGRESQL) {
      try (Statement statement = fresh.createStatement()) {
        boolean unused =
            statement.execute(
                "SET search_path TO \"%s\", public; SET statement_timeout = %d; SET lock_timeout = %d; SET default_transaction_read_only = on"
                    .formatted(
                        schema.replace("\"", "\"\""),
                        TIME_LIMIT.toMillis(),
                        TIME_LIMIT.toMillis()));
      }
    }
    fresh.setAutoCommit(false);
  }

  private Result read(Connection connection, String statement, Set<String> readable)
      throws SQLException {
    try (PreparedStatement prepared = connection.prepareStatement(statement)) {
      prepared.setQueryTimeout((int) TIME_LIMIT.toSeconds());
      prepared.setMaxRows(MAX_ROWS + 1);
      try (ResultSet found = prepared.executeQuery()) {
        return read(found);
      }
    } catch (SQLException e) {
      if (SqlStates.isUnreachable(e)) {
        throw e;
      }
      throw new StoreRefusedException(explain(e, readable), e);
    } finally {
      connection.rollback();
    }
  }

  private static String explain(SQLException error, Set<String> readable) {
    if (SqlStates.isCancelled(error)) {
      return "The statement took longer than %d s and was ended; narrow it."
          .formatted(TIME_LIMIT.toSeconds());
    }
    String what =
        String.valueOf(error.getMessage())
            .lines()
            .findFirst()
            .orElse("")
            .replaceFirst("; SQL statement:$", "")
            .strip();
    return "%s. What can be read: %s."
        .formatted(what, String.join(", ", readable).toLowerCase(Locale.ROOT));
  }

  private static Result read(ResultSet found) throws SQLException {
    ResultSetMetaData about = found.getMetaData();
    List<String> columns = new ArrayList<>();
    for (int i = 1; i <= about.getColumnCount(); i++) {
      columns.add(about.getColumnLabel(i).toLowerCase(Locale.ROOT));
    }
    List<List<Object>> rows = new ArrayList<>();
    boolean isCut = false;
    while (found.next()) {
      if (rows.size() == MAX_ROWS) {
        isCut = true;
        break;
      }
      List<Object> row = new ArrayList<>();
      for (int i = 1; i <= columns.size(); i++) {
        Object value = value(found, about, i);
        row.add(value);
        isCut |=
            value instanceof String text
                && text.endsWith(CUT)
                && text.length() > MAX_FIELD_CHARACTERS;
      }
      rows.add(row);
    }
    return new Result(columns, rows, isCut);
  }

  private static Object value(ResultSet found, ResultSetMetaData about, int column)
      throws SQLException {
    int type = about.getColumnType(column);
    if (type == Types.TIMESTAMP_WITH_TIMEZONE
        || about.getColumnTypeName(column).equals("timestamptz")) {
      return Optional.ofNullable(found.getObject(column, OffsetDateTime.class))
          .map(time -> time.toInstant().toString())
          .orElse(null);
    }
    // H2 tells UUIDs as bytes.
    if (!about.getColumnTypeName(column).equalsIgnoreCase("uuid")
        && (type == Types.BINARY
            || type == Types.VARBINARY
            || type == Types.LONGVARBINARY
            || type == Types.BLOB)) {
      byte[] bytes = found.getBytes(column);
      return bytes == null
          ? null
          : cut(
              HexFormat.of().formatHex(bytes, 0, Math.min(bytes.length, MAX_FIELD_CHARACTERS)),
              bytes.length * 2L);
    }
    Object value = found.getObject(column);
    if (value instanceof UUID id) {
      return id.toString();
    }
    if (value == null || value instanceof Number || value instanceof Boolean) {
      return value;
    }
    String text = found.getString(column);
    return text == null ? null : cut(text, text.length());
  }

  private static String cut(String text, long length) {
    return length <= MAX_FIELD_CHARACTERS
        ? text
        : text.substring(0, Math.min(text.length(), MAX_FIELD_CHARACTERS)) + CUT;
  }
}
