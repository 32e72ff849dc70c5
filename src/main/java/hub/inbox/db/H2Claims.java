package hub.inbox.db;

import hub.db.Jdbc;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * Claims deliveries on embedded H2. One thread of each handler claims, so nothing is locked between
 * the look for due deliveries and the update that leases them. Thread-safe.
 */
final class H2Claims {
  /** One for each unfinished state: the index begins with the state. */
  private static final String DUE =
      """
      (SELECT c.event_id, c.due_at FROM inbox_delivery c
      WHERE c.status = '%s' AND c.route = ? AND c.due_at <= CURRENT_TIMESTAMP(3) %s
      ORDER BY c.status, c.route, c.due_at
      LIMIT ?)
      """;

  /** The head of a lane: no older event of the same key is unfinished, no newer one is leased. */
  private static final String HEAD_OF_LANE =
      """
      AND (c.lane IS NULL OR (
        NOT EXISTS (
          SELECT 1 FROM inbox_delivery o
          WHERE o.lane = c.lane AND o.route = c.route AND o.event_id < c.event_id)
        AND NOT EXISTS (
          SELECT 1 FROM inbox_delivery o
          WHERE o.lane = c.lane AND o.route = c.route AND o.event_id > c.event_id
            AND o.status = 'processing' AND o.due_at > CURRENT_TIMESTAMP(3))))
      """;

  /** A delivery that a handler had started when its lease expired. */
  private static final String ABANDONED =
      """
      SELECT c.event_id FROM inbox_delivery c
      WHERE c.status = 'processing' AND c.route = ? AND c.due_at <= CURRENT_TIMESTAMP(3) AND c.begun %s
      ORDER BY c.status, c.route, c.due_at
      LIMIT 1
      """;

  /** For deliveries stored before their handler asked for order. */
  private static final String JOIN_LANES =
      """
      UPDATE inbox_delivery d
      SET ordering_key = (SELECT e.ordering_key FROM inbox_event e WHERE e.id = d.event_id)
      WHERE d.status IN ('received', 'retrying', 'processing') AND d.route = ? AND d.ordering_key IS NULL
      """;

  private static final String LEASE =
      """
      UPDATE inbox_delivery
      SET status = 'processing', attempts = ?, begun = ?, lease_token = ?, due_at = DATEADD(MILLISECOND, ?, CURRENT_TIMESTAMP(3))
      WHERE event_id = ? AND route = ?
      """;

  private static final String READ =
      """
      SELECT d.attempts, d.status, d.begun, d.run_by, e.source, e.provider_event_id, e.type, e.ordering_key, e.received_at, e.headers, e.payload, RIGHT(d.attempt_log, %d)
      FROM inbox_delivery d JOIN inbox_event e ON e.id = d.event_id
      WHERE d.event_id = ? AND d.route = ?
      """
          .formatted(WaitingEntry.END_OF_LOG);

  /** Routes that ask for order and have claimed before. */
  private final Set<String> inOrder = ConcurrentHashMap.newKeySet();

  List<Delivery> claim(Connection connection, ClaimQuery query) throws SQLException {
    joinLanes(connection, query.route(), query.ordered());
    List<UUID> due = due(connection, query).stream().sorted().toList();
    return lease(connection, query, due);
  }

  Optional<Delivery> takeOver(Connection connection, ClaimQuery query) throws SQLException {
    String sql = ABANDONED.formatted(query.ordered() ? HEAD_OF_LANE : "");
    return lease(connection, query, Jdbc.list(connection, sql, Jdbc::id, query.route())).stream()
        .findFirst();
  }

  boolean isAnyAbandoned(Connection connection, String route) throws SQLException {
    return Jdbc.first(connection, ABANDONED.formatted(""), Jdbc::id, route).isPresent();
  }

  private static List<Delivery> lease(Connection connection, ClaimQuery query, List<UUID> due)
      throws SQLException {
    UUID token = UUID.randomUUID();
    List<Delivery> claimed = new ArrayList<>(due.size());
    long bytes = 0;
    try (PreparedStatement lease = connection.prepareStatement(LEASE);
        PreparedStatement read = connection.prepareStatement(READ)) {
      for (UUID id : due) {
        boolean starts = claimed.size() < query.starting();
        Delivery one =
            Jdbc.first(read, row -> delivery(row, id, token, starts), id, query.route())
                .orElseThrow();
        bytes += one.bytes();
        if (bytes > query.bytes() && !(claimed.isEmpty() && query.oneAlways())) {
          break;
        }
        long millis = query.lease().toMillis();
        if (Jdbc.update(lease, one.attempt(), starts, token, millis, id, query.route()) == 1) {
          claimed.add(one);
        }
      }
    }
    return claimed;
  }

  /** The row as it will be once it is leased. */
  private static Delivery delivery(ResultSet row, UUID id, UUID token, boolean starts)
      throws SQLException {
    // An expired lease under which no handler started costs no attempt.
    boolean neverStarted =
        row.getString(2).equals(EventState.PROCESSING.text()) && !row.getBoolean(3);
    return Delivery.of(id, token, row.getInt(1) + (neverStarted ? 0 : 1), starts, row);
  }

  /** Orders the waiting deliveries of a route that asks for order for the first time. */
  private void joinLanes(Connection connection, String route, boolean ordered) throws SQLException {
    if (!ordered) {
      inOrder.remove(route);
    } else if (inOrder.add(route)) {
      try {
        Jdbc.update(connection, JOIN_LANES, route);
      } catch (SQLException e) {
        inOrder.remove(route);
        throw e;
      }
    }
  }

  private static List<UUID> due(Connection connection, ClaimQuery query) throws SQLException {
    List<EventState> states =
        H2Inbox.UNFINISHED.stream()
            .filter(state -> query.takeOver() || state != EventState.PROCESSING)
            .toList();
    List<Object> parameters = new ArrayList<>();
    for (int i = 0; i < states.size(); i++) {
      parameters.add(query.route());
      parameters.add(query.limit());
    }
    parameters.add(query.limit());
    return Jdbc.list(connection, due(states, query.ordered()), Jdbc::id, parameters.toArray());
  }

  private static String due(List<EventState> states, boolean ordered) {
    String each =
        states.stream()
            .map(
                state ->
                    DUE.formatted(
                        state.text(),
                        (state == EventState.PROCESSING ? "AND NOT c.begun " : "")
                            + (ordered ? HEAD_OF_LANE : "")))
            .collect(Collectors.joining("UNION ALL\n"));
    return "SELECT event_id FROM (\n" + each + ") ORDER BY due_at LIMIT ?";
  }
}
