package hub.inbox.db;

import static java.util.stream.Collectors.toSet;

import hub.db.Jdbc;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Stores events on PostgreSQL, a whole batch in each statement. Thread-safe. */
final class PostgresAppend {
  /**
   * Waits for a node that stores the same event at the same time, then leaves the first one in
   * place.
   */
  private static final String INSERT_EVENTS =
      """
      INSERT INTO inbox_event (id, source, provider_event_id, type, ordering_key, received_at, headers, payload, sequence)
      SELECT * FROM unnest(?::uuid[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[]::timestamptz[], ?::text[], ?::bytea[], ?::bigint[])
      ON CONFLICT (source, provider_event_id) DO NOTHING
      RETURNING id
      """;

  private static final String FIRST_IDS =
      """
      SELECT e.source, e.provider_event_id, e.id
      FROM unnest(?::text[], ?::text[]) AS k (source, provider_event_id)
      JOIN inbox_event e ON e.source = k.source AND e.provider_event_id = k.provider_event_id
      """;

  private static final String INSERT_DELIVERIES =
      """
      INSERT INTO inbox_delivery (event_id, route, source, ordering_key, sequence, status, attempts, due_at)
      SELECT d.event_id, d.route, d.source, d.ordering_key, d.sequence, 'received', 0, now()
      FROM unnest(?::uuid[], ?::text[], ?::text[], ?::text[], ?::bigint[]) AS d (event_id, route, source, ordering_key, sequence)
      """;

  private final Predicate<String> ordered;

  /**
   * @param ordered whether a handler route, given its id, asks for order
   */
  PostgresAppend(Predicate<String> ordered) {
    this.ordered = ordered;
  }

  /** What an event brings to one handler. */
  private record Insert(RoutedEvent event, String route, Optional<Lane> lane) {}

  /**
   * Stores the events that are new, with their deliveries.
   *
   * @return the ids of those
   */
  Set<UUID> insert(Connection connection, List<RoutedEvent> events) throws SQLException {
    // Two nodes that store the same events take their locks in the same order.
    List<RoutedEvent> sorted =
        events.stream().sorted(Comparator.comparing(RoutedEvent::event, EventKey.ORDER)).toList();
    List<Insert> inserts = events.stream().flatMap(this::inserts).toList();
    Map<UUID, Long> numbers = numbers(connection, events, inserts);
    Set<UUID> stored = insertEvents(connection, sorted, numbers);
    insertDeliveries(
        connection,
        inserts.stream().filter(one -> stored.contains(one.event().id())).toList(),
        numbers);
    // A repeated event must not leave an empty lane behind, which a claim would look at.
    PostgresLanes.promote(
        connection,
        LeasedLane.free(
            inserts.stream()
                .filter(one -> !stored.contains(one.event().id()))
                .flatMap(one -> one.lane().stream())
                .toList()));
    return stored;
  }

  /**
   * Receipts in the order of {@code events}.
   *
   * @param stored those of the events that are new
   */
  List<Receipt> receipts(Connection connection, List<RoutedEvent> events, Set<UUID> stored)
      throws SQLException {
    Map<EventKey, UUID> first =
        stored.size() == events.size() ? Map.of() : firstIds(connection, events, stored);
    List<Receipt> receipts = new ArrayList<>(events.size());
    for (RoutedEvent one : events) {
      boolean isNew = stored.contains(one.id());
      receipts.add(new Receipt(isNew ? one.id() : first.get(EventKey.of(one.event())), !isNew));
    }
    return receipts;
  }

  private Stream<Insert> inserts(RoutedEvent event) {
    return event.handlers().stream()
        .map(
            route ->
                new Insert(
                    event,
                    route,
                    Optional.of(route)
                        .filter(ordered)
                        .map(id -> Lane.of(id, event.event().orderingKey(), event.id()))));
  }

  /** A number for each event, in the order of {@code events}. */
  private static Map<UUID, Long> numbers(
      Connection connection, List<RoutedEvent> events, List<Insert> inserts) throws SQLException {
    Set<Lane> lanes = inserts.stream().flatMap(one -> one.lane().stream()).collect(toSet());
    List<Long> drawn = PostgresLanes.drawNumbers(connection, lanes, events.size());
    Map<UUID, Long> numbers = new HashMap<>();
    for (int i = 0; i < events.size(); i++) {
      numbers.put(events.get(i).id(), drawn.get(i));
    }
    return numbers;
  }

  private static Set<UUID> insertEvents(
      Connection connection, List<RoutedEvent> events, Map<UUID, Long> numbers)
      throws SQLException {
    byte[][] payloads = events.stream().map(one -> one.event().payload()).toArray(byte[][]::new);
    return new HashSet<>(
        Jdbc.list(
            connection,
            INSERT_EVENTS,
            Jdbc::id,
            PostgresLanes.array(connection, "uuid", events, RoutedEvent::id),
            PostgresLanes.array(connection, "text", events, one -> one.event().source()),
            PostgresLanes.array(connection, "text", events, one -> one.event().providerEventId()),
            PostgresLanes.array(connection, "text", events, one -> one.event().type()),
            PostgresLanes.array(
                connection, "text", events, one -> one.event().orderingKey().orElse(null)),
            PostgresLanes.array(
                connection, "text", events, one -> one.event().receivedAt().toString()),
            PostgresLanes.array(connection, "text", events, one -> one.event().headers()),
            connection.createArrayOf("bytea", payloads),
            PostgresLanes.array(connection, "bigint", events, one -> numbers.get(one.id()))));
  }

  private static void insertDeliveries(
      Connection connection, List<Insert> inserts, Map<UUID, Long> numbers) throws SQLException {
    if (inserts.isEmpty()) {
      return;
    }
    Jdbc.update(
        connection,
        INSERT_DELIVERIES,
        PostgresLanes.array(connection, "uuid", inserts, one -> one.event().id()),
        PostgresLanes.array(connection, "text", inserts, Insert::route),
        PostgresLanes.array(connection, "text", inserts, one -> one.event().event().source()),
        PostgresLanes.array(
            connection, "text", inserts, one -> one.lane().map(Lane::key).orElse(null)),
        PostgresLanes.array(connection, "bigint", inserts, one -> numbers.get(one.event().id())));
  }

  private static Map<EventKey, UUID> firstIds(
      Connection connection, List<RoutedEvent> events, Set<UUID> stored) throws SQLException {
    List<RoutedEvent> known = events.stream().filter(one -> !stored.contains(one.id())).toList();
    Map<EventKey, UUID> first = new HashMap<>();
    Jdbc.list(
        connection,
        FIRST_IDS,
        row ->
            first.put(
                new EventKey(row.getString(1), row.getString(2)), row.getObject(3, UUID.class)),
        PostgresLanes.array(connection, "text", known, one -> one.event().source()),
        PostgresLanes.array(connection, "text", known, one -> one.event().providerEventId()));
    return first;
  }
}
