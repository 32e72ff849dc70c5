package hub.catchup;

import hub.db.Database;
import hub.db.Jdbc;
import hub.poll.FetchState;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads how the catch-ups fare. Thread-safe. */
public final class CatchUpStates {
  private static final String READ =
      "SELECT name, failures, next_at, lease_until FROM catch_up ORDER BY name";

  /** The runs are kept for a week: what has failed for longer is shown as failing for that. */
  private static final String FAILED =
      """
      SELECT started_at, error FROM catch_up_run
      WHERE source = ? AND state = 'failed' AND started_by = 'schedule'
      ORDER BY started_at DESC FETCH FIRST %d ROWS ONLY
      """;

  /** With waits of an hour, these are more than a week. */
  private static final int MOST_RUNS = 500;

  private final Database database;
  private final Clock clock;

  public CatchUpStates(Database database, Clock clock) {
    this.database = database;
    this.clock = clock;
  }

  private record Failed(Instant startedAt, Optional<String> error) {}

  private record Row(String source, int failures, Instant nextAt, boolean isRunning) {}

  /** One for each catch-up that was ever due; several, where several routes have one source. */
  public List<FetchState> all() throws SQLException {
    Instant now = clock.instant();
    return database.read(
        connection -> {
          List<FetchState> states = new ArrayList<>();
          for (Row row : rows(connection, now)) {
            List<Failed> failed =
                row.failures() == 0 ? List.of() : failed(connection, row.source(), row.failures());
            states.add(
                new FetchState(
                    FetchState.CATCH_UP,
                    row.source(),
                    row.failures(),
                    failed.isEmpty()
                        ? Optional.empty()
                        : Optional.of(failed.get(failed.size() - 1).startedAt()),
                    failed.stream().findFirst().flatMap(Failed::error),
                    row.nextAt(),
                    row.isRunning()));
          }
          return states;
        });
  }

  private static List<Row> rows(Connection connection, Instant now) throws SQLException {
    return Jdbc.list(
        connection,
        READ,
        row ->
            new Row(
                row.getString(1).replaceFirst(" .*", ""),
                row.getInt(2),
                row.getObject(3, OffsetDateTime.class).toInstant(),
                Optional.ofNullable(row.getObject(4, OffsetDateTime.class))
                    .filter(until -> until.toInstant().isAfter(now))
                    .isPresent()));
  }

  private static List<Failed> failed(Connection connection, String source, int failures)
      throws SQLException {
    return Jdbc.list(
        connection,
        FAILED.formatted(Math.min(failures, MOST_RUNS)),
        row ->
            new Failed(
                row.getObject(1, OffsetDateTime.class).toInstant(),
                Optional.ofNullable(row.getString(2))),
        source);
  }
}
