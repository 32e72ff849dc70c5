package hub.inbox.engine;

import hub.db.Jdbc;
import hub.inbox.db.EventState;
import hub.inbox.db.InboxStore;
import hub.inbox.db.Lane;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** The statements of a replay. Each call runs inside the caller's transaction. Stateless. */
final class ReplayTable {
  private static final String EVENTS =
      "SELECT id, source, type, ordering_key, sequence FROM inbox_event WHERE id = ANY (?) ORDER BY id";

  /** Only one replay of an event at a time, and none while retention deletes it. */
  private static final String LOCK_EVENTS = EVENTS + " FOR UPDATE";

  /**
   * Keeps claims off. Deliveries in progress are not locked: their lease protects them, and the
   * transaction that finishes them must not wait for this one while this one waits for it.
   */
  private static final String LOCK_DELIVERIES =
      """
      SELECT event_id, route FROM inbox_delivery
      WHERE event_id = ANY (?) AND status <> 'processing'
      ORDER BY event_id, route
      FOR UPDATE
      """;

  private static final String DELIVERIES =
      "SELECT event_id, route, status FROM inbox_delivery WHERE event_id = ANY (?) ORDER BY event_id, route";

  /**
   * Sets the key of its lane too: its handler may ask for order now, or not any more. Under a new
   * id of its route it keeps the keys of its calls.
   */
  private static final String RESET =
      """
      UPDATE inbox_delivery
      SET route = ?, keyed_as = COALESCE(keyed_as, NULLIF(route, ?)),
          status = 'received', attempts = 0, due_at = CURRENT_TIMESTAMP(3), finished_at = NULL, lease_token = NULL, run_by = ?,
          ordering_key = ?, sequence = ?
      WHERE event_id = ? AND route = ? AND status IN ('dead', 'done', 'retrying')
      """;

  private static final String RUN_NOW =
      """
      UPDATE inbox_delivery SET due_at = LEAST(due_at, CURRENT_TIMESTAMP(3)), run_by = ?
      WHERE event_id = ? AND route = ? AND status = 'received'
      """;

  private static final String REMOVE =
      "DELETE FROM inbox_delivery WHERE event_id = ? AND route = ? AND status NOT IN ('done', 'processing')";

  private static final String ADD =
      """
      INSERT INTO inbox_delivery (run_by, event_id, route, source, ordering_key, sequence, status, attempts, due_at)
      VALUES (?, ?, ?, ?, ?, ?, 'received', 0, CURRENT_TIMESTAMP(3))
      """;

  private record DeliveryKey(UUID event, String route) {}

  private ReplayTable() {}

  static List<ReplayedEvent> read(Connection connection, Handlers handlers, List<UUID> ids)
      throws SQLException {
    Map<UUID, ReplayedEvent> events = events(connection, EVENTS, ids);
    addDeliveries(connection, events, ids, Optional.empty());
    events.values().forEach(event -> event.rename(handlers));
    return List.copyOf(events.values());
  }

  /**
   * Reads and locks the events, their lanes, and those of their deliveries that are not in
   * progress.
   */
  static List<ReplayedEvent> lock(
      Connection connection, InboxStore store, Handlers handlers, List<UUID> ids)
      throws SQLException {
    Map<UUID, ReplayedEvent> events = events(connection, LOCK_EVENTS, ids);
    store.openLanes(connection, lanes(events.values(), handlers));
    List<DeliveryKey> locked =
        Jdbc.list(
            connection,
            LOCK_DELIVERIES,
            row -> new DeliveryKey(Jdbc.id(row), row.getString(2)),
            Jdbc.ids(connection, ids));
    addDeliveries(connection, events, ids, Optional.of(new HashSet<>(locked)));
    events.values().forEach(event -> event.rename(handlers));
    return List.copyOf(events.values());
  }

  /** All lanes that a delivery of the events may come into, each with the lowest number. */
  static Map<Lane, Long> lanes(Collection<ReplayedEvent> events, Handlers handlers) {
    Map<Lane, Long> heads = new HashMap<>();
    for (ReplayedEvent event : events) {
      for (String route : handlers.matching(event.source(), event.type())) {
        handlers
            .lane(route, event.orderingKey(), event.id())
            .ifPresent(lane -> heads.merge(lane, event.sequence(), Math::min));
      }
    }
    return heads;
  }

  private static Map<UUID, ReplayedEvent> events(Connection connection, String sql, List<UUID> ids)
      throws SQLException {
    Map<UUID, ReplayedEvent> events = new LinkedHashMap<>();
    Jdbc.list(
            connection,
            sql,
            row ->
                new ReplayedEvent(
                    Jdbc.id(row),
                    row.getString(2),
                    row.getString(3),
                    Optional.ofNullable(row.getString(4)),
                    row.getLong(5),
                    new LinkedHashMap<>(),
                    new HashMap<>()),
            Jdbc.ids(connection, ids))
        .forEach(event -> events.put(event.id(), event));
    return events;
  }

  /**
   * @param locked the deliveries that no other transaction can change; all others are in progress,
   *     or were until just now. Empty: nothing is locked
   */
  private static void addDeliveries(
      Connection connection,
      Map<UUID, ReplayedEvent> events,
      List<UUID> ids,
      Optional<Set<DeliveryKey>> locked)
      throws SQLException {
    record State(DeliveryKey key, EventState state) {}
    List<State> states =
        Jdbc.list(
            connection,
            DELIVERIES,
            row ->
                new State(
                    new DeliveryKey(Jdbc.id(row), row.getString(2)),
                    EventState.of(row.getString(3)).orElseThrow()),
            Jdbc.ids(connection, ids));
    for (State one : states) {
      boolean isStable = locked.map(keys -> keys.contains(one.key())).orElse(true);
      ReplayedEvent event = events.get(one.key().event());
      if (event != null) {
        event.deliveries().put(one.key().route(), isStable ? one.state() : EventState.PROCESSING);
      }
    }
  }

  /**
   * Writes the plans in one batch of each statement.
   *
   * @param handlers tell which routes ask for order
   */
  static void write(
      Connection connection, List<PlannedReplay> planned, String by, Handlers handlers)
      throws SQLException {
    try (PreparedStatement reset = connection.prepareStatement(RESET);
        PreparedStatement runNow = connection.prepareStatement(RUN_NOW);
        PreparedStatement remove = connection.prepareStatement(REMOVE);
        PreparedStatement add = connection.prepareStatement(ADD)) {
      for (PlannedReplay replay : planned) {
        ReplayedEvent event = replay.event();
        for (String route : replay.plan().reset()) {
          addBatch(
              reset,
              route,
              route,
              by,
              key(event, route, handlers),
              event.sequence(),
              event.id(),
              event.storedAs().getOrDefault(route, route));
        }
        for (String route : replay.plan().runNow()) {
          addBatch(runNow, by, event.id(), route);
        }
        for (String route : replay.plan().remove()) {
          addBatch(remove, event.id(), route);
        }
        for (String route : replay.plan().add()) {
          addBatch(
              add,
              by,
              event.id(),
              route,
              event.source(),
              key(event, route, handlers),
              event.sequence());
        }
      }
      for (PreparedStatement statement : List.of(reset, runNow, remove, add)) {
        statement.executeBatch();
      }
    }
  }

  private static Optional<String> key(ReplayedEvent event, String route, Handlers handlers) {
    return handlers.lane(route, event.orderingKey(), event.id()).map(Lane::key);
  }

  private static void addBatch(PreparedStatement statement, Object... parameters)
      throws SQLException {
    Jdbc.bind(statement, parameters);
    statement.addBatch();
  }
}
