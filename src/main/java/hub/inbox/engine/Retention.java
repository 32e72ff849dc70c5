package hub.inbox.engine;

import hub.config.Setting;
import hub.config.Settings;
import hub.db.Database;
import hub.db.Jdbc;
import hub.inbox.db.EventIds;
import hub.inbox.db.InboxStore;
import hub.inbox.db.SourceCounts;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/**
 * Deletes events that have been done or ignored for more than {@code hub.inbox.retention-days}.
 * Dead and unfinished events stay, whatever their age. Also forgets the tokens of requests. Several
 * nodes may do this at the same time. Thread-safe.
 */
public final class Retention {
  /** Events in one transaction: few, so that appends are not slowed down. */
  private static final int CHUNK = 1_000;

  /**
   * Searches by id: an event that was finished before a time was received before it, and its id
   * contains that time. Takes no locks, because H2 would also lock rows beyond the limit.
   */
  private static final String OLD =
      """
      SELECT e.id FROM inbox_event e
      WHERE e.id > ? AND e.id < ?
        AND NOT EXISTS (
          SELECT 1 FROM inbox_delivery d
          WHERE d.event_id = e.id AND (d.status <> 'done' OR d.finished_at >= ?))
      ORDER BY e.id
      LIMIT ?
      """;

  /** An event must not be replayed while it is deleted; one that is being replayed stays. */
  private static final String LOCK =
      "SELECT id FROM inbox_event WHERE id = ANY (?) ORDER BY id FOR UPDATE SKIP LOCKED";

  /** Checks again under the locks: a replay may have committed just before. */
  private static final String STILL_OLD =
      """
      SELECT e.id, e.source, (SELECT count(*) FROM inbox_delivery d WHERE d.event_id = e.id)
      FROM inbox_event e
      WHERE e.id = ANY (?) AND e.received_at < ?
        AND NOT EXISTS (
          SELECT 1 FROM inbox_delivery d
          WHERE d.event_id = e.id AND (d.status <> 'done' OR d.finished_at >= ?))
      """;

  /**
   * A token is known as long as its event, which may be dead or wait, and a month at least. By then
   * no sender's timestamp passes.
   */
  private static final String DELETE_REPLAY_KEYS =
      """
      DELETE FROM inbox_replay_key
      WHERE spent_at < ?
        AND NOT EXISTS (
          SELECT 1 FROM inbox_event e
          WHERE e.source = inbox_replay_key.source
            AND e.provider_event_id = inbox_replay_key.provider_event_id)
      """;

  private static final Duration REPLAY_KEYS_KEPT = Duration.ofDays(30);

  private static final String DELETE = "DELETE FROM inbox_event WHERE id = ANY (?)";

  /**
   * The result of one transaction.
   *
   * @param last the newest event found; the next transaction continues after it
   * @param found how many old events were found
   */
  private record Chunk(UUID last, int found, int deleted) {}

  private final Database database;
  private final InboxStore store;
  private final Settings settings;
  private final Clock clock;

  public Retention(Database database, InboxStore store, Settings settings, Clock clock) {
    this.database = database;
    this.store = store;
    this.settings = settings;
    this.clock = clock;
  }

  /** Deletes all old events and returns how many; and the tokens of requests that are older. */
  public long deleteOld() throws SQLException {
    Instant end = clock.instant().minus(Duration.ofDays(settings.count(Setting.RETENTION_DAYS)));
    long deleted = 0;
    Chunk chunk = new Chunk(new UUID(0, 0), CHUNK, 0);
    while (chunk.found() == CHUNK) {
      UUID after = chunk.last();
      chunk = database.inLongTransaction(connection -> deleteChunk(connection, after, end));
      deleted += chunk.deleted();
    }
    Instant spent = clock.instant().minus(REPLAY_KEYS_KEPT);
    database.inLongTransaction(connection -> Jdbc.update(connection, DELETE_REPLAY_KEYS, spent));
    return deleted;
  }

  private Chunk deleteChunk(Connection connection, UUID after, Instant end) throws SQLException {
    List<UUID> found = old(connection, after, end);
    if (found.isEmpty()) {
      return new Chunk(after, 0, 0);
    }
    List<UUID> old = new ArrayList<>();
    store.adjust(connection, stillOld(connection, lock(connection, found), end, old));
    Jdbc.update(connection, DELETE, Jdbc.ids(connection, old));
    return new Chunk(found.get(found.size() - 1), found.size(), old.size());
  }

  private static List<UUID> old(Connection connection, UUID after, Instant end)
      throws SQLException {
    return Jdbc.list(connection, OLD, Jdbc::id, after, EventIds.from(end), end, CHUNK);
  }

  private static List<UUID> lock(Connection connection, List<UUID> found) throws SQLException {
    return Jdbc.list(connection, LOCK, Jdbc::id, Jdbc.ids(connection, found));
  }

  /** Adds the ids to {@code old} and returns the changes of the counts. */
  private static Map<String, SourceCounts> stillOld(
      Connection connection, List<UUID> locked, Instant end, List<UUID> old) throws SQLException {
    record Counted(UUID id, String source, SourceCounts change) {}
    List<Counted> all =
        Jdbc.list(
            connection,
            STILL_OLD,
            row ->
                new Counted(
                    Jdbc.id(row),
                    row.getString(2),
                    new SourceCounts(-1, row.getLong(3) == 0 ? -1 : 0)),
            Jdbc.ids(connection, locked),
            end,
            end);
    Map<String, SourceCounts> changes = new TreeMap<>();
    for (Counted one : all) {
      old.add(one.id());
      changes.merge(one.source(), one.change(), SourceCounts::plus);
    }
    return changes;
  }
}
