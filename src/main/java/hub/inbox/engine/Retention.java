package hub.inbox.engine;

import hub.config.Setting;
import hub.config.Settings;
import hub.db.Database;
import hub.inbox.db.EventIds;
import hub.inbox.db.InboxStore;
import hub.inbox.db.SourceCounts;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/**
 * Deletes events that were finished more than {@code hub.inbox.retention-days} ago: done by then,
 * or ignored when they came. Dead and open ones stay, whatever their age. Several nodes may do this
 * at once. Thread-safe.
 */
public final class Retention {
  /** Events in one transaction: few enough that appends do not notice. */
  private static final int CHUNK = 1_000;

  /**
   * Whoever was finished before a time was received before it, and ids tell when. Takes no locks:
   * H2 would lock what it reads beyond the limit, too.
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

  /** Nobody may replay what is being deleted; what somebody is replaying stays. */
  private static final String LOCK =
      "SELECT id FROM inbox_event WHERE id = ANY (?) ORDER BY id FOR UPDATE SKIP LOCKED";

  /** Looks again, under the locks: a replay may have committed just before them. */
  private static final String STILL_OLD =
      """
      SELECT e.id, e.source, (SELECT count(*) FROM inbox_delivery d WHERE d.event_id = e.id)
      FROM inbox_event e
      WHERE e.id = ANY (?) AND e.received_at < ?
        AND NOT EXISTS (
          SELECT 1 FROM inbox_delivery d
          WHERE d.event_id = e.id AND (d.status <> 'done' OR d.finished_at >= ?))
      """;

  private static final String DELETE = "DELETE FROM inbox_event WHERE id = ANY (?)";

  /**
   * A part of the sweep.
   *
   * @param last the newest one looked at; the next look begins behind it
   * @param found how many were looked at
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

  /** Deletes all that is due for it, and says how many events that were. */
  public long deleteOld() throws SQLException {
    Instant end = clock.instant().minus(Duration.ofDays(settings.count(Setting.RETENTION_DAYS)));
    long deleted = 0;
    Chunk chunk = new Chunk(new UUID(0, 0), CHUNK, 0);
    while (chunk.found() == CHUNK) {
      UUID after = chunk.last();
      chunk = database.inLongTransaction(connection -> deleteChunk(connection, after, end));
      deleted += chunk.deleted();
    }
    return deleted;
  }

  private Chunk deleteChunk(Connection connection, UUID after, Instant end) throws SQLException {
    List<UUID> found = old(connection, after, end);
    if (found.isEmpty()) {
      return new Chunk(after, 0, 0);
    }
    List<UUID> old = new ArrayList<>();
    store.adjust(connection, stillOld(connection, lock(connection, found), end, old));
    try (PreparedStatement delete = connection.prepareStatement(DELETE)) {
      delete.setArray(1, array(connection, old));
      delete.executeUpdate();
    }
    return new Chunk(found.get(found.size() - 1), found.size(), old.size());
  }

  private static List<UUID> old(Connection connection, UUID after, Instant end)
      throws SQLException {
    try (PreparedStatement select = connection.prepareStatement(OLD)) {
      select.setObject(1, after);
      select.setObject(2, EventIds.from(end));
      select.setObject(3, end.atOffset(ZoneOffset.UTC));
      select.setInt(4, CHUNK);
      return ids(select);
    }
  }

  private static List<UUID> lock(Connection connection, List<UUID> found) throws SQLException {
    try (PreparedStatement select = connection.prepareStatement(LOCK)) {
      select.setArray(1, array(connection, found));
      return ids(select);
    }
  }

  private static List<UUID> ids(PreparedStatement select) throws SQLException {
    List<UUID> ids = new ArrayList<>();
    try (ResultSet row = select.executeQuery()) {
      while (row.next()) {
        ids.add(row.getObject(1, UUID.class));
      }
    }
    return ids;
  }

  /** Adds the ids to {@code old} and answers what is to be counted less. */
  private static Map<String, SourceCounts> stillOld(
      Connection connection, List<UUID> locked, Instant end, List<UUID> old) throws SQLException {
    Map<String, SourceCounts> changes = new TreeMap<>();
    try (PreparedStatement select = connection.prepareStatement(STILL_OLD)) {
      select.setArray(1, array(connection, locked));
      select.setObject(2, end.atOffset(ZoneOffset.UTC));
      select.setObject(3, end.atOffset(ZoneOffset.UTC));
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          old.add(row.getObject(1, UUID.class));
          changes.merge(
              row.getString(2),
              new SourceCounts(-1, row.getLong(3) == 0 ? -1 : 0),
              SourceCounts::plus);
        }
      }
    }
    return changes;
  }

  private static Array array(Connection connection, List<UUID> ids) throws SQLException {
    return connection.createArrayOf("uuid", ids.toArray());
  }
}
