package hub.lint;

import hub.db.Dialect;
import hub.db.ScratchDatabase;
import hub.db.StatementFault;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tables of the hub and of the routes' migrations, in memory. The last one made for a kind of
 * database is kept for the next check of this process. One check at a time uses it.
 */
final class PreparedSchema {
  private static final Logger LOG = LoggerFactory.getLogger(PreparedSchema.class);

  private static final Map<Dialect, PreparedSchema> LAST = new EnumMap<>(Dialect.class);

  private final List<OwnMigrations.Migration> migrations;
  private final ScratchDatabase database;
  private final List<MigrationFault> faults = new ArrayList<>();

  /**
   * A migration that H2 does not take.
   *
   * @param line of its script, from 1
   */
  record MigrationFault(OwnMigrations.Migration migration, int line, String reason) {}

  private PreparedSchema(Dialect dialect, List<OwnMigrations.Migration> migrations)
      throws SQLException {
    this.migrations = migrations;
    this.database = ScratchDatabase.make(dialect);
    for (OwnMigrations.Migration migration : migrations) {
      database
          .run(migration.script())
          .ifPresent(
              fault -> faults.add(new MigrationFault(migration, fault.line(), fault.reason())));
    }
  }

  /** Makes it, unless the last one has the same tables, and hands it to {@code use}. */
  static synchronized void with(
      Dialect dialect, List<OwnMigrations.Migration> migrations, Consumer<PreparedSchema> use)
      throws SQLException {
    PreparedSchema last = LAST.get(dialect);
    if (last == null || !last.migrations.equals(migrations)) {
      PreparedSchema fresh = new PreparedSchema(dialect, migrations);
      if (last != null) {
        last.close();
      }
      LAST.put(dialect, fresh);
      last = fresh;
    }
    use.accept(last);
  }

  /** Frees the memory of those that are kept. */
  static synchronized void forget() {
    LAST.values().forEach(PreparedSchema::close);
    LAST.clear();
  }

  private void close() {
    try {
      database.close();
    } catch (SQLException e) {
      LOG.debug("the database in memory is left to the end of the process", e);
    }
  }

  List<MigrationFault> migrationFaults() {
    return faults;
  }

  Optional<StatementFault> prepare(String sql) {
    return database.prepare(sql);
  }

  List<String> tables() throws SQLException {
    return database.tables();
  }

  /** The columns of the tables that the statement names. */
  List<String> columns(String sql) throws SQLException {
    String text = sql.toLowerCase(Locale.ROOT);
    return database.columns(database.tables().stream().filter(text::contains).toList());
  }
}
