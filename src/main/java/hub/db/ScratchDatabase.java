package hub.db;

import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Properties;
import java.util.UUID;
import java.util.regex.Pattern;
import org.h2.util.ScriptReader;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;

/**
 * An H2 database in memory with the hub's tables, on which statements are prepared and nothing is
 * kept. Not thread-safe.
 */
public final class ScratchDatabase implements AutoCloseable {
  /** Names of tables and columns that PostgreSQL would write in small letters, too. */
  private static final String AS_POSTGRESQL =
      ";MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;DEFAULT_NULL_ORDERING=HIGH";

  /** White space and remarks before a statement. */
  private static final Pattern LEADING =
      Pattern.compile("\\A(?:\\s+|--[^\\n]*(?:\\n|\\z)|//[^\\n]*(?:\\n|\\z)|(?s:/\\*.*?\\*/))++");

  private final Connection connection;

  private ScratchDatabase(Connection connection) {
    this.connection = connection;
  }

  /**
   * Makes one.
   *
   * @param dialect of the database whose statements are prepared; those of PostgreSQL as far as H2
   *     understands them
   */
  public static ScratchDatabase make(Dialect dialect) throws SQLException {
    String url =
        "jdbc:h2:mem:"
            + UUID.randomUUID()
            + ";DB_CLOSE_DELAY=-1;TRACE_LEVEL_FILE=0"
            + (dialect == Dialect.POSTGRESQL ? AS_POSTGRESQL : "");
    Properties properties = new Properties();
    properties.setProperty("user", "sa");
    properties.setProperty("password", "");
    Connections source = new Connections(Dialect.H2.driver(), url, properties, fresh -> {});
    ScratchDatabase made = new ScratchDatabase(source.getConnection());
    for (String script : migrations()) {
      Optional<ScriptFault> fault = made.run(script);
      if (fault.isPresent()) {
        throw new SQLException(fault.get().reason());
      }
    }
    return made;
  }

  /** In their order. Flyway, which also writes down what has run, would take half a second. */
  private static List<String> migrations() {
    try {
      List<Resource> files =
          Arrays.asList(
              new PathMatchingResourcePatternResolver(ScratchDatabase.class.getClassLoader())
                  .getResources(Dialect.H2.migrations() + "/V*__*.sql"));
      files.sort(Comparator.comparingInt(ScratchDatabase::version));
      List<String> scripts = new ArrayList<>();
      for (Resource file : files) {
        scripts.add(file.getContentAsString(StandardCharsets.UTF_8));
      }
      return scripts;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int version(Resource migration) {
    return Integer.parseInt(migration.getFilename().replaceFirst("V(\\d+)__.*", "$1"));
  }

  /**
   * Why a script cannot be run.
   *
   * @param line of the script, from 1
   * @param reason one clause
   */
  public record ScriptFault(int line, String reason) {}

  /**
   * Runs the statements of a migration, up to the first that fails.
   *
   * @return its fault; empty when all have run
   */
  public Optional<ScriptFault> run(String script) throws SQLException {
    try (ScriptReader reader = new ScriptReader(new StringReader(script));
        Statement statement = connection.createStatement()) {
      int end = 0;
      for (String part = reader.readStatement(); part != null; part = reader.readStatement()) {
        String sql = LEADING.matcher(part).replaceFirst("");
        int start = end + part.length() - sql.length();
        end += part.length() + 1; // and the semicolon
        try {
          if (!sql.isEmpty()) {
            statement.execute(sql);
          }
        } catch (SQLException e) {
          StatementFault fault = StatementFault.of(e, sql);
          return Optional.of(
              new ScriptFault(
                  StatementFault.lineAt(script, start) + fault.line() - 1, reason(e, fault)));
        }
      }
      return Optional.empty();
    }
  }

  private static String reason(SQLException error, StatementFault fault) {
    return fault.kind() == StatementFault.Kind.SYNTAX && !fault.name().isEmpty()
        ? "syntax error near '" + fault.name() + "'"
        : String.valueOf(error.getMessage()).replaceFirst("(?s); SQL statement:.*", "");
  }

  /**
   * Prepares a statement.
   *
   * @return why it cannot be prepared; empty when it can
   */
  public Optional<StatementFault> prepare(String sql) {
    return StatementFault.preparing(connection, sql);
  }

  /** The names of all tables, in small letters. */
  public List<String> tables() throws SQLException {
    return names("SELECT DISTINCT table_name FROM information_schema.tables");
  }

  /** The names of the columns of those tables, in small letters. */
  public List<String> columns(List<String> tables) throws SQLException {
    return names(
        "SELECT DISTINCT column_name FROM information_schema.columns"
            + " WHERE LOWER(table_name) = ANY(?)",
        (Object) tables.toArray(String[]::new));
  }

  private List<String> names(String query, Object... parameters) throws SQLException {
    return Jdbc.list(
        connection, query, row -> row.getString(1).toLowerCase(Locale.ROOT), parameters);
  }

  @Override
  public void close() throws SQLException {
    Jdbc.update(connection, "SHUTDOWN");
  }
}
