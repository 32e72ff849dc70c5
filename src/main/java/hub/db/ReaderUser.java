package hub.db;

import hub.config.Setting;
import hub.config.Settings;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The database user that runs people's statements: it may read the tables that it is told, and
 * nothing else of the hub. The hub makes it, with a new password each time, which nobody learns;
 * or, on PostgreSQL, the operator has made it, for a hub whose own user must not make users.
 */
final class ReaderUser {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int PASSWORD_BYTES = 24;

  /** Held until the user is connected, so that no other node changes its password before. */
  private static final String LOCK =
      "SELECT pg_advisory_lock(hashtext('integration-master reader'))";

  private static final String UNLOCK =
      "SELECT pg_advisory_unlock(hashtext('integration-master reader'))";

  /** Roles belong to the whole server, so the name tells the database and the schema. */
  private static final String NAME =
      "SELECT 'hub_reader_' || substr(md5(current_database() || '/' || ?), 1, 12)";

  /** What a user may do with the tables of a schema. */
  private static final String RIGHTS =
      """
      SELECT c.relname, has_table_privilege(c.oid, 'SELECT'),
             has_table_privilege(c.oid, 'INSERT') OR has_table_privilege(c.oid, 'UPDATE')
               OR has_table_privilege(c.oid, 'DELETE') OR has_table_privilege(c.oid, 'TRUNCATE')
      FROM pg_catalog.pg_class c
      JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname = ? AND c.relkind IN ('r', 'p', 'v', 'm')
      ORDER BY c.relname
      """;

  private static final String MAY_USE = "SELECT has_schema_privilege(?, ?, 'USAGE')";

  private final Dialect dialect;
  private final Connection admin;
  private final String schema;
  private final Optional<Given> given;

  /** A user that the operator has made. */
  record Given(String user, String password) {
    static Optional<Given> of(Settings settings) {
      String user = settings.text(Setting.DATABASE_READER_USER);
      return user.isEmpty()
          ? Optional.empty()
          : Optional.of(new Given(user, settings.text(Setting.DATABASE_READER_PASSWORD)));
    }

    /** Without the password. */
    @Override
    public String toString() {
      return user;
    }
  }

  /**
   * @param admin a connection of the hub's own user, with automatic commits
   * @param given PostgreSQL only; empty: the hub makes the user
   */
  ReaderUser(Dialect dialect, Connection admin, String schema, Optional<Given> given) {
    this.dialect = dialect;
    this.admin = admin;
    this.schema = schema;
    this.given = given;
  }

  /** What connects with the user's name and password. */
  @FunctionalInterface
  interface Login {
    Connection connect(String user, String password) throws SQLException;
  }

  /**
   * Makes the user or renews it, lets it read {@code tables}, and connects as this user.
   *
   * @throws StoreRefusedException when the hub's own user may not make users, or the given user
   *     cannot be used, with the remedy
   */
  Connection connect(Set<String> tables, Login login) throws SQLException {
    if (given.isPresent() && dialect == Dialect.POSTGRESQL) {
      return given(given.get(), tables, login);
    }
    byte[] random = new byte[PASSWORD_BYTES];
    RANDOM.nextBytes(random);
    String password = HexFormat.of().formatHex(random);
    try {
      return dialect == Dialect.H2
          ? h2(tables, password, login)
          : postgres(tables, password, login);
    } catch (SQLException e) {
      if (SqlStates.isInsufficientPrivilege(e)) {
        throw new StoreRefusedException(
            "The hub's database user may not make the user that statements run as (%s). Let the database's owner run: CREATE ROLE hub_reader LOGIN NOINHERIT CONNECTION LIMIT 4 PASSWORD '…'; then set hub.database.reader-user and hub.database.reader-password. Or, if the hub may make users: ALTER ROLE %s CREATEROLE"
                .formatted(firstLine(e), quoted(currentUser())),
            e);
      }
      throw e;
    }
  }

  private Connection given(Given reader, Set<String> tables, Login login) throws SQLException {
    String user = quoted(reader.user());
    Connection connection;
    try {
      letUseSchema(reader.user());
      grant(tables, user);
      connection = login.connect(reader.user(), reader.password());
    } catch (SQLException e) {
      String remedy =
          SqlStates.isInsufficientPrivilege(e)
              ? "GRANT USAGE ON SCHEMA %s TO %s".formatted(quoted(schema), user)
              : SqlStates.isLoginRefused(e)
                  ? "ALTER ROLE %s LOGIN PASSWORD '…', with the one of hub.database.reader-password"
                      .formatted(user)
                  : SqlStates.isUnknownObject(e)
                      ? "CREATE ROLE %s LOGIN NOINHERIT CONNECTION LIMIT 4 PASSWORD '…', with the one of hub.database.reader-password"
                          .formatted(user)
                      : "";
      if (remedy.isEmpty()) {
        throw e;
      }
      throw new StoreRefusedException(
          "Statements cannot run as hub.database.reader-user %s (%s); let the database's owner run: %s"
              .formatted(reader.user(), firstLine(e), remedy),
          e);
    }
    try {
      refuseTooMighty(connection, reader.user());
      return connection;
    } catch (SQLException | RuntimeException e) {
      connection.close();
      throw e;
    }
  }

  /** A user that may read tokens or change tables would give that to everybody with a statement. */
  private void refuseTooMighty(Connection connection, String user) throws SQLException {
    record Rights(String table, boolean reads, boolean writes) {}
    List<Rights> all =
        Jdbc.list(
            connection,
            RIGHTS,
            row -> new Rights(row.getString(1), row.getBoolean(2), row.getBoolean(3)),
            schema);
    for (Rights one : all) {
      boolean mayRead = one.reads() && ReadableTables.CLOSED.contains(one.table());
      if (mayRead || one.writes()) {
        throw new StoreRefusedException(
            "Statements do not run as hub.database.reader-user %s, who may %s the table %s; name a user that may read nothing by itself."
                .formatted(user, one.writes() ? "change" : "read", one.table()));
      }
    }
  }

  private Connection h2(Set<String> tables, String password, Login login) throws SQLException {
    String user = "HUB_READER";
    execute("CREATE USER IF NOT EXISTS %s PASSWORD '%s'".formatted(user, password));
    execute("ALTER USER %s SET PASSWORD '%s'".formatted(user, password));
    grant(tables, user);
    return login.connect(user, password);
  }

  private Connection postgres(Set<String> tables, String password, Login login)
      throws SQLException {
    String user = Jdbc.first(admin, NAME, row -> row.getString(1), schema).orElseThrow();
    execute(LOCK);
    try {
      String known = "SELECT 1 FROM pg_catalog.pg_roles WHERE rolname = ?";
      if (Jdbc.first(admin, known, row -> true, user).isEmpty()) {
        execute("CREATE ROLE \"%s\" LOGIN NOINHERIT CONNECTION LIMIT 4".formatted(user));
      }
      String until =
          Jdbc.first(admin, "SELECT (now() + interval '1 minute')::text", row -> row.getString(1))
              .orElseThrow();
      execute("ALTER ROLE \"%s\" PASSWORD '%s' VALID UNTIL '%s'".formatted(user, password, until));
      letUseSchema(user);
      grant(tables, quoted(user));
      return login.connect(user, password);
    } finally {
      execute(UNLOCK);
    }
  }

  /** Only where it is missing: the hub's own user need not own the schema. */
  private void letUseSchema(String user) throws SQLException {
    if (!Jdbc.first(admin, MAY_USE, row -> row.getBoolean(1), user, schema).orElseThrow()) {
      execute("GRANT USAGE ON SCHEMA %s TO %s".formatted(quoted(schema), quoted(user)));
    }
  }

  private void grant(Set<String> tables, String user) throws SQLException {
    for (String table : tables) {
      execute("GRANT SELECT ON %s.%s TO %s".formatted(quoted(schema), quoted(table), user));
    }
  }

  private static String quoted(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }

  private void execute(String sql) throws SQLException {
    try (Statement statement = admin.createStatement()) {
      boolean unused = statement.execute(sql);
    }
  }

  private String currentUser() throws SQLException {
    return Jdbc.first(admin, "SELECT current_user", row -> row.getString(1)).orElseThrow();
  }

  private static String firstLine(SQLException error) {
    return String.valueOf(error.getMessage()).lines().findFirst().orElse("");
  }
}
