package hub.inbox.db;

import hub.db.Database;
import hub.db.Dialect;
import hub.db.Jdbc;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Finds deliveries that wait for a route which no live node has. Costs a few steps in an index for
 * each route with waiting events, however many they are, and a count of what is orphaned.
 * Thread-safe.
 */
public final class OrphanedDeliveries {
  /** The next route in which something waits; the routes before it are skipped in the index. */
  private static final String NEXT_ON_POSTGRES =
      """
      SELECT min(route) FROM (
        (SELECT route FROM inbox_delivery WHERE due_at IS NOT NULL AND ordering_key IS NULL AND route > ? ORDER BY route LIMIT 1)
        UNION ALL
        (SELECT route FROM inbox_delivery WHERE due_at IS NOT NULL AND ordering_key IS NOT NULL AND route > ? ORDER BY route LIMIT 1)) r
      """;

  /** The index of H2 begins with the state. */
  private static final String NEXT_ON_H2 =
      """
      SELECT min(route) FROM (
        (SELECT route FROM inbox_delivery WHERE status = 'received' AND route > ? ORDER BY status, route LIMIT 1)
        UNION ALL
        (SELECT route FROM inbox_delivery WHERE status = 'retrying' AND route > ? ORDER BY status, route LIMIT 1)
        UNION ALL
        (SELECT route FROM inbox_delivery WHERE status = 'processing' AND route > ? ORDER BY status, route LIMIT 1)) r
      """;

  /** What is under a lease is in somebody's hands. In two parts, as the indexes of PostgreSQL. */
  private static final String WAITING =
      """
      SELECT count(*) FROM inbox_delivery
      WHERE route = ? AND status IN ('received', 'retrying', 'processing') AND due_at IS NOT NULL AND ordering_key IS %s
        AND (status <> 'processing' OR due_at <= CURRENT_TIMESTAMP)
      """;

  /** What to do about them, for messages. */
  public static final String REMEDY =
      "bring its route back, or name it in 'formerly' of the handler that takes its place or of one that only ends them (src/docs/handling.md, removing a handler)";

  private final Database database;

  public OrphanedDeliveries(Database database) {
    this.database = database;
  }

  /** How many deliveries wait for each such route; without routes for which none waits. */
  public Map<String, Long> byRoute() throws SQLException {
    return database.inTransaction(connection -> byRoute(connection, database.dialect()));
  }

  /** The same inside the caller's transaction. */
  public static Map<String, Long> byRoute(Connection connection, Dialect dialect)
      throws SQLException {
    Map<String, Long> orphaned = new TreeMap<>();
    Optional<String> route = next(connection, dialect, "");
    while (route.isPresent()) {
      String id = route.get();
      if (!HandlerTable.isLive(connection, id)) {
        long waiting = waiting(connection, id, "NULL") + waiting(connection, id, "NOT NULL");
        if (waiting > 0) {
          orphaned.put(id, waiting);
        }
      }
      route = next(connection, dialect, id);
    }
    return orphaned;
  }

  private static Optional<String> next(Connection connection, Dialect dialect, String after)
      throws SQLException {
    return dialect == Dialect.H2
        ? Jdbc.first(connection, NEXT_ON_H2, row -> row.getString(1), after, after, after)
        : Jdbc.first(connection, NEXT_ON_POSTGRES, row -> row.getString(1), after, after);
  }

  private static long waiting(Connection connection, String route, String key) throws SQLException {
    return Jdbc.first(connection, WAITING.formatted(key), row -> row.getLong(1), route)
        .orElseThrow();
  }
}
