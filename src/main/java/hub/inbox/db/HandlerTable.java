package hub.inbox.db;

import hub.db.Jdbc;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.UUID;

/**
 * The table {@code inbox_handler}: the handlers of every node. Times are the database's, so that
 * the clocks of nodes do not matter. Stateless.
 */
public final class HandlerTable {
  /** A node that has been gone for a day does not come back under its id. */
  private static final Duration FORGET_AFTER = Duration.ofDays(1);

  /** The current time plus a parameter of milliseconds, which may be negative. */
  private static final String IN_MILLIS =
      "CURRENT_TIMESTAMP + CAST(? AS bigint) * INTERVAL '0.001' SECOND";

  private static final String REMOVE = "DELETE FROM inbox_handler WHERE node = ?";

  private static final String REMOVE_OTHERS = "DELETE FROM inbox_handler WHERE node <> ?";

  private static final String FORGET = "DELETE FROM inbox_handler WHERE live_until < " + IN_MILLIS;

  private static final String ADD =
      "INSERT INTO inbox_handler (node, route, source, types, condition, ordered, formerly, live_until) VALUES (?, ?, ?, ?, ?, ?, ?, "
          + IN_MILLIS
          + ")";

  private static final String RENEW =
      "UPDATE inbox_handler SET live_until = " + IN_MILLIS + " WHERE node = ?";

  private static final String IS_LIVE =
      "SELECT 1 FROM inbox_handler WHERE route = ? AND live_until > CURRENT_TIMESTAMP";

  private static final String OTHERS =
      "SELECT route, source, types, condition, ordered, formerly, live_until > CURRENT_TIMESTAMP FROM inbox_handler WHERE node <> ? AND live_until > "
          + IN_MILLIS
          + " ORDER BY live_until DESC, route";

  private HandlerTable() {}

  /** Replaces the handlers of a node. */
  public static void publish(
      Connection connection, UUID node, Collection<PublishedHandler> handlers, Duration life)
      throws SQLException {
    remove(connection, node);
    Jdbc.update(connection, FORGET, -FORGET_AFTER.toMillis());
    try (PreparedStatement add = connection.prepareStatement(ADD)) {
      for (PublishedHandler one : handlers) {
        Jdbc.update(
            add,
            node,
            one.route(),
            one.source(),
            one.types(),
            one.when(),
            one.ordered(),
            String.join(",", one.formerly()),
            life.toMillis());
      }
    }
  }

  /** Removes the handlers of a node; returns how many they were. */
  public static int remove(Connection connection, UUID node) throws SQLException {
    return Jdbc.update(connection, REMOVE, node);
  }

  /** Removes the handlers of all other nodes. */
  public static void removeOthers(Connection connection, UUID node) throws SQLException {
    Jdbc.update(connection, REMOVE_OTHERS, node);
  }

  /**
   * Lets the handlers of a node live on.
   *
   * @param life zero: they have stopped
   * @return how many they are
   */
  public static int renew(Connection connection, UUID node, Duration life) throws SQLException {
    return Jdbc.update(connection, RENEW, life.toMillis(), node);
  }

  /** Whether a live node has a route of that id. */
  public static boolean isLive(Connection connection, String route) throws SQLException {
    return Jdbc.first(connection, IS_LIVE, row -> true, route).isPresent();
  }

  /**
   * The handlers of all other nodes.
   *
   * @param grace also those of nodes that were live no longer ago
   */
  public static List<PublishedHandler> others(Connection connection, UUID node, Duration grace)
      throws SQLException {
    return Jdbc.list(
        connection,
        OTHERS,
        row ->
            new PublishedHandler(
                row.getString(1),
                row.getString(2),
                row.getString(3),
                row.getString(4),
                row.getBoolean(5),
                PublishedHandler.ids(row.getString(6)),
                row.getBoolean(7)),
        node,
        -grace.toMillis());
  }
}
