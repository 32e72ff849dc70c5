package hub.poll;

import hub.db.Database;
import hub.db.Jdbc;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;

/** Reads how the polls fare. Thread-safe. */
public final class PollStates {
  private static final String READ =
      """
      SELECT source, failures, failing_since, last_error, due_at,
             lease_until IS NOT NULL AND lease_until > CURRENT_TIMESTAMP
      FROM poll_cursor ORDER BY source
      """;

  private final Database database;

  public PollStates(Database database) {
    this.database = database;
  }

  /** One for each source that was ever polled. */
  public List<FetchState> all() throws SQLException {
    return database.read(
        connection ->
            Jdbc.list(
                connection,
                READ,
                row ->
                    new FetchState(
                        FetchState.POLL,
                        row.getString(1),
                        row.getInt(2),
                        instant(row.getObject(3, OffsetDateTime.class)),
                        Optional.ofNullable(row.getString(4)),
                        row.getObject(5, OffsetDateTime.class).toInstant(),
                        row.getBoolean(6))));
  }

  private static Optional<Instant> instant(OffsetDateTime orNull) {
    return Optional.ofNullable(orNull).map(OffsetDateTime::toInstant);
  }
}
