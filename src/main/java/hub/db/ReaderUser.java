package hub.db;

import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HexFormat;
import java.util.Set;

/**
 * The database user that runs people's statements: it may read the tables that it is told, and
 * nothing else. It gets a new password each time, which nobody learns.
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

  private final Dialect dialect;
  private final Connection admin;
  private final String schema;

  /**
   * @param admin a connection of the hub's own user, with automatic commits
   */
  ReaderUser(Dialect dialect, Connection admin, String schema) {
    this.dialect = dialect;
    this.admin = admin;
    this.schema = schema;
  }

  /** What connects with the user's name and password. */
  @FunctionalInterface
  interface Login {
    Connection connect(String user, String password) throws SQLException;
  }

  /**
   * Makes the user or renews it, lets it read {@code tables}, and connects as this user.
   *
   * @throws StoreRefusedException when the hub's own user may not make users, with the remedy
   */
  Connection connect(Set<String> tables, Login login) throws SQLException {
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
            "The hub's database user may not make the user that statements run as (%s); let the database's owner run: ALTER ROLE \"%s\" CREATEROLE"
                .formatted(firstLine(e), currentUser()),
            e);
      }
      throw e;
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
      execute("GRANT USAGE ON SCHEMA \"%s\" TO \"%s\"".formatted(schema, user));
      grant(tables, '"' + user + '"');
      return login.connect(user, password);
    } finally {
      execute(UNLOCK);
    }
  }

  private void grant(Set<String> tables, String user) throws SQLException {
    for (String table : tables) {
      execute(
          "GRANT SELECT ON \"%s\".\"%s\" TO %s"
              .formatted(schema.replace("\"", "\"\""), table.replace("\"", "\"\""), user));
    }
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
