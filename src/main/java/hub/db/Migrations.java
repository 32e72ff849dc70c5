package hub.db;

import java.lang.module.ModuleDescriptor.Version;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.Optional;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the schema up to date. Refuses a schema that a newer version has changed in a way that
 * this version must not run on: migrations write the oldest version that may run into {@code
 * hub_schema}.
 */
final class Migrations {
  private static final Logger LOG = LoggerFactory.getLogger(Migrations.class);

  /** This program's version, as in the pom. */
  static final String PROGRAM = "0.1.0";

  private final Dialect dialect;
  private final DataSource source;
  private final Optional<PostgresSession> session;

  /**
   * @param source opens connections without a statement time-out
   */
  Migrations(Dialect dialect, DataSource source, Optional<PostgresSession> session) {
    this.dialect = dialect;
    this.source = source;
    this.session = session;
  }

  /**
   * Migrates, if there is anything to do.
   *
   * @throws StoreRefusedException when this version must not run on the schema, or the schema holds
   *     tables that are not the hub's
   * @throws FlywayException when the store cannot be reached or reports an error
   */
  void run() {
    try (Connection connection = source.getConnection()) {
      if (session.isPresent()) {
        session.get().make(connection);
      }
      refuseIfNewer(connection);
      if (history(connection).isCurrent(dialect)) {
        return;
      }
    } catch (SQLException e) {
      throw notAnswering(e);
    }
    migrate(flyway(source));
  }

  private static void migrate(Flyway flyway) {
    long newer = Arrays.stream(flyway.info().applied()).filter(Migrations::isNewer).count();
    if (newer > 0) {
      LOG.warn(
          "store=newer: a newer version has run {} migrations that {} does not know; it says that {} may still run, until it is upgraded, too",
          newer,
          PROGRAM,
          PROGRAM);
    }
    try {
      flyway.migrate();
    } catch (FlywayException e) {
      if (String.valueOf(e.getMessage()).contains("non-empty schema")) {
        throw new StoreRefusedException(
            "hub.database.schema: the schema holds tables that are not the hub's; name another one, which the hub makes",
            e);
      }
      throw e;
    }
  }

  private static boolean isNewer(MigrationInfo migration) {
    return migration.getState().name().startsWith("FUTURE");
  }

  /** Whether no migration has ever run. */
  boolean isNew() {
    try (Connection connection = source.getConnection()) {
      return history(connection).applied().isEmpty();
    } catch (SQLException e) {
      throw notAnswering(e);
    }
  }

  /** How many migrations have not run yet. */
  int pending() {
    return flyway(source).info().pending().length;
  }

  private Flyway flyway(DataSource from) {
    FluentConfiguration configuration =
        Flyway.configure(Migrations.class.getClassLoader())
            .dataSource(from)
            .locations(dialect.migrations())
            .ignoreMigrationPatterns("*:future");
    if (session.isPresent()) {
      try (Connection connection = from.getConnection()) {
        String schema = session.get().schema(connection);
        configuration.schemas(schema).defaultSchema(schema).createSchemas(false);
      } catch (SQLException e) {
        throw notAnswering(e);
      }
    }
    return configuration.load();
  }

  private SchemaHistory history(Connection connection) throws SQLException {
    return SchemaHistory.read(
        connection,
        session.isPresent() ? session.get().schema(connection) : connection.getSchema());
  }

  private static FlywayException notAnswering(SQLException e) {
    return new FlywayException("the event store does not answer: " + e.getMessage(), e);
  }

  /** A schema without the table {@code hub_schema} is an older one and is not refused. */
  static void refuseIfNewer(Connection connection) throws SQLException {
    Optional<String> oldest = oldest(connection);
    if (oldest.isPresent() && isNewer(oldest.get())) {
      throw new StoreRefusedException(
          "the database was changed by a newer version, and none before %s may run on it; this is %s: install %s or a newer one, or restore the backup that was made before the upgrade"
              .formatted(oldest.get(), PROGRAM, oldest.get()));
    }
  }

  /** Text that is no version counts as newer: this version does not know it. */
  private static boolean isNewer(String version) {
    try {
      return Version.parse(version).compareTo(Version.parse(PROGRAM)) > 0;
    } catch (IllegalArgumentException e) {
      return true;
    }
  }

  private static Optional<String> oldest(Connection connection) throws SQLException {
    String schema = connection.getSchema();
    try (ResultSet table =
        connection
            .getMetaData()
            .getTables(null, schema, null, new String[] {"TABLE", "BASE TABLE"})) {
      boolean there = false;
      while (table.next()) {
        there |= table.getString("TABLE_NAME").equalsIgnoreCase("hub_schema");
      }
      if (!there) {
        return Optional.empty();
      }
    }
    try (Statement select = connection.createStatement();
        ResultSet row = select.executeQuery("SELECT oldest_version FROM hub_schema")) {
      return row.next() ? Optional.ofNullable(row.getString(1)) : Optional.empty();
    }
  }
}
