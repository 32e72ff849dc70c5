package hub.identity.token;

import hub.db.Database;
import hub.db.Dialect;
import hub.db.StoreUnavailableException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/**
 * The table {@code token}. Every change names the version that it comes from, so that of two who
 * change a row the later one learns that it is late. Thread-safe; every method but {@link
 * #releaseAll} throws {@link StoreUnavailableException} while nobody can tell, and {@link
 * IllegalArgumentException} for what is too long.
 */
final class TokenTable {
  private static final String COLUMNS =
      """
      SELECT provider, subject, state, access_token, refresh_token, key_id, scope, obtained_at,
             expires_at, version
      FROM token
      """;

  private static final String FIND = COLUMNS + "WHERE provider = ? AND subject = ?";

  private static final String INSERT =
      """
      INSERT INTO token (provider, subject, state, access_token, refresh_token, key_id, scope,
                         obtained_at, expires_at, version)
      VALUES (?, ?, 'valid', ?, ?, ?, ?, ?, ?, ?)
      """;

  /** Also ends a lease: whoever holds one asks with a refresh token that is not the newest. */
  private static final String REPLACE =
      """
      UPDATE token
      SET state = 'valid', access_token = ?, refresh_token = ?, key_id = ?, scope = ?,
          obtained_at = ?, expires_at = ?, version = ?, lease_owner = NULL, lease_until = NULL
      WHERE provider = ? AND subject = ? AND version = ?
      """;

  /** Locks the row: of several who find no lease, the first changes what the rest see. */
  private static final String LEASE =
      """
      UPDATE token
      SET lease_owner = ?,
          lease_until = CURRENT_TIMESTAMP + CAST(? AS bigint) * INTERVAL '0.001' SECOND
      WHERE provider = ? AND subject = ? AND version = ? AND state = 'valid'
        AND (lease_until IS NULL OR lease_until <= CURRENT_TIMESTAMP)
      """;

  private static final String PROLONG =
      """
      UPDATE token
      SET lease_until = CURRENT_TIMESTAMP + CAST(? AS bigint) * INTERVAL '0.001' SECOND
      WHERE provider = ? AND subject = ? AND lease_owner = ?
      """;

  private static final String RELEASE =
      """
      UPDATE token SET lease_owner = NULL, lease_until = NULL
      WHERE provider = ? AND subject = ? AND lease_owner = ?
      """;

  /**
   * Keeps the version: whoever still waits for the provider's answer to the same refresh token may
   * yet write what comes.
   */
  private static final String REFUSE =
      """
      UPDATE token SET state = 'login-required', lease_owner = NULL, lease_until = NULL
      WHERE provider = ? AND subject = ? AND version = ?
      """;

  private static final String DELETE =
      "DELETE FROM token WHERE provider = ? AND subject = ? AND version = ?";

  /** By the primary key, so that a row which cannot be read is met once. */
  private static final String OF_OLD_KEYS =
      COLUMNS
          + """
          WHERE key_id <> ? AND (provider > ? OR (provider = ? AND subject > ?))
          ORDER BY provider, subject
          LIMIT ?
          """;

  /** Another pair of tokens is encrypted with its writer's newest key anyway. */
  private static final String REENCRYPT =
      """
      UPDATE token SET access_token = ?, refresh_token = ?, key_id = ?
      WHERE provider = ? AND subject = ? AND version = ? AND key_id = ?
      """;

  private static final String COUNT_KEYS = "SELECT key_id, count(*) FROM token GROUP BY key_id";

  private static final String UNIQUE_VIOLATION = "23505";

  /** Class of SQL states: too long, not of the column's kind. */
  private static final String DATA_EXCEPTION = "22";

  /** The same tokens under two keys. */
  record Reencrypted(TokenRow before, TokenRow after) {}

  private final Database database;

  TokenTable(Database database) {
    this.database = database;
  }

  /** Ends the leases of the last run, where they can have been of no one else. */
  void releaseAll() {
    if (database.dialect() == Dialect.H2 && database.ready()) {
      update(
          "UPDATE token SET lease_owner = NULL, lease_until = NULL WHERE lease_owner IS NOT NULL");
    }
  }

  Optional<TokenRow> find(TokenOwner tokenOwner) {
    if (!tokenOwner.isPossible()) {
      return Optional.empty();
    }
    return in(
        connection -> {
          try (PreparedStatement statement = connection.prepareStatement(FIND)) {
            bind(statement, tokenOwner.provider(), tokenOwner.subject());
            try (ResultSet row = statement.executeQuery()) {
              return row.next() ? Optional.of(read(row)) : Optional.empty();
            }
          }
        });
  }

  /** Whether there was no row of this person. */
  boolean insert(TokenRow row) {
    try {
      return execute(
              INSERT,
              row.person().provider(),
              row.person().subject(),
              row.accessToken(),
              row.refreshToken().orElse(null),
              row.keyId(),
              row.scope(),
              time(row.obtainedAt()),
              row.expiresAt().map(TokenTable::time).orElse(null),
              row.version())
          == 1;
    } catch (SQLException e) {
      if (UNIQUE_VIOLATION.equals(e.getSQLState())) {
        return false;
      }
      throw failure(e);
    }
  }

  /** Whether the person's row still was of {@code version}. */
  boolean replace(UUID version, TokenRow row) {
    return update(
            REPLACE,
            row.accessToken(),
            row.refreshToken().orElse(null),
            row.keyId(),
            row.scope(),
            time(row.obtainedAt()),
            row.expiresAt().map(TokenTable::time).orElse(null),
            row.version(),
            row.person().provider(),
            row.person().subject(),
            version)
        == 1;
  }

  /** Whether {@code owner} alone may ask the provider now, for as long as {@code time}. */
  boolean lease(TokenRow row, UUID owner, Duration time) {
    return update(
            LEASE,
            owner,
            time.toMillis(),
            row.person().provider(),
            row.person().subject(),
            row.version())
        == 1;
  }

  /** Makes the lease end {@code time} from now; does nothing to one that somebody else has. */
  void prolong(TokenOwner tokenOwner, UUID owner, Duration time) {
    update(PROLONG, time.toMillis(), tokenOwner.provider(), tokenOwner.subject(), owner);
  }

  void release(TokenOwner tokenOwner, UUID owner) {
    update(RELEASE, tokenOwner.provider(), tokenOwner.subject(), owner);
  }

  /** Notes that the provider refused the refresh token; whether it still was the newest. */
  boolean refuse(TokenRow row) {
    return update(REFUSE, row.person().provider(), row.person().subject(), row.version()) == 1;
  }

  /** Whether the row still was of its version. */
  boolean delete(TokenRow row) {
    return update(DELETE, row.person().provider(), row.person().subject(), row.version()) == 1;
  }

  /**
   * Rows that are encrypted with another key, behind {@code last} in their order.
   *
   * @param last provider and subject may be empty: from the first row
   */
  List<TokenRow> encryptedOtherwise(String keyId, TokenOwner last, int most) {
    return in(
        connection -> {
          try (PreparedStatement statement = connection.prepareStatement(OF_OLD_KEYS)) {
            bind(statement, keyId, last.provider(), last.provider(), last.subject(), most);
            List<TokenRow> rows = new ArrayList<>();
            try (ResultSet row = statement.executeQuery()) {
              while (row.next()) {
                rows.add(read(row));
              }
            }
            return rows;
          }
        });
  }

  /**
   * Puts the same tokens under another key, in one transaction.
   *
   * @return how many were still what they were
   */
  int reencrypt(List<Reencrypted> rows) {
    return in(
        connection -> {
          int count = 0;
          try (PreparedStatement statement = connection.prepareStatement(REENCRYPT)) {
            for (Reencrypted one : rows) {
              TokenRow row = one.after();
              bind(
                  statement,
                  row.accessToken(),
                  row.refreshToken().orElse(null),
                  row.keyId(),
                  row.person().provider(),
                  row.person().subject(),
                  row.version(),
                  one.before().keyId());
              count += statement.executeUpdate();
            }
          }
          return count;
        });
  }

  /** How many rows are encrypted with which key. */
  Map<String, Long> countKeys() {
    return in(
        connection -> {
          try (PreparedStatement statement = connection.prepareStatement(COUNT_KEYS);
              ResultSet row = statement.executeQuery()) {
            Map<String, Long> counts = new TreeMap<>();
            while (row.next()) {
              counts.put(row.getString(1), row.getLong(2));
            }
            return counts;
          }
        });
  }

  private static TokenRow read(ResultSet row) throws SQLException {
    return new TokenRow(
        new TokenOwner(row.getString("provider"), row.getString("subject")),
        !row.getString("state").equals("valid"),
        row.getBytes("access_token"),
        Optional.ofNullable(row.getBytes("refresh_token")),
        row.getString("key_id"),
        row.getString("scope"),
        row.getObject("obtained_at", OffsetDateTime.class).toInstant(),
        Optional.ofNullable(row.getObject("expires_at", OffsetDateTime.class))
            .map(OffsetDateTime::toInstant),
        row.getObject("version", UUID.class));
  }

  private static OffsetDateTime time(Instant instant) {
    return OffsetDateTime.ofInstant(instant, ZoneOffset.UTC);
  }

  private int update(String sql, Object... parameters) {
    try {
      return execute(sql, parameters);
    } catch (SQLException e) {
      throw failure(e);
    }
  }

  private int execute(String sql, Object... parameters) throws SQLException {
    return database.inTransaction(
        connection -> {
          try (PreparedStatement statement = connection.prepareStatement(sql)) {
            bind(statement, parameters);
            return statement.executeUpdate();
          }
        });
  }

  private static void bind(PreparedStatement statement, Object... parameters) throws SQLException {
    for (int i = 0; i < parameters.length; i++) {
      statement.setObject(i + 1, parameters[i]);
    }
  }

  private <T> T in(Work<T> work) {
    try {
      return database.inTransaction(work::on);
    } catch (SQLException e) {
      throw failure(e);
    }
  }

  private interface Work<T> {
    T on(Connection connection) throws SQLException;
  }

  /** What does not fit will not fit later either; its text would show it. */
  private static RuntimeException failure(SQLException e) {
    return String.valueOf(e.getSQLState()).startsWith(DATA_EXCEPTION)
        ? new IllegalArgumentException("the store of tokens cannot hold this: " + e.getSQLState())
        : new StoreUnavailableException("the store of tokens does not answer", e);
  }
}
