package hub.db;

import java.io.StringReader;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Properties;
import java.util.UUID;
import org.h2.tools.RunScript;

/**
 * An H2 database in memory with the hub's tables, on which statements are prepared and nothing is
 * kept. Not thread-safe.
 */
public final class ScratchDatabase implements AutoCloseable {
  /** Names of tables and columns that PostgreSQL would write in small letters, too. */
  private static final String AS_POSTGRESQL =
      ";MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;DEFAULT_NULL_ORDERING=HIGH";

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
    new Migrations(Dialect.H2, source, Optional.empty()).run();
    return new ScratchDatabase(source.getConnection());
  }

  /** Runs the statements of a migration. */
  public void run(String script) throws SQLException {
    RunScript.execute(connection, new StringReader(script));
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
