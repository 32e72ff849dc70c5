package hub.inbox.engine;

import hub.db.Jdbc;
import hub.inbox.db.HandlerTable;
import hub.inbox.db.InboxStore;
import hub.inbox.db.Lane;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes over what a handler left under an id that its route had before: waiting and dead deliveries
 * with their lanes, and idempotency keys. Leaves it alone while a live node has a route of that id,
 * and while a delivery or its lane is leased, and looks again later. Several nodes may do so at the
 * same time. For one thread.
 */
public final class RenamedHandler {
  private static final Logger LOG = LoggerFactory.getLogger(RenamedHandler.class);

  /** Deliveries or lanes in one transaction. */
  private static final int PIECE = 5_000;

  private static final long CHECK_SECONDS = 30;

  /** For the indexes of both databases: one begins with the state, the other is partial. */
  private static final String UNFINISHED =
      "d.route = ? AND d.status IN ('received', 'retrying', 'processing') AND d.due_at IS NOT NULL AND d.ordering_key IS ";

  private static final String IN_NO_LANE =
      "SELECT d.event_id FROM inbox_delivery d WHERE "
          + UNFINISHED
          + "NULL AND (d.status <> 'processing' OR d.due_at <= CURRENT_TIMESTAMP) LIMIT ? FOR UPDATE";

  private static final String DEAD =
      "SELECT event_id FROM inbox_delivery WHERE status = 'dead' AND route = ? LIMIT ? FOR UPDATE";

  /** Whoever adds to a lane or finishes in it waits, or makes another one. */
  private static final String LANES =
      """
      SELECT ordering_key, head FROM inbox_lane
      WHERE route = ? AND (lease_token IS NULL OR due_at <= CURRENT_TIMESTAMP)
      ORDER BY ordering_key
      LIMIT ?
      FOR UPDATE
      """;

  private static final String REMOVE_LANES =
      "DELETE FROM inbox_lane WHERE route = ? AND ordering_key = ANY (?)";

  private static final String BY_ID = "d.route = ? AND d.event_id = ANY (?)";

  private static final String BY_LANE = UNFINISHED + "NOT NULL AND d.ordering_key = ANY (?)";

  /** An event that the new route has, too, is handled by that. */
  private static final String MOVE =
      """
      UPDATE inbox_delivery d SET route = ?, keyed_as = COALESCE(keyed_as, route)
      WHERE %s AND NOT EXISTS (SELECT 1 FROM inbox_delivery n WHERE n.event_id = d.event_id AND n.route = ?)
      """;

  private static final String REMOVE = "DELETE FROM inbox_delivery d WHERE %s";

  private final Inbox inbox;
  private final String route;
  private final boolean ordered;
  private final List<String> formerly;
  private final BiConsumer<String, String> moveKeys;
  private int seenChanges;
  private long nextCheck;

  /**
   * @param ordered whether the route asks for order
   * @param formerly its former ids
   * @param moveKeys moves the idempotency keys of one route to another
   */
  public RenamedHandler(
      Inbox inbox,
      String route,
      boolean ordered,
      List<String> formerly,
      BiConsumer<String, String> moveKeys) {
    this.inbox = inbox;
    this.route = route;
    this.ordered = ordered;
    this.formerly = formerly;
    this.moveKeys = moveKeys;
    this.nextCheck = inbox.timing().nanos();
  }

  /**
   * Takes over what there is: at first, when the handlers of other nodes have changed, and every 30
   * s. Call it before a claim, so that older events of a key come first.
   */
  public void takeOver() throws SQLException {
    int changes = inbox.handlers().changes();
    if (formerly.isEmpty() || (changes == seenChanges && nextCheck - inbox.timing().nanos() > 0)) {
      return;
    }
    for (String id : formerly) {
      takeOver(id);
    }
    seenChanges = changes;
    nextCheck = inbox.timing().nanos() + TimeUnit.SECONDS.toNanos(CHECK_SECONDS);
  }

  private void takeOver(String id) throws SQLException {
    if (inbox.database().read(c -> HandlerTable.isLive(c, id))) {
      return;
    }
    // First, so that no event runs under the new id without them.
    moveKeys.accept(id, route);
    InboxStore store = inbox.store();
    inbox.database().inLongTransaction(c -> store.arrangeLanes(c, id, ordered));
    int moved = 0;
    moved += allPieces(c -> ordered ? moveLanes(c, id) : moveUnordered(c, id));
    moved += allPieces(c -> move(c, id, Jdbc.list(c, DEAD, Jdbc::id, id, PIECE)));
    if (moved > 0) {
      LOG.info("inbox=renamed route={} formerly={} taken={}", route, id, moved);
    }
  }

  /**
   * A transaction that takes one piece; returns how many deliveries, negative when none is left.
   */
  private interface Piece {
    int take(Connection connection) throws SQLException;
  }

  private int allPieces(Piece piece) throws SQLException {
    int sum = 0;
    for (int n = take(piece); n >= 0; n = take(piece)) {
      sum += n;
    }
    return sum;
  }

  private int take(Piece piece) throws SQLException {
    return inbox.database().inLongTransaction(piece::take);
  }

  private int moveUnordered(Connection connection, String id) throws SQLException {
    return move(connection, id, Jdbc.list(connection, IN_NO_LANE, Jdbc::id, id, PIECE));
  }

  private int move(Connection connection, String id, List<UUID> events) throws SQLException {
    return events.isEmpty() ? -1 : move(connection, id, BY_ID, Jdbc.ids(connection, events));
  }

  private int moveLanes(Connection connection, String id) throws SQLException {
    Map<Lane, Long> heads = new HashMap<>();
    List<String> keys =
        Jdbc.list(
            connection,
            LANES,
            row -> {
              heads.put(new Lane(route, row.getString(1)), row.getLong(2));
              return row.getString(1);
            },
            id,
            PIECE);
    if (keys.isEmpty()) {
      return -1;
    }
    inbox.store().openLanes(connection, heads);
    Object names = connection.createArrayOf("varchar", keys.toArray());
    int moved = move(connection, id, BY_LANE, names);
    Jdbc.update(connection, REMOVE_LANES, id, names);
    inbox.store().settleLanes(connection, heads.keySet());
    return moved;
  }

  private int move(Connection connection, String id, String which, Object keys)
      throws SQLException {
    int moved = Jdbc.update(connection, MOVE.formatted(which), route, id, keys, route);
    Jdbc.update(connection, REMOVE.formatted(which), id, keys);
    // Other nodes may have the route, too.
    inbox.store().announce(connection, Set.of(route));
    return moved;
  }
}
