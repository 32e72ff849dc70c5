package hub.catchup;

import hub.catchup.Undelivered.Window;
import hub.db.Database;
import hub.db.Jdbc;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/** The tables of catch-ups: when each is due, and the runs of the last week. Thread-safe. */
public final class CatchUpTable {
  /** A run shows a sign of life at each page, which takes less than a minute. */
  static final Duration LEASE = Duration.ofMinutes(2);

  private static final Duration KEPT = Duration.ofDays(7);

  private static final int MAX_TEXT = 1000;

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

  private static final String FORGET = "DELETE FROM catch_up_run WHERE moved_at < ?";

  private static final String BEGIN =
      """
      INSERT INTO catch_up_run (id, source, state, dry_run, since, until, found, missing, appended, note, started_by, started_at, moved_at)
      VALUES (?, ?, ?, ?, ?, ?, 0, 0, 0, ?, ?, ?, ?)
      """;

  private static final String COUNT =
      """
      UPDATE catch_up_run
      SET state = 'running', found = found + ?, missing = missing + ?, appended = appended + ?, moved_at = ?
      WHERE id = ?
      """;

  /** A run that failed in one of its parts has failed. */
  private static final String END =
      """
      UPDATE catch_up_run
      SET state = CASE WHEN error IS NULL THEN ? ELSE state END, error = COALESCE(error, ?), moved_at = ?
      WHERE id = ?
      """;

  private static final String SHOW =
      """
      SELECT source, state, dry_run, since, until, found, missing, appended, error, note, started_by, started_at, moved_at
      FROM catch_up_run WHERE id = ?
      """;

  /** A run that goes on is told when it is over, with its whole number. */
  private static final String APPENDED =
      """
      SELECT source, sum(appended) FROM catch_up_run
      WHERE moved_at >= ? AND appended > 0 AND (state NOT IN ('waiting', 'running') OR moved_at < ?)
      GROUP BY source
      """;

  /**
   * When a catch-up is due.
   *
   * @param endedAt of its last run; empty: there was none
   * @param failures runs that failed since the last that did not
   * @param resume where a failed run goes on
   */
  record Due(Instant nextAt, Optional<Instant> endedAt, int failures, Optional<String> resume) {}

  /** A run as it is stored. */
  record Row(
      String source,
      String state,
      boolean dryRun,
      Window window,
      long found,
      long missing,
      long appended,
      Optional<String> error,
      Optional<String> note,
      String by,
      Instant startedAt,
      Instant movedAt) {}

  private final Database database;
  private final Clock clock;

  public CatchUpTable(Database database, Clock clock) {
    this.database = database;
    this.clock = clock;
  }

  boolean ready() {
    return database.ready();
  }

  /** When the catch-up is due; at once, when nothing is known of it. */
  Due due(String name) throws SQLException {
    Instant now = clock.instant();
    return database.inTransaction(
        connection -> {
          Optional<Due> known = read(connection, name);
          if (known.isEmpty()) {
            Jdbc.update(connection, ADD, name, now, name);
          }
          return known.orElseGet(() -> new Due(now, Optional.empty(), 0, Optional.empty()));
        });
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
                Optional.ofNullable(row.getString(4))),
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
    return database.dialect() == hub.db.Dialect.H2;
  }

  void begin(
      UUID id, String source, String state, boolean dryRun, Window window, String note, String by)
      throws SQLException {
    Instant now = clock.instant();
    database.inTransaction(
        connection -> {
          Jdbc.update(connection, FORGET, now.minus(KEPT));
          return Jdbc.update(
              connection,
              BEGIN,
              id,
              source,
              state,
              dryRun,
              window.since(),
              window.until(),
              note.isEmpty() ? Optional.empty() : Optional.of(note),
              by,
              now,
              now);
        });
  }

  /** Adds to the run's numbers, as a sign of life. */
  void count(UUID id, long found, long missing, long appended) throws SQLException {
    Instant now = clock.instant();
    database.inTransaction(
        connection -> Jdbc.update(connection, COUNT, found, missing, appended, now, id));
  }

  /**
   * @param error empty: it did not fail
   */
  void end(UUID id, String state, Optional<String> error) throws SQLException {
    Instant now = clock.instant();
    Optional<String> text = error.map(e -> e.substring(0, Math.min(e.length(), MAX_TEXT)));
    database.inTransaction(connection -> Jdbc.update(connection, END, state, text, now, id));
  }

  Optional<Row> show(UUID id) throws SQLException {
    Instant silentSince = clock.instant().minus(LEASE);
    return database.read(
        connection ->
            Jdbc.first(
                connection,
                SHOW,
                row -> {
                  Instant moved = row.getObject(13, OffsetDateTime.class).toInstant();
                  String state = row.getString(2);
                  boolean left =
                      moved.isBefore(silentSince)
                          && (state.equals("running") || state.equals("waiting"));
                  return new Row(
                      row.getString(1),
                      left ? "interrupted" : state,
                      row.getBoolean(3),
                      new Window(
                          row.getObject(4, OffsetDateTime.class).toInstant(),
                          row.getObject(5, OffsetDateTime.class).toInstant()),
                      row.getLong(6),
                      row.getLong(7),
                      row.getLong(8),
                      Optional.ofNullable(row.getString(9)),
                      Optional.ofNullable(row.getString(10)),
                      row.getString(11),
                      row.getObject(12, OffsetDateTime.class).toInstant(),
                      moved);
                },
                id));
  }

  /** How many events catch-ups have stored since then, by source; those with none are left out. */
  public Map<String, Long> appendedSince(Instant since) throws SQLException {
    Instant silent = clock.instant().minus(LEASE);
    Map<String, Long> all = new TreeMap<>();
    database.read(
        connection ->
            Jdbc.list(
                connection,
                APPENDED,
                row -> all.put(row.getString(1), row.getLong(2)),
                since,
                silent));
    return all;
  }
}
