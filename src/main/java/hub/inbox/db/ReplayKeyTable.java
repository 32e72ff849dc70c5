package hub.inbox.db;

import hub.db.Jdbc;
import hub.db.SqlStates;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The table {@code inbox_replay_key}: tokens that are spent. Stateless. */
final class ReplayKeyTable {
  /** Waits for a node that spends the same one at the same time. */
  private static final String SPEND_ALL =
      """
      INSERT INTO inbox_replay_key (source, key_hash, provider_event_id, spent_at)
      SELECT k.source, k.key_hash, k.provider_event_id, now()
      FROM unnest(?::text[], ?::text[], ?::text[]) AS k (source, key_hash, provider_event_id)
      ON CONFLICT (source, key_hash) DO NOTHING
      RETURNING source, key_hash
      """;

  private static final String SPEND =
      "INSERT INTO inbox_replay_key (source, key_hash, provider_event_id, spent_at) VALUES (?, ?, ?, CURRENT_TIMESTAMP(3))";

  /** Two nodes that spend the same tokens lock them in the same order. */
  private static final Comparator<ReplayKey> ORDER =
      Comparator.comparing(ReplayKey::source).thenComparing(ReplayKey::hash);

  private ReplayKeyTable() {}

  /** As {@link InboxStore#spend}, on PostgreSQL. */
  static Set<ReplayKey> spendAll(Connection connection, Map<ReplayKey, String> keys)
      throws SQLException {
    List<ReplayKey> sorted = sorted(keys);
    return new HashSet<>(
        Jdbc.list(
            connection,
            SPEND_ALL,
            row -> new ReplayKey(row.getString(1), row.getString(2)),
            PostgresLanes.array(connection, "text", sorted, ReplayKey::source),
            PostgresLanes.array(connection, "text", sorted, ReplayKey::hash),
            PostgresLanes.array(connection, "text", sorted, keys::get)));
  }

  /** As {@link InboxStore#spend}, on H2. */
  static Set<ReplayKey> spendEach(Connection connection, Map<ReplayKey, String> keys)
      throws SQLException {
    Set<ReplayKey> spent = new HashSet<>();
    try (PreparedStatement spend = connection.prepareStatement(SPEND)) {
      for (ReplayKey key : sorted(keys)) {
        if (insert(spend, key, keys.get(key))) {
          spent.add(key);
        }
      }
    }
    return spent;
  }

  private static boolean insert(PreparedStatement spend, ReplayKey key, String providerEventId)
      throws SQLException {
    try {
      return Jdbc.update(spend, key.source(), key.hash(), providerEventId) == 1;
    } catch (SQLException e) {
      if (SqlStates.isUniqueViolation(e)) {
        return false;
      }
      throw e;
    }
  }

  private static List<ReplayKey> sorted(Map<ReplayKey, String> keys) {
    return keys.keySet().stream().sorted(ORDER).toList();
  }
}
