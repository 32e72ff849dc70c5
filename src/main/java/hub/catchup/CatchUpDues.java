package hub.catchup;

import hub.catchup.Undelivered.Window;
import hub.db.Database;
import hub.db.Dialect;
import hub.db.Jdbc;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;
import java.util.UUID;

/** When each catch-up is due, and which node runs it. Thread-safe. */
final class CatchUpDues {
  /** A run shows a sign of life at each page, which takes less than a minute. */
  static final Duration LEASE = Duration.ofMinutes(2);

  private static final String NEW =
      "The source is new to the hub; what was sent before is fetched by hand.";

  private static final String ADD =
      """
      INSERT INTO catch_up (name, next_at, failures)
      SELECT ?, ?, 0 WHERE NOT EXISTS (SELECT 1 FROM catch_up WHERE name = ?)
      """;

  private static final String READ =
      "SELECT next_at, ended_at, failures, resume, lease_until FROM catch_up WHERE name = ?";

  /** The row's lock decides between two nodes that try at the same time. */
  private static final String LEASE_IT =
      """
      UPDATE catch_up SET lease_token = ?, lease_until = ?
      WHERE name = ? AND (lease_until IS NULL OR lease_until <= ?)
      """;

  private static final String RENEW =
      "UPDATE catch_up SET lease_until = ? WHERE name = ? AND lease_token = ?";

  private static final String RELEASE =
      """
      UPDATE catch_up
      SET lease_token = NULL, lease_until = NULL, ended_at = ?, next_at = ?, failures = ?, resume = ?
      WHERE name = ? AND lease_token = ?
      """;

  private static final String FREE = "UPDATE catch_up SET lease_until = NULL WHERE name = ?";

  /** Whether an event of the source was ever stored, also if it was deleted since. */
  private static final String IS_KNOWN = "SELECT 1 FROM inbox_tally WHERE source = ?";

  /** A row whose window has no length tells when a source began. */
  private static final String BEGUN =
      "SELECT min(since) FROM catch_up_run WHERE source = ? AND since = until AND started_by = 'schedule'";

  /**
   * When a catch-up is due.
   *
   * @param endedAt of its last run; empty: there was none
   * @param failures runs that failed since the last that did not
   * @param resume where a failed run goes on
   * @param isNew whether no event of its source is known, and its first run is still to come
   */
  record Due(
      Instant nextAt,
      Optional<Instant> endedAt,
      int failures,
      Optional<String> resume,
      boolean isNew) {
    Due stillNew() {
      return new Due(nextAt, endedAt, failures, resume, true);
    }
  }

  private final Database database;
  private final Clock clock;
  private final CatchUpTable runs;

  CatchUpDues(Database database, Clock clock, CatchUpTable runs) {
    this.database = database;
    this.clock = clock;
    this.runs = runs;
  }

  boolean ready() {
    return database.ready();
  }

  /**
   * When the catch-up is due: at once, when nothing is known of it but events of its source are.
   *
   * @param wait until the first run, when no event of the source was ever stored
   */
  Due due(String name, String source, Duration wait) throws SQLException {
    Instant now = clock.instant();
    return database.inTransaction(
        connection -> {
          Optional<Due> known = read(connection, name);
          if (known.isPresent() && !mayBeNew(known.get(), now)) {
            return known.get();
          }
          boolean isNew = Jdbc.first(connection, IS_KNOWN, row -> 1, source).isEmpty();
          if (known.isPresent()) {
            return isNew ? known.get().stillNew() : known.get();
          }
          Instant nextAt = isNew ? now.plus(wait) : now;
          Jdbc.update(connection, ADD, name, nextAt, name);
          if (isNew) {
            runs.begin(
                connection,
                UUID.randomUUID(),
                source,
                "done",
                false,
                new Window(now, now),
                NEW,
                "schedule");
          }
          return new Due(nextAt, Optional.empty(), 0, Optional.empty(), isNew);
        });
  }

  /** A restart before the first run is no downtime of a source that has sent nothing. */
  private static boolean mayBeNew(Due known, Instant now) {
    return known.endedAt().isEmpty() && known.nextAt().isAfter(now);
  }

  /** When the source was new to the hub; empty: before it could be caught up. */
  Optional<Instant> begunAt(String source) throws SQLException {
    return database
        .read(
            connection ->
                Jdbc.first(
                    connection, BEGUN, row -> row.getObject(1, OffsetDateTime.class), source))
        .map(OffsetDateTime::toInstant);
  }

  private static Optional<Due> read(Connection connection, String name) throws SQLException {
    return Jdbc.first(
        connection,
        READ,
        row ->
            new Due(
                row.getObject(1, OffsetDateTime.class).toInstant(),
                Optional.ofNullable(row.getObject(2, OffsetDateTime.class))
                    .map(OffsetDateTime::toInstant),
                row.getInt(3),
                Optional.ofNullable(row.getString(4)),
                false),
        name);
  }

  /** Takes the catch-up for this node; false: another one runs it. */
  boolean lease(String name, UUID token) throws SQLException {
    Instant now = clock.instant();
    return database.inTransaction(
        connection -> Jdbc.update(connection, LEASE_IT, token, now.plus(LEASE), name, now) == 1);
  }

  /** Keeps it; false: it took too long, and another node may have it. */
  boolean renew(String name, UUID token) throws SQLException {
    Instant until = clock.instant().plus(LEASE);
    return database.inTransaction(
        connection -> Jdbc.update(connection, RENEW, until, name, token) == 1);
  }

  /** Ends a run by schedule. */
  void release(String name, UUID token, Instant nextAt, int failures, Optional<String> resume)
      throws SQLException {
    Instant now = clock.instant();
    database.inTransaction(
        connection -> Jdbc.update(connection, RELEASE, now, nextAt, failures, resume, name, token));
  }

  /** Ends what an earlier process of an embedded database has left. */
  void free(String name) throws SQLException {
    database.inTransaction(connection -> Jdbc.update(connection, FREE, name));
  }

  /** Whether the database belongs to this process alone. */
  boolean isEmbedded() {
    return database.dialect() == Dialect.H2;
  }
}
