package hub.poll;

import hub.db.Database;
import hub.db.Dialect;
import hub.db.Jdbc;
import hub.db.SqlStates;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** The tables {@code poll_cursor} and {@code poll_seen}. Thread-safe. */
final class PollTable {
  private static final String OPEN =
      """
      INSERT INTO poll_cursor (source, due_at)
      SELECT ?, CURRENT_TIMESTAMP WHERE NOT EXISTS (SELECT 1 FROM poll_cursor WHERE source = ?)
      """;

  /** Locks the row: of several nodes that try at once, the first takes the lease. */
  private static final String ACQUIRE =
      """
      UPDATE poll_cursor
      SET lease_owner = ?,
          lease_until = CURRENT_TIMESTAMP + CAST(? AS bigint) * INTERVAL '0.001' SECOND
      WHERE source = ?
        AND (lease_until IS NULL OR lease_until <= CURRENT_TIMESTAMP)
        AND (due_at <= CURRENT_TIMESTAMP OR CAST(? AS boolean))
      """;

  private static final String READ =
      """
      SELECT last_cursor, next_page, newest_cursor, reached_cursor, page_hash, stalled, walk_started_at
      FROM poll_cursor WHERE source = ?
      """;

  private static final String WAIT =
      "SELECT CURRENT_TIMESTAMP, due_at, lease_until FROM poll_cursor WHERE source = ?";

  private static final String PROLONG =
      """
      UPDATE poll_cursor
      SET lease_until = CURRENT_TIMESTAMP + CAST(? AS bigint) * INTERVAL '0.001' SECOND
      WHERE source = ? AND lease_owner = ?
      """;

  /** Fails to change a row when the lease is lost; then the transaction is rolled back. */
  private static final String MOVE =
      """
      UPDATE poll_cursor
      SET last_cursor = ?, next_page = ?, newest_cursor = ?, reached_cursor = ?, page_hash = ?, stalled = ?,
          walk_started_at = CAST(? AS timestamp(3) with time zone)
      WHERE source = ? AND lease_owner = ?
      """;

  private static final String RELEASE =
      """
      UPDATE poll_cursor
      SET lease_owner = NULL, lease_until = NULL,
          due_at = CURRENT_TIMESTAMP + CAST(? AS bigint) * INTERVAL '0.001' SECOND
      WHERE source = ? AND lease_owner = ?
      """;

  private static final String SUCCEEDED =
      """
      UPDATE poll_cursor SET failures = 0, failing_since = NULL, last_error = NULL
      WHERE source = ? AND lease_owner = ? AND failures > 0
      """;

  private static final String FAILED =
      """
      UPDATE poll_cursor
      SET failures = failures + 1, failing_since = COALESCE(failing_since, CURRENT_TIMESTAMP), last_error = ?
      WHERE source = ? AND lease_owner = ?
      """;

  private static final String KNOWN =
      "SELECT provider_event_id FROM poll_seen WHERE source = ? AND provider_event_id = ANY (?)";

  private static final String SEE =
      "INSERT INTO poll_seen (source, provider_event_id, seen_at) VALUES (?, ?, CURRENT_TIMESTAMP)";

  /** Once a day for each key: most lists show the same items in every run. */
  private static final String SEE_AGAIN =
      """
      UPDATE poll_seen SET seen_at = CURRENT_TIMESTAMP
      WHERE source = ? AND provider_event_id = ANY (?) AND seen_at < CURRENT_TIMESTAMP - INTERVAL '1' DAY
      """;

  private static final String FORGET = "DELETE FROM poll_seen WHERE source = ? AND seen_at < ?";

  private static final int MAX_ERROR = 500;

  private final Database database;

  PollTable(Database database) {
    this.database = database;
  }

  /** Ends the leases of the previous run; on H2 only, where no other node can hold one. */
  void releaseAll() throws SQLException {
    if (database.dialect() == Dialect.H2 && database.ready()) {
      update("UPDATE poll_cursor SET lease_owner = NULL, lease_until = NULL");
    }
  }

  /** Makes the row of a source that is new. */
  void open(String source) throws SQLException {
    try {
      update(OPEN, source, source);
    } catch (SQLException e) {
      if (!SqlStates.isUniqueViolation(e)) {
        throw e;
      }
    }
  }

  /**
   * Takes the lease on a source.
   *
   * @param atOnce whether it is taken before its next run is due
   * @return empty when another node holds it, or it is not due
   */
  Optional<PollPosition> acquire(String source, UUID owner, Duration lease, boolean atOnce)
      throws SQLException {
    return database.inTransaction(
        connection ->
            Jdbc.update(connection, ACQUIRE, owner, lease.toMillis(), source, atOnce) == 0
                ? Optional.empty()
                : Jdbc.first(connection, READ, PollTable::read, source));
  }

  private static PollPosition read(ResultSet row) throws SQLException {
    return new PollPosition(
        Optional.ofNullable(row.getString(1)).map(ListCursor::new),
        Optional.ofNullable(row.getString(2)),
        Optional.ofNullable(row.getString(3)).map(ListCursor::new),
        Optional.ofNullable(row.getString(4)).map(ListCursor::new),
        Optional.ofNullable(row.getString(5)),
        row.getInt(6),
        Optional.ofNullable(row.getObject(7, OffsetDateTime.class)).map(OffsetDateTime::toInstant));
  }

  /** How long until the source can be taken, as far as it can be told now. */
  Duration waitFor(String source) throws SQLException {
    return database
        .read(
            connection ->
                Jdbc.first(
                    connection,
                    WAIT,
                    row -> {
                      OffsetDateTime now = row.getObject(1, OffsetDateTime.class);
                      OffsetDateTime due = row.getObject(2, OffsetDateTime.class);
                      OffsetDateTime lease = row.getObject(3, OffsetDateTime.class);
                      return Duration.between(
                          now, lease != null && lease.isAfter(due) ? lease : due);
                    },
                    source))
        .orElse(Duration.ZERO);
  }

  void prolong(String source, UUID owner, Duration lease) throws SQLException {
    update(PROLONG, lease.toMillis(), source, owner);
  }

  /** Gives the lease back; the next run is due after {@code pause}. */
  void release(String source, UUID owner, Duration pause) throws SQLException {
    update(RELEASE, pause.toMillis(), source, owner);
  }

  void succeeded(String source, UUID owner) throws SQLException {
    update(SUCCEEDED, source, owner);
  }

  void failed(String source, UUID owner, String error) throws SQLException {
    update(FAILED, error.substring(0, Math.min(error.length(), MAX_ERROR)), source, owner);
  }

  Set<String> known(String source, Collection<String> ids) throws SQLException {
    return new HashSet<>(
        database.read(
            connection ->
                Jdbc.list(
                    connection,
                    KNOWN,
                    row -> row.getString(1),
                    source,
                    connection.createArrayOf("varchar", ids.toArray()))));
  }

  /**
   * Moves the position and keeps the keys, in one transaction.
   *
   * @throws LeaseLostException when {@code owner} has no longer the lease
   */
  void commit(
      String source,
      UUID owner,
      PollPosition position,
      Collection<String> stored,
      Collection<String> shown)
      throws SQLException {
    database.inTransaction(
        connection -> {
          if (Jdbc.update(
                  connection,
                  MOVE,
                  position.cursor().map(ListCursor::text),
                  position.nextPage(),
                  position.newest().map(ListCursor::text),
                  position.reached().map(ListCursor::text),
                  position.pageHash(),
                  position.stalled(),
                  position.walkStartedAt(),
                  source,
                  owner)
              == 0) {
            throw new LeaseLostException(source);
          }
          see(connection, source, new LinkedHashSet<>(stored));
          if (!shown.isEmpty()) {
            Jdbc.update(
                connection,
                SEE_AGAIN,
                source,
                connection.createArrayOf("varchar", shown.toArray()));
          }
          return null;
        });
  }

  private static void see(Connection connection, String source, Set<String> ids)
      throws SQLException {
    if (ids.isEmpty()) {
      return;
    }
    try (PreparedStatement insert = connection.prepareStatement(SEE)) {
      for (String id : ids) {
        Jdbc.bind(insert, source, id);
        insert.addBatch();
      }
      insert.executeBatch();
    }
  }

  /** Forgets the keys of items that the list has last shown before {@code end}. */
  int forget(String source, Instant end) throws SQLException {
    return database.inLongTransaction(connection -> Jdbc.update(connection, FORGET, source, end));
  }

  private int update(String sql, Object... parameters) throws SQLException {
    return database.inTransaction(connection -> Jdbc.update(connection, sql, parameters));
  }
}
