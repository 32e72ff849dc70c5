package hub.inbox.idempotency;

import hub.db.Database;
import hub.db.Dialect;
import hub.db.Jdbc;
import hub.db.SqlStates;
import hub.db.StoreUnavailableException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * The table {@code idempotency_key}. Joins the transaction of its thread. Thread-safe. Every method
 * throws {@link StoreUnavailableException} while the store does not answer.
 */
final class KeyTable {
  /** The primary key decides a race. */
  private static final String TAKE =
      """
      INSERT INTO idempotency_key (scope, key_text, state, owner, lease_until, created_at)
      SELECT ?, ?, 'in-progress', CAST(? AS uuid),
             CURRENT_TIMESTAMP + CAST(? AS bigint) * INTERVAL '0.001' SECOND, CURRENT_TIMESTAMP
      WHERE NOT EXISTS (SELECT 1 FROM idempotency_key WHERE scope = ? AND key_text = ?)
      """;

  /** Locks the row: of several that find the lease expired, only the first one gets the key. */
  private static final String TAKE_OVER =
      """
      UPDATE idempotency_key
      SET owner = ?, lease_until = CURRENT_TIMESTAMP + CAST(? AS bigint) * INTERVAL '0.001' SECOND
      WHERE scope = ? AND key_text = ? AND state = 'in-progress'
        AND (lease_until <= CURRENT_TIMESTAMP OR owner = ?)
      """;

  private static final String STATE =
      """
      SELECT state, CAST(EXTRACT(EPOCH FROM lease_until - CURRENT_TIMESTAMP) * 1000 AS bigint)
      FROM idempotency_key WHERE scope = ? AND key_text = ?
      """;

  /** Only the owner may confirm: after a lost lease, the key belongs to another process. */
  private static final String CONFIRM =
      """
      UPDATE idempotency_key SET state = 'done', lease_until = NULL, done_at = CURRENT_TIMESTAMP
      WHERE scope = ? AND key_text = ? AND state = 'in-progress' AND owner = ?
      """;

  private static final String REMOVE =
      "DELETE FROM idempotency_key WHERE scope = ? AND key_text = ? AND state = 'in-progress' AND owner = ?";

  private static final String EXPIRE =
      """
      DELETE FROM idempotency_key
      WHERE done_at < CURRENT_TIMESTAMP - CAST(? AS integer) * INTERVAL '1' DAY
         OR lease_until < CURRENT_TIMESTAMP - CAST(? AS integer) * INTERVAL '1' DAY
      """;

  /** One that the other scope has, too, stays. */
  private static final String IN_SCOPE =
      """
      SELECT k.key_text FROM idempotency_key k
      WHERE k.scope = ? AND NOT EXISTS (SELECT 1 FROM idempotency_key n WHERE n.scope = ? AND n.key_text = k.key_text)
      LIMIT ?
      FOR UPDATE
      """;

  private static final String MOVE =
      "UPDATE idempotency_key SET scope = ? WHERE scope = ? AND key_text = ANY (?)";

  /** Keys that are moved in one transaction. */
  private static final int PIECE = 5_000;

  /**
   * What is known of a key.
   *
   * @param leaseLeft until it may be taken over; zero for one that is done
   */
  record State(boolean isDone, Duration leaseLeft) {
    private static State read(ResultSet row) throws SQLException {
      return new State(row.getString(1).equals("done"), Duration.ofMillis(row.getLong(2)));
    }
  }

  private final Database database;

  KeyTable(Database database) {
    this.database = database;
  }

  /** Inserts a key in progress; returns false when the key exists. */
  boolean insert(ScopedKey key, UUID owner, Duration lease) {
    // On PostgreSQL a duplicate key would end the transaction that the statement joins.
    String ifAbsent = database.dialect() == Dialect.POSTGRESQL ? "ON CONFLICT DO NOTHING" : "";
    try {
      return execute(
              TAKE + ifAbsent,
              key.scope(),
              key.key(),
              owner,
              lease.toMillis(),
              key.scope(),
              key.key())
          == 1;
    } catch (SQLException e) {
      if (SqlStates.isUniqueViolation(e)) {
        return false;
      }
      throw unavailable(e);
    }
  }

  /** Takes a key in progress whose lease has expired, or which {@code owner} has already. */
  boolean takeOver(ScopedKey key, UUID owner, Duration lease) {
    return update(TAKE_OVER, owner, lease.toMillis(), key.scope(), key.key(), owner) == 1;
  }

  /** Empty when there is no such key. */
  Optional<State> state(ScopedKey key) {
    try {
      return database.joining(
          connection -> Jdbc.first(connection, STATE, State::read, key.scope(), key.key()));
    } catch (SQLException e) {
      throw unavailable(e);
    }
  }

  /** Makes a key done; returns false when it no longer belongs to {@code owner}. */
  boolean confirm(ScopedKey key, UUID owner) {
    return update(CONFIRM, key.scope(), key.key(), owner) == 1;
  }

  /** Deletes a key in progress; returns false when it no longer belongs to {@code owner}. */
  boolean remove(ScopedKey key, UUID owner) {
    return update(REMOVE, key.scope(), key.key(), owner) == 1;
  }

  /** Deletes keys that were done, or whose lease expired, more than {@code days} ago. */
  int expire(int days) {
    return update(EXPIRE, days, days);
  }

  /** Deletes all keys in progress. */
  int removeInProgress() {
    return update("DELETE FROM idempotency_key WHERE state = 'in-progress'");
  }

  /** Moves the keys of one scope to another. */
  void move(String from, String to) {
    try {
      while (database.inTransaction(connection -> movePiece(connection, from, to)) == PIECE) {
        // Another piece may be left.
      }
    } catch (SQLException e) {
      throw unavailable(e);
    }
  }

  private static int movePiece(Connection connection, String from, String to) throws SQLException {
    List<String> keys = Jdbc.list(connection, IN_SCOPE, row -> row.getString(1), from, to, PIECE);
    return keys.isEmpty()
        ? 0
        : Jdbc.update(
            connection, MOVE, to, from, connection.createArrayOf("varchar", keys.toArray()));
  }

  void clear() {
    update("DELETE FROM idempotency_key");
  }

  private int update(String sql, Object... parameters) {
    try {
      return execute(sql, parameters);
    } catch (SQLException e) {
      throw unavailable(e);
    }
  }

  private int execute(String sql, Object... parameters) throws SQLException {
    return database.joining(connection -> Jdbc.update(connection, sql, parameters));
  }

  private static StoreUnavailableException unavailable(SQLException e) {
    return new StoreUnavailableException("the store of idempotency keys does not answer", e);
  }
}
