package hub.identity.token;

import hub.db.Database;
import hub.db.Dialect;
import hub.db.Jdbc;
import hub.db.SqlStates;
import hub.db.StoreUnavailableException;
import hub.inbox.InboxVariables;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/**
 * The table {@code token}. Every change names the version that it is based on, so that the later of
 * two concurrent changes fails. Thread-safe. Every method except {@link #releaseAll} throws {@link
 * StoreUnavailableException} while the database is away, and {@link IllegalArgumentException} for a
 * value that is too long.
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

  /** Also ends a lease, whose holder uses a refresh token that is no longer the newest. */
  private static final String REPLACE =
      """
      UPDATE token
      SET state = 'valid', access_token = ?, refresh_token = ?, key_id = ?, scope = ?,
          obtained_at = ?, expires_at = ?, version = ?, lease_owner = NULL, lease_until = NULL
      WHERE provider = ? AND subject = ? AND version = ?
      """;

  /**
   * Locks the row: of several nodes that try at once, the first takes the lease and the others
   * change nothing.
   */
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
   * Keeps the version: another refresh with the same token that is still waiting for the provider
   * may store its answer.
   */
  private static final String REFUSE =
      """
      UPDATE token SET state = 'login-required', lease_owner = NULL, lease_until = NULL
      WHERE provider = ? AND subject = ? AND version = ? AND state = 'valid'
      """;

  private static final String DELETE =
      "DELETE FROM token WHERE provider = ? AND subject = ? AND version = ?";

  /** In the order of the primary key, so that each unreadable row is seen once. */
  private static final String OF_OLD_KEYS =
      COLUMNS
          + """
          WHERE key_id <> ? AND (provider > ? OR (provider = ? AND subject > ?))
          ORDER BY provider, subject
          LIMIT ?
          """;

  /**
   * Matches version and key: tokens that were refreshed in the meantime already use the newest key.
   */
  private static final String REENCRYPT =
      """
      UPDATE token SET access_token = ?, refresh_token = ?, key_id = ?
      WHERE provider = ? AND subject = ? AND version = ? AND key_id = ?
      """;

  /** Where the access token was obtained, the refresh token was used or obtained as well. */
  private static final String UNUSED_SINCE =
      COLUMNS
          + """
          WHERE provider = ? AND state = 'valid' AND refresh_token IS NOT NULL AND obtained_at <= ?
          ORDER BY obtained_at
          LIMIT ?
          """;

  /** The event has the row's version as its id, see {@link InboxTokenDeaths}. */
  private static final String DEAD =
      """
      SELECT t.provider, t.subject, e.received_at, e.payload
      FROM token t
      LEFT JOIN inbox_event e
        ON e.source = ? AND e.provider_event_id = CAST(t.version AS varchar(36))
      WHERE t.state = 'login-required'
      ORDER BY e.received_at DESC NULLS LAST, t.provider, t.subject
      LIMIT ?
      """;

  private static final String COUNT_KEYS = "SELECT key_id, count(*) FROM token GROUP BY key_id";

  /**
   * A person who has to log in again.
   *
   * @param since when the provider refused; empty once the event that tells of it is deleted
   * @param event its payload; empty as {@code since}
   */
  record Dead(TokenOwner owner, Optional<Instant> since, Optional<byte[]> event) {}

  /** A row before and after its re-encryption. */
  record Reencrypted(TokenRow before, TokenRow after) {}

  private final Database database;

  TokenTable(Database database) {
    this.database = database;
  }

  /** Ends the leases of the previous run; on H2 only, where no other node can hold one. */
  void releaseAll() {
    if (database.dialect() == Dialect.H2 && database.ready()) {
      update(
          "UPDATE token SET lease_owner = NULL, lease_until = NULL WHERE lease_owner IS NOT NULL");
    }
  }

  Optional<TokenRow> find(TokenOwner owner) {
    if (!owner.isStorable()) {
      return Optional.empty();
    }
    return in(
        connection ->
            Jdbc.first(connection, FIND, TokenTable::read, owner.provider(), owner.subject()));
  }

  /** Inserts a row; false when the owner has one already. */
  boolean insert(TokenRow row) {
    try {
      return execute(
              INSERT,
              row.owner().provider(),
              row.owner().subject(),
              row.encryptedAccessToken(),
              row.encryptedRefreshToken(),
              row.keyId(),
              row.scope(),
              row.obtainedAt(),
              row.expiresAt(),
              row.version())
          == 1;
    } catch (SQLException e) {
      if (SqlStates.isUniqueViolation(e)) {
        return false;
      }
      throw failure(e);
    }
  }

  /** Replaces the row of {@code version}; false when the row has another version. */
  boolean replace(UUID version, TokenRow row) {
    return update(
            REPLACE,
            row.encryptedAccessToken(),
            row.encryptedRefreshToken(),
            row.keyId(),
            row.scope(),
            row.obtainedAt(),
            row.expiresAt(),
            row.version(),
            row.owner().provider(),
            row.owner().subject(),
            version)
        == 1;
  }

  /** Takes the lease for {@code time}; false when the row has changed or another owner holds it. */
  boolean lease(TokenRow row, UUID leaseOwner, Duration time) {
    return update(
            LEASE,
            leaseOwner,
            time.toMillis(),
            row.owner().provider(),
            row.owner().subject(),
            row.version())
        == 1;
  }

  /** Extends the lease to {@code time} from now; does nothing when another owner holds it. */
  void prolong(TokenOwner owner, UUID leaseOwner, Duration time) {
    update(PROLONG, time.toMillis(), owner.provider(), owner.subject(), leaseOwner);
  }

  void release(TokenOwner owner, UUID leaseOwner) {
    update(RELEASE, owner.provider(), owner.subject(), leaseOwner);
  }

  /**
   * Records that the provider refused the refresh token, in the transaction of this thread if there
   * is one; false when the row has a newer token, or this is recorded already.
   */
  boolean refuse(TokenRow row) {
    try {
      return database.joining(
              connection ->
                  Jdbc.update(
                      connection,
                      REFUSE,
                      row.owner().provider(),
                      row.owner().subject(),
                      row.version()))
          == 1;
    } catch (SQLException e) {
      throw failure(e);
    }
  }

  /** Deletes the row; false when it has another version now. */
  boolean delete(TokenRow row) {
    return update(DELETE, row.owner().provider(), row.owner().subject(), row.version()) == 1;
  }

  /**
   * Rows that are encrypted with another key, after {@code last} in the order of the primary key.
   *
   * @param last empty provider and subject: from the first row
   */
  List<TokenRow> encryptedOtherwise(String keyId, TokenOwner last, int most) {
    return in(
        connection ->
            Jdbc.list(
                connection,
                OF_OLD_KEYS,
                TokenTable::read,
                keyId,
                last.provider(),
                last.provider(),
                last.subject(),
                most));
  }

  /**
   * Stores re-encrypted rows in one transaction.
   *
   * @return the number of rows that had not changed in the meantime
   */
  int reencrypt(List<Reencrypted> rows) {
    return in(
        connection -> {
          int count = 0;
          try (PreparedStatement statement = connection.prepareStatement(REENCRYPT)) {
            for (Reencrypted one : rows) {
              TokenRow row = one.after();
              count +=
                  Jdbc.update(
                      statement,
                      row.encryptedAccessToken(),
                      row.encryptedRefreshToken(),
                      row.keyId(),
                      row.owner().provider(),
                      row.owner().subject(),
                      row.version(),
                      one.before().keyId());
            }
          }
          return count;
        });
  }

  /** The owners of refresh tokens that nobody has used since {@code time}, the oldest first. */
  List<TokenOwner> unusedSince(String provider, Instant time, int most) {
    return in(
        connection ->
            Jdbc.list(connection, UNUSED_SINCE, row -> read(row).owner(), provider, time, most));
  }

  /** The tokens that no longer serve, the latest first. */
  List<Dead> dead(int most) {
    return in(
        connection ->
            Jdbc.list(
                connection,
                DEAD,
                row ->
                    new Dead(
                        new TokenOwner(row.getString(1), row.getString(2)),
                        Optional.ofNullable(row.getObject(3, OffsetDateTime.class))
                            .map(OffsetDateTime::toInstant),
                        Optional.ofNullable(row.getBytes(4))),
                InboxVariables.HUB_SOURCE,
                most));
  }

  /** The number of rows by the id of their key. */
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

  private int update(String sql, Object... parameters) {
    try {
      return execute(sql, parameters);
    } catch (SQLException e) {
      throw failure(e);
    }
  }

  private int execute(String sql, Object... parameters) throws SQLException {
    return database.inTransaction(connection -> Jdbc.update(connection, sql, parameters));
  }

  private <T> T in(Database.Work<T> work) {
    try {
      return database.inTransaction(work);
    } catch (SQLException e) {
      throw failure(e);
    }
  }

  /** Data errors are permanent; their message may contain the token, so it is dropped. */
  static RuntimeException failure(SQLException e) {
    return SqlStates.isInvalidValue(e)
        ? new IllegalArgumentException("the store of tokens cannot hold this: " + e.getSQLState())
        : new StoreUnavailableException("the store of tokens does not answer", e);
  }
}
