package hub.inbox.db;

import hub.db.Database;
import hub.db.Jdbc;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * When a source's events were received, read from their ids: a few steps in one index, however many
 * events there are. Thread-safe.
 */
public final class InboxTimes {
  /** Ordered like the index of source and id. Takes no locks. */
  private static final String LAST =
      "SELECT id FROM inbox_event WHERE source = ? ORDER BY source DESC, id DESC LIMIT 1";

  private static final String NEXT =
      """
      SELECT id FROM inbox_event
      WHERE source = ? AND id >= ? AND id < ?
      ORDER BY source, id
      LIMIT 1
      """;

  private final Database database;

  public InboxTimes(Database database) {
    this.database = database;
  }

  /** When the newest event was received; empty for a source without events. */
  public Optional<Instant> last(String source) throws SQLException {
    return database.inTransaction(
        connection -> Jdbc.first(connection, LAST, InboxTimes::time, source));
  }

  /**
   * Times at which events were received: the first, then each first one at least {@code step}
   * later.
   *
   * @param until exclusive
   */
  public List<Instant> samples(String source, Instant since, Instant until, Duration step)
      throws SQLException {
    return database.inTransaction(
        connection -> {
          List<Instant> found = new ArrayList<>();
          Optional<Instant> next = next(connection, source, since, until);
          while (next.isPresent()) {
            found.add(next.get());
            next = next(connection, source, next.get().plus(step), until);
          }
          return found;
        });
  }

  private static Optional<Instant> next(
      Connection connection, String source, Instant since, Instant until) throws SQLException {
    return Jdbc.first(
        connection, NEXT, InboxTimes::time, source, EventIds.from(since), EventIds.from(until));
  }

  private static Instant time(ResultSet row) throws SQLException {
    return EventIds.time(Jdbc.id(row));
  }
}
