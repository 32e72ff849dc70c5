package hub.inbox.engine;

import hub.db.Jdbc;
import hub.inbox.db.EventState;
import hub.inbox.db.InboxStore;
import hub.inbox.db.Lane;
import hub.inbox.db.NewEvent;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
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

  /** One at a time: payloads may be large. */
  private static final String CONTENT =
      "SELECT provider_event_id, received_at, headers, payload FROM inbox_event WHERE id = ?";

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
    Map<UUID, ReplayedEvent> events = events(connection, handlers.matching(), EVENTS, ids);
    addDeliveries(connection, events, ids, Optional.empty());
    events.values().forEach(event -> event.rename(handlers.matching()));
    return List.copyOf(events.values());
  }

  /**
   * Reads and locks the events, their lanes, and those of their deliveries that are not in
   * progress.
   */
  static List<ReplayedEvent> lock(
      Connection connection, InboxStore store, Handlers handlers, List<UUID> ids)
      throws SQLException {
    Map<UUID, ReplayedEvent> events = events(connection, handlers.matching(), LOCK_EVENTS, ids);
    store.openLanes(connection, lanes(events.values(), handlers));
    List<DeliveryKey> locked =
        Jdbc.list(
            connection,
            LOCK_DELIVERIES,
            row -> new DeliveryKey(Jdbc.id(row), row.getString(2)),
            Jdbc.ids(connection, ids));
    addDeliveries(connection, events, ids, Optional.of(new HashSet<>(locked)));
    events.values().forEach(event -> event.rename(handlers.matching()));
    return List.copyOf(events.values());
  }

  /** All lanes that a delivery of the events may come into, each with the lowest number. */
  static Map<Lane, Long> lanes(Collection<ReplayedEvent> events, Handlers handlers) {
    Map<Lane, Long> heads = new HashMap<>();
    for (ReplayedEvent event : events) {
      for (String route : event.handlers()) {
        handlers
            .lane(route, event.orderingKey(), event.id())
            .ifPresent(lane -> heads.merge(lane, event.sequence(), Math::min));
      }
    }
    return heads;
  }

  private static Map<UUID, ReplayedEvent> events(
      Connection connection, Matching matching, String sql, List<UUID> ids) throws SQLException {
    Map<UUID, ReplayedEvent> events = new LinkedHashMap<>();
    for (Stored one :
        Jdbc.list(
            connection,
            sql,
            row ->
                new Stored(
                    Jdbc.id(row),
                    row.getString(2),
                    row.getString(3),
                    Optional.ofNullable(row.getString(4)),
                    row.getLong(5)),
            Jdbc.ids(connection, ids))) {
      events.put(
          one.id(),
          new ReplayedEvent(
              one.id(),
              one.source(),
              one.type(),
              one.orderingKey(),
              handlers(connection, matching, one),
              one.sequence(),
              new LinkedHashMap<>(),
              new HashMap<>()));
    }
    return events;
  }

  private record Stored(
      UUID id, String source, String type, Optional<String> orderingKey, long sequence) {
    NewEvent event(String providerEventId, Instant receivedAt, String headers, byte[] payload) {
      return new NewEvent(
          source, providerEventId, type, orderingKey, receivedAt, headers, payload, false);
    }
  }

  /** The routes that take an event today. Reads its payload only where a condition asks for it. */
  private static List<String> handlers(Connection connection, Matching matching, Stored one)
      throws SQLException {
    NewEvent event =
        matching.hasConditionFor(one.source(), one.type())
            ? Jdbc.first(
                    connection,
                    CONTENT,
                    row ->
                        one.event(
                            row.getString(1),
                            row.getObject(2, OffsetDateTime.class).toInstant(),
                            row.getString(3),
                            row.getBytes(4)),
                    one.id())
                .orElseThrow()
            : one.event("", Instant.EPOCH, "{}", new byte[0]);
    return matching.routes(new Decisions(event));
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
