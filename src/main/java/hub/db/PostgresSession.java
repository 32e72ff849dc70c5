package hub.db;

import hub.config.Setting;
import hub.config.Settings;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The schema that the hub's tables are in, and what each session is told. An installation of a time
 * before there was {@code hub.database.schema} goes on where it is. Thread-safe.
 */
final class PostgresSession {
  private static final Logger LOG = LoggerFactory.getLogger(PostgresSession.class);

  /**
   * Shorter than the 30 s after which the client gives up a socket, so that the server ends the
   * statement, and frees its locks, while somebody still hears of it.
   */
  private static final String STATEMENT_TIMEOUT = "25s";

  /**
   * Longer than the 10 s after which the server ends a stalled transaction of another node, whose
   * lock is free then; shorter than a statement may take.
   */
  private static final String LOCK_TIMEOUT = "15s";

  /** A node that stalls within a transaction must not hold its locks against the others. */
  private static final String IDLE_TIMEOUT = "10s";

  /** Where every installation was before there was {@code hub.database.schema}. */
  private static final String FORMER = "public";

  private static final String INSUFFICIENT_PRIVILEGE = "42501";

  private static final String HAS_INSTALLATION =
      """
      SELECT count(*) = 2 FROM pg_catalog.pg_tables
      WHERE schemaname = ? AND tablename IN ('flyway_schema_history', 'inbox_event')
      """;

  private final String configured;
  private volatile String resolved = "";

  PostgresSession(Settings settings) {
    this.configured = settings.text(Setting.DATABASE_SCHEMA);
    Setting.DATABASE_SCHEMA
        .kind()
        .complaint(configured)
        .ifPresent(
            complaint -> {
              throw new IllegalArgumentException(Setting.DATABASE_SCHEMA.key() + " " + complaint);
            });
  }

  /** Name of the schema; needs a connection that nothing has been set on when it is not known. */
  String schema(Connection fresh) throws SQLException {
    if (resolved.isEmpty()) {
      resolved = resolve(fresh);
    }
    return resolved;
  }

  private String resolve(Connection fresh) throws SQLException {
    if (has(fresh, configured)) {
      return configured;
    }
    // A URL or a role may name another one than public.
    String own = text(fresh, "SELECT coalesce(current_schema(), '')");
    if (!has(fresh, own)) {
      own = FORMER;
    }
    if (!has(fresh, own)) {
      return configured;
    }
    if (!configured.equals(Setting.DATABASE_SCHEMA.defaultValue())) {
      LOG.warn(
          "store=schema: schema {} holds an installation, too; {} is used, as hub.database.schema says",
          own,
          configured);
      return configured;
    }
    return own;
  }

  private static boolean has(Connection connection, String schema) throws SQLException {
    try (PreparedStatement select = connection.prepareStatement(HAS_INSTALLATION)) {
      select.setString(1, schema);
      try (ResultSet row = select.executeQuery()) {
        row.next();
        return row.getBoolean(1);
      }
    }
  }

  private static String text(Connection connection, String sql) throws SQLException {
    try (Statement select = connection.createStatement();
        ResultSet row = select.executeQuery(sql)) {
      row.next();
      return row.getString(1);
    }
  }

  /** Prepares a session that serves requests and handlers. */
  void prepare(Connection fresh) throws SQLException {
    set(fresh, STATEMENT_TIMEOUT, LOCK_TIMEOUT, IDLE_TIMEOUT);
  }

  /**
   * Prepares a session that migrates, which may build an index for an hour while another session
   * holds the lock of the migrations and does nothing.
   */
  void prepareToMigrate(Connection fresh) throws SQLException {
    set(fresh, "0", "0", "0");
  }

  private void set(
      Connection fresh, String statementTimeout, String lockTimeout, String idleTimeout)
      throws SQLException {
    String schema = schema(fresh);
    try (Statement statement = fresh.createStatement()) {
      statement.execute(
          "SET search_path TO %s, public; SET idle_in_transaction_session_timeout = '%s'; SET statement_timeout = '%s'; SET lock_timeout = '%s'"
              .formatted(quoted(schema), idleTimeout, statementTimeout, lockTimeout));
    }
  }

  /**
   * Makes the schema unless it is there.
   *
   * @throws StoreRefusedException when the user may not, with what its owner has to do
   */
  void make(Connection connection) throws SQLException {
    String schema = schema(connection);
    if (exists(connection, schema)) {
      return;
    }
    try (Statement statement = connection.createStatement()) {
      statement.execute("CREATE SCHEMA IF NOT EXISTS " + quoted(schema));
    } catch (SQLException e) {
      if (INSUFFICIENT_PRIVILEGE.equals(e.getSQLState())) {
        throw new StoreRefusedException(
            "hub.database.schema: the database has no schema %s, and its user may not make it; let the database's owner run: CREATE SCHEMA %s AUTHORIZATION %s; or name one that it may use"
                .formatted(
                    schema, quoted(schema), quoted(text(connection, "SELECT current_user::text"))),
            e);
      }
      // Another node may have made it at the same time.
      if (!exists(connection, schema)) {
        throw e;
      }
    }
  }

  private static boolean exists(Connection connection, String schema) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement("SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = ?")) {
      select.setString(1, schema);
      try (ResultSet row = select.executeQuery()) {
        return row.next();
      }
    }
  }

  private static String quoted(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }
}
