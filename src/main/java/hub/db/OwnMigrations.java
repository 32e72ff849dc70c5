package hub.db;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.CoreErrorCode;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationVersion;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.flywaydb.core.api.output.ValidateOutput;
import org.flywaydb.core.internal.sqlscript.FlywaySqlScriptException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes and changes the tables of one's own, by the files of {@code routes/NAME/migration}. Each
 * folder has its own numbers and its own history. Runs after the hub's own migrations, in the hub's
 * schema.
 */
final class OwnMigrations {
  private static final Logger LOG = LoggerFactory.getLogger(OwnMigrations.class);

  private final Dialect dialect;
  private final DataSource source;
  private final Optional<PostgresSession> session;
  private final Optional<Path> routes;

  /**
   * @param source opens connections without a statement time-out
   * @param routes the folder {@code routes/}; empty when single files are loaded
   */
  OwnMigrations(
      Dialect dialect,
      DataSource source,
      Optional<PostgresSession> session,
      Optional<Path> routes) {
    this.dialect = dialect;
    this.source = source;
    this.session = session;
    this.routes = routes;
  }

  /**
   * Runs what has not run yet.
   *
   * @throws StoreRefusedException when a file's name is wrong, a migration fails, or one that has
   *     run was changed
   * @throws FlywayException when the store cannot be reached
   */
  void run() {
    List<MigrationFolder> folders =
        routes.map(folder -> MigrationFolder.under(folder, dialect)).orElse(List.of());
    List<String> faults =
        folders.stream()
            .flatMap(folder -> folder.faults().stream())
            .map(MigrationFolder.Fault::toString)
            .toList();
    if (!faults.isEmpty()) {
      throw new StoreRefusedException(String.join("\n", faults));
    }
    folders.forEach(this::run);
  }

  private void run(MigrationFolder folder) {
    try (Connection connection = source.getConnection()) {
      String schema = schema(connection);
      if (SchemaHistory.read(connection, schema, folder.historyTable()).isCurrent(folder)) {
        return;
      }
      forgetFailed(connection, schema, folder);
      migrate(flyway(folder, schema), folder);
    } catch (SQLException e) {
      throw new FlywayException("the event store does not answer: " + e.getMessage(), e);
    }
  }

  private String schema(Connection connection) throws SQLException {
    return session.isPresent() ? session.get().schema(connection) : connection.getSchema();
  }

  /** H2 notes a migration that failed, and Flyway would refuse the mended file because of it. */
  private void forgetFailed(Connection connection, String schema, MigrationFolder folder)
      throws SQLException {
    if (dialect == Dialect.H2
        && !SchemaHistory.read(connection, schema, folder.historyTable()).applied().isEmpty()) {
      Jdbc.update(
          connection,
          "DELETE FROM \"%s\".\"%s\" WHERE \"success\" = FALSE"
              .formatted(schema, folder.historyTable()));
    }
  }

  private Flyway flyway(MigrationFolder folder, String schema) {
    FluentConfiguration configuration =
        Flyway.configure(OwnMigrations.class.getClassLoader())
            .dataSource(source)
            .resourceProvider(new MigrationFiles(folder.files()))
            .locations(new String[0])
            .table(folder.historyTable())
            .schemas(schema)
            .defaultSchema(schema)
            .createSchemas(false)
            // The schema has the hub's tables: that is no reason to refuse it.
            .baselineOnMigrate(true)
            .baselineVersion("0")
            .placeholderReplacement(false)
            // Another node may have files that are not here, or no longer.
            .ignoreMigrationPatterns("*:future", "*:missing");
    return configuration.load();
  }

  private void migrate(Flyway flyway, MigrationFolder folder) {
    List<ValidateOutput> wrong =
        flyway.validateWithResult().invalidMigrations.stream()
            .filter(one -> !isPending(one) || isTooLate(one, flyway))
            .toList();
    if (!wrong.isEmpty()) {
      throw new StoreRefusedException(
          wrong.stream().map(one -> complaint(one, folder)).collect(Collectors.joining("\n")));
    }
    long unknown =
        Arrays.stream(flyway.info().applied())
            .filter(one -> one.getState().name().matches("FUTURE.*|MISSING.*"))
            .count();
    if (unknown > 0) {
      LOG.warn(
          "store=migrations: {} of routes/{}/migration have run that are not in the folder; another node has them, or they were deleted",
          unknown,
          folder.name());
    }
    try {
      flyway
          .migrate()
          .migrations
          .forEach(
              one ->
                  LOG.info(
                      "store=migrated: routes/{}/migration V{} {}",
                      folder.name(),
                      one.version,
                      one.description));
    } catch (FlywayException e) {
      throw failure(e);
    }
  }

  private static boolean isPending(ValidateOutput one) {
    return one.errorDetails.errorCode == CoreErrorCode.RESOLVED_VERSIONED_MIGRATION_NOT_APPLIED;
  }

  /** Whether a migration of a higher number has run already. */
  private static boolean isTooLate(ValidateOutput one, Flyway flyway) {
    MigrationInfo current = flyway.info().current();
    return current != null
        && current.getVersion() != null
        && current.getVersion().compareTo(MigrationVersion.fromVersion(one.version)) > 0;
  }

  private static String complaint(ValidateOutput one, MigrationFolder folder) {
    String file =
        folder.files().stream()
            .filter(known -> known.number().equals(one.version))
            .map(known -> known.path().toString())
            .findFirst()
            .orElse("routes/" + folder.name() + "/migration V" + one.version);
    if (isPending(one)) {
      return file + ": one of a higher number has run already; give this one the next number";
    }
    return file
        + ": was changed after it had run; put it back as it was, and write what is new into a file of the next number";
  }

  private RuntimeException failure(FlywayException error) {
    for (Throwable t = error; t != null; t = t.getCause()) {
      if (t instanceof FlywaySqlScriptException script && script.getResource() != null) {
        return new StoreRefusedException(
            "%s:%d: %s; mend the statement%s"
                .formatted(
                    script.getResource().getRelativePath(),
                    script.getLineNumber(),
                    firstLine(script.getCause()),
                    dialect == Dialect.H2
                        ? ": H2 cannot take back what the statements before it in this file made, so drop that first"
                        : ": nothing of this file has stayed"),
            error);
      }
    }
    return error;
  }

  private static String firstLine(Throwable cause) {
    return cause == null
        ? "fails"
        : String.valueOf(cause.getMessage()).lines().findFirst().orElse("fails");
  }
}
