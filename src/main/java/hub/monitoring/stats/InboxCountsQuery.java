package hub.monitoring.stats;

import hub.db.Database;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Counts the events of each source by state. Thread-safe. */
public final class InboxCountsQuery {
  /**
   * Reads the unfinished deliveries by their index, and the totals from {@code inbox_tally}. The
   * number of done events is the difference, so a million of them cost nothing. Event ids increase
   * with time, and so does their text, which is compared because PostgreSQL before 18 has no {@code
   * min(uuid)}. One statement, so that the numbers are consistent. Takes no locks.
   */
  private static final String BY_SOURCE =
      """
      WITH unfinished AS (
        SELECT source, event_id,
               max(CASE status WHEN 'processing' THEN 4 WHEN 'retrying' THEN 3 WHEN 'received' THEN 2 ELSE 1 END) AS state
        FROM inbox_delivery
        WHERE status IN ('received', 'processing', 'retrying', 'dead')
        GROUP BY source, event_id),
      counted AS (
        SELECT source,
               sum(CASE state WHEN 2 THEN 1 ELSE 0 END) AS received,
               sum(CASE state WHEN 4 THEN 1 ELSE 0 END) AS processing,
               sum(CASE state WHEN 3 THEN 1 ELSE 0 END) AS retrying,
               sum(CASE state WHEN 1 THEN 1 ELSE 0 END) AS dead,
               min(CASE WHEN state > 1 THEN CAST(event_id AS varchar(36)) END) AS oldest
        FROM unfinished
        GROUP BY source),
      tallied AS (
        SELECT source, sum(stored) AS stored, sum(ignored) AS ignored
        FROM inbox_tally
        GROUP BY source)
      SELECT t.source, t.stored, c.received, c.processing, c.retrying, c.dead, t.ignored, e.received_at
      FROM tallied t
      LEFT JOIN counted c ON c.source = t.source
      LEFT JOIN inbox_event e ON e.id = CAST(c.oldest AS uuid)
      ORDER BY t.source
      """;

  private final Database database;

  public InboxCountsQuery(Database database) {
    this.database = database;
  }

  /** By source, in alphabetical order. */
  public Map<String, InboxCounts> bySource() throws SQLException {
    return database.read(
        connection -> {
          Map<String, InboxCounts> counts = new TreeMap<>();
          try (PreparedStatement select = connection.prepareStatement(BY_SOURCE);
              ResultSet row = select.executeQuery()) {
            while (row.next()) {
              counts.put(row.getString(1), counts(row));
            }
          }
          return counts;
        });
  }

  private static InboxCounts counts(ResultSet row) throws SQLException {
    Optional<Instant> oldest = Optional.ofNullable(row.getTimestamp(8)).map(Timestamp::toInstant);
    return new InboxCounts(
        row.getLong(2),
        row.getLong(3),
        row.getLong(4),
        row.getLong(5),
        row.getLong(6),
        row.getLong(7),
        oldest);
  }
}
