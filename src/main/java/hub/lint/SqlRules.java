package hub.lint;

import hub.config.Setting;
import hub.config.Settings;
import hub.db.Dialect;
import hub.db.StatementFault;
import hub.db.StoreProbe;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checks that the database can prepare the SQL of the routes: on H2 in memory with the tables of
 * the hub and of the routes' migrations, on request on the configured PostgreSQL. Runs nothing.
 */
final class SqlRules {
  private static final Logger LOG = LoggerFactory.getLogger(SqlRules.class);

  /** What PostgreSQL takes and H2 does not, or otherwise. */
  private static final Pattern POSTGRESQL_ONLY =
      Pattern.compile(
          "::|->|@>|<@|\\?[|&]|#[>-]|@@|!?~|\\$\\$|\\bon\\s+conflict\\b|\\breturning\\b|\\bdistinct\\s+on\\b"
              + "|\\bilike\\b|\\bsimilar\\s+to\\b|\\blateral\\b|\\bskip\\s+locked\\b|\\binterval\\b"
              + "|\\b(any|all|some)\\s*\\(|\\bwithin\\s+group\\b|\\btablesample\\b|\\bordinality\\b|\\bfor\\s+(no\\s+key\\s+)?(update|share|key)"
              + "|\\bat\\s+time\\s+zone\\b|\\bcopy\\b|\\blisten\\b|\\bnotify\\b|\\bdo\\b|\\barray\\s*\\[|\\busing\\b|\\brow\\s*\\("
              + "|\\bmaterialized\\b|\\brecursive\\b|\\bdelete\\s+from\\s+\\S+\\s+as\\b|\\be'",
          Pattern.CASE_INSENSITIVE);

  /** Tables of the database itself. */
  private static final Pattern OF_THE_DATABASE =
      Pattern.compile("(?i)(pg_.*|.*pg_catalog\\..*|.*information_schema\\..*)");

  private static final Set<String> FIRST_WORDS =
      Set.of(
          "alter",
          "analyze",
          "call",
          "copy",
          "create",
          "delete",
          "do",
          "drop",
          "explain",
          "grant",
          "insert",
          "listen",
          "lock",
          "merge",
          "notify",
          "reset",
          "revoke",
          "select",
          "set",
          "show",
          "table",
          "truncate",
          "unlisten",
          "update",
          "vacuum",
          "values",
          "with");

  private static final String TABLE_REMEDY =
      "correct its name, or describe it in routes/<folder>/migration/V1__<name>.sql; one that is made by hand works all the same";

  private final List<SqlStatement> statements;
  private final List<OwnMigrations.Migration> migrations;
  private final Dialect dialect;
  private final Faults faults;

  /**
   * @param dialect of the configured database
   */
  SqlRules(
      List<SqlStatement> statements,
      List<OwnMigrations.Migration> migrations,
      Dialect dialect,
      Faults faults) {
    this.statements = statements;
    this.migrations = migrations;
    this.dialect = dialect;
    this.faults = faults;
  }

  /** The database that the settings name; H2 when they name none that the hub knows. */
  static Dialect dialect(Settings settings) {
    try {
      return settings.text(Setting.DATABASE_URL).startsWith("jdbc:postgresql:")
          ? Dialect.POSTGRESQL
          : Dialect.H2;
    } catch (RuntimeException e) {
      return Dialect.H2; // told at the setting
    }
  }

  /** Prepares all in memory, if there are any. */
  void check() {
    if (statements.isEmpty() && migrations.isEmpty()) {
      return;
    }
    try {
      PreparedSchema.with(dialect, migrations, this::check);
    } catch (SQLException | RuntimeException e) {
      LOG.debug("the SQL is not checked: no database in memory", e);
    }
  }

  private void check(PreparedSchema schema) {
    boolean isWhole = schema.migrationFaults().isEmpty();
    if (dialect == Dialect.H2) {
      schema
          .migrationFaults()
          .forEach(
              fault ->
                  faults.error(
                      new Location(fault.migration().name(), fault.line()),
                      "H2 does not run it: " + fault.reason(),
                      "correct it; a file for H2 alone ends with .h2.sql"));
    }
    for (SqlStatement statement : statements) {
      schema.prepare(statement.sql()).ifPresent(fault -> report(statement, fault, schema, isWhole));
    }
  }

  private void report(
      SqlStatement statement, StatementFault fault, PreparedSchema schema, boolean isWhole) {
    Location location = statement.at(fault.line());
    try {
      switch (fault.kind()) {
        case SYNTAX -> reportSyntax(statement, fault, location);
        case UNKNOWN_TABLE -> {
          if (isWhole && !OF_THE_DATABASE.matcher(fault.name()).matches()) {
            reportTable(location, fault.name(), schema.tables());
          }
        }
        case UNKNOWN_COLUMN -> {
          if (isWhole && !OF_THE_DATABASE.matcher(statement.sql()).find()) {
            reportColumn(location, fault.name(), schema.columns(statement.sql()));
          }
        }
        case WRONG_COUNT ->
            faults.error(
                location,
                "the SQL has more or fewer values than columns",
                "give each column one value");
        case OTHER -> {
          if (dialect == Dialect.H2) {
            faults.missingObject(
                location, "H2 does not take the SQL: " + fault.name(), "correct it");
          }
        }
      }
    } catch (SQLException e) {
      LOG.debug("the names of tables and columns cannot be read", e);
    }
  }

  private void reportSyntax(SqlStatement statement, StatementFault fault, Location location) {
    String what =
        "the SQL has a syntax error"
            + (fault.name().isEmpty() ? "" : " near '" + fault.name() + "'");
    if (dialect == Dialect.H2) {
      faults.error(
          location,
          what,
          POSTGRESQL_ONLY.matcher(statement.sql()).find()
              ? "the hub's database is H2, which does not know all that PostgreSQL does; correct it, or set DATABASE_URL"
              : firstWordRemedy(statement));
      return;
    }
    if (!firstWordRemedy(statement).equals(CORRECT)) {
      faults.error(location, what, firstWordRemedy(statement));
    } else if (!POSTGRESQL_ONLY.matcher(statement.sql()).find()) {
      faults.warning(location, what + " for H2", "see what 'lint --database' says");
    }
  }

  private static final String CORRECT = "correct it";

  /** A suggestion when the first word begins no statement. */
  private static String firstWordRemedy(SqlStatement statement) {
    String first = statement.sql().strip().split("\\W", 2)[0].toLowerCase(Locale.ROOT);
    return first.isEmpty() || FIRST_WORDS.contains(first)
        ? CORRECT
        : Suggest.nearest(first, FIRST_WORDS)
            .map(near -> "did you mean '" + near + "'?")
            .orElse("begin it with SELECT, INSERT, UPDATE, DELETE or another statement");
  }

  /**
   * A table may be made by hand, unless the routes have migrations, or the name is nearly that of
   * another one.
   */
  private void reportTable(Location location, String name, List<String> tables) {
    String bare = name.substring(name.lastIndexOf('.') + 1);
    Optional<String> near = Suggest.nearest(bare, tables);
    String what = "there is no table '" + name.toLowerCase(Locale.ROOT) + "'";
    if (near.isPresent()) {
      faults.missingObject(location, what, "did you mean '" + near.get() + "'?");
    } else if (migrations.isEmpty()) {
      faults.warning(location, what, TABLE_REMEDY);
    } else {
      faults.missingObject(
          location, what, "correct its name, or describe it in routes/<folder>/migration");
    }
  }

  private void reportColumn(Location location, String name, List<String> columns) {
    String bare = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    faults.missingObject(
        location, "there is no column '" + bare + "'", Suggest.remedy(bare, columns));
  }

  /**
   * Prepares all on the configured PostgreSQL.
   *
   * @return whether it did: not on another database, nor on one that is not ready
   */
  boolean checkStore(Settings settings) {
    if (statements.isEmpty() || dialect != Dialect.POSTGRESQL) {
      return false;
    }
    try {
      return StoreProbe.read(settings, (connection, unused) -> prepareOn(connection)).isPresent();
    } catch (SQLException e) {
      LOG.debug("told beside the events whose handler is gone", e);
      return false;
    }
  }

  private boolean prepareOn(Connection connection) throws SQLException {
    for (SqlStatement statement : statements) {
      StatementFault.preparingAlone(connection, statement.sql())
          .ifPresent(fault -> reportStore(statement, fault));
    }
    return true;
  }

  private void reportStore(SqlStatement statement, StatementFault fault) {
    Location location = statement.at(fault.line());
    String name = fault.name();
    switch (fault.kind()) {
      case SYNTAX ->
          faults.error(
              location,
              "the SQL has a syntax error near '" + name + "'",
              firstWordRemedy(statement));
      case UNKNOWN_TABLE -> {
        if (!isMadeLater(name)) {
          faults.error(
              location, "the database has no table '" + name + "'", "correct its name, or make it");
        }
      }
      case UNKNOWN_COLUMN ->
          faults.error(location, "the database has no column '" + name + "'", "correct its name");
      default ->
          faults.warning(
              location,
              "the database does not take the SQL: " + name,
              "correct it, or give a parameter its type by CAST");
    }
  }

  /** Whether a migration of the routes may make the table at the next start. */
  private boolean isMadeLater(String table) {
    String bare = Pattern.quote(table.substring(table.lastIndexOf('.') + 1));
    List<String> scripts = new ArrayList<>();
    migrations.forEach(migration -> scripts.add(migration.script()));
    Pattern made = Pattern.compile("(?i)create\\s[^;]*\\b" + bare + "\\b");
    return scripts.stream().anyMatch(script -> made.matcher(script).find());
  }
}
