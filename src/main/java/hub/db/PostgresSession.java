package hub.db;

import hub.config.Setting;
import hub.config.Settings;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the schema of the hub's tables and sets up each session. An installation from before {@code
 * hub.database.schema} existed stays where it is. Thread-safe.
 */
final class PostgresSession {
  private static final Logger LOG = LoggerFactory.getLogger(PostgresSession.class);

  /**
   * Shorter than the client's socket time-out of 30 s, so that the server ends the statement and
   * frees its locks while the client still gets the error.
   */
  static final Duration STATEMENT_TIMEOUT = Duration.ofSeconds(25);

  /**
   * Longer than {@link #IDLE_TIMEOUT}, which ends the stalled transaction of another node and frees
   * its lock; shorter than {@link #STATEMENT_TIMEOUT}.
   */
  static final Duration LOCK_TIMEOUT = Duration.ofSeconds(15);

  /** A node that stalls within a transaction must not keep its locks. */
  static final Duration IDLE_TIMEOUT = Duration.ofSeconds(10);

  /** The schema of every installation from before {@code hub.database.schema} existed. */
  private static final String FORMER = "public";

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

  /**
   * The name of the schema.
   *
   * @param fresh a connection without settings; used by the first call only
   */
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
    // The URL or the role may set a schema other than public.
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
    return Jdbc.first(connection, HAS_INSTALLATION, row -> row.getBoolean(1), schema).orElseThrow();
  }

  private static String text(Connection connection, String sql) throws SQLException {
    return Jdbc.first(connection, sql, row -> row.getString(1)).orElseThrow();
  }

  /** Sets up a session for requests and handlers. */
  void prepare(Connection fresh) throws SQLException {
    set(fresh, STATEMENT_TIMEOUT, LOCK_TIMEOUT, IDLE_TIMEOUT);
  }

  /**
   * Sets up a session for migrations, without time-outs: one may build an index for an hour while
   * another waits idle with the migration lock.
   */
  void prepareToMigrate(Connection fresh) throws SQLException {
    set(fresh, Duration.ZERO, Duration.ZERO, Duration.ZERO);
  }

  private void set(
      Connection fresh, Duration statementTimeout, Duration lockTimeout, Duration idleTimeout)
      throws SQLException {
    String schema = schema(fresh);
    try (Statement statement = fresh.createStatement()) {
      statement.execute(
          "SET plan_cache_mode = force_custom_plan; SET search_path TO %s, public; SET idle_in_transaction_session_timeout = '%s'; SET statement_timeout = '%s'; SET lock_timeout = '%s'"
              .formatted(
                  quoted(schema),
                  idleTimeout.toMillis(),
                  statementTimeout.toMillis(),
                  lockTimeout.toMillis()));
    }
  }

  /**
   * Creates the schema if it is missing.
   *
   * @throws StoreRefusedException when the user may not, with the remedy for the database's owner
   */
  void make(Connection connection) throws SQLException {
    String schema = schema(connection);
    if (exists(connection, schema)) {
      return;
    }
    try (Statement statement = connection.createStatement()) {
      statement.execute("CREATE SCHEMA IF NOT EXISTS " + quoted(schema));
    } catch (SQLException e) {
      if (SqlStates.isInsufficientPrivilege(e)) {
        throw new StoreRefusedException(
            "hub.database.schema: the database has no schema %s, and its user may not make it; let the database's owner run: CREATE SCHEMA %s AUTHORIZATION %s; or name one that it may use"
                .formatted(
                    schema, quoted(schema), quoted(text(connection, "SELECT current_user::text"))),
            e);
      }
      // Another node may have created it at the same time.
      if (!exists(connection, schema)) {
        throw e;
      }
    }
  }

  private static boolean exists(Connection connection, String schema) throws SQLException {
    String sql = "SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = ?";
    return Jdbc.first(connection, sql, row -> true, schema).isPresent();
  }

  private static String quoted(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }
}
