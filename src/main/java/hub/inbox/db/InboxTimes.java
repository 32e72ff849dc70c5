package hub.inbox.db;

import hub.db.Database;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * When a source's events came, told by their ids: each answer is a few steps in one index, however
 * many events there are. Thread-safe.
 */
public final class InboxTimes {
  /** The index holds source and id together. Takes no locks. */
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

  /** When the newest event came; empty for a source without any. */
  public Optional<Instant> last(String source) throws SQLException {
    return database.inTransaction(
        connection -> {
          try (PreparedStatement select = connection.prepareStatement(LAST)) {
            select.setString(1, source);
            return time(select);
          }
        });
  }

  /**
   * Times at which events came, one in every {@code step} in which one did.
   *
   * @param until before this
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
    try (PreparedStatement select = connection.prepareStatement(NEXT)) {
      select.setString(1, source);
      select.setObject(2, EventIds.from(since));
      select.setObject(3, EventIds.from(until));
      return time(select);
    }
  }

  private static Optional<Instant> time(PreparedStatement select) throws SQLException {
    try (ResultSet row = select.executeQuery()) {
      return row.next()
          ? Optional.of(EventIds.time(row.getObject(1, UUID.class)))
          : Optional.empty();
    }
  }
}
