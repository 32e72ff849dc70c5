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

/** The runs of catch-ups of the last week. Thread-safe. */
public final class CatchUpTable {
  private static final Duration KEPT = Duration.ofDays(7);

  /** As long as the longest look-back. */
  private static final Duration BEGIN_KEPT = Duration.ofDays(3650);

  private static final int MAX_TEXT = 1000;

  private static final String FORGET =
      "DELETE FROM catch_up_run WHERE moved_at < ? AND (since < until OR moved_at < ?)";

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

  /** When each catch-up is due. */
  CatchUpDues dues() {
    return new CatchUpDues(database, clock, this);
  }

  void begin(
      UUID id, String source, String state, boolean dryRun, Window window, String note, String by)
      throws SQLException {
    database.inTransaction(
        connection -> begin(connection, id, source, state, dryRun, window, note, by));
  }

  /** The same, within a transaction. */
  int begin(
      Connection connection,
      UUID id,
      String source,
      String state,
      boolean dryRun,
      Window window,
      String note,
      String by)
      throws SQLException {
    Instant now = clock.instant();
    Jdbc.update(connection, FORGET, now.minus(KEPT), now.minus(BEGIN_KEPT));
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
    Instant silentSince = clock.instant().minus(CatchUpDues.LEASE);
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
    Instant silent = clock.instant().minus(CatchUpDues.LEASE);
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
