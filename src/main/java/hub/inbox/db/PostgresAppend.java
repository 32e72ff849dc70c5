package hub.inbox.db;

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

/** Stores events on PostgreSQL, a whole batch in one statement. Thread-safe. */
final class PostgresAppend {
  /**
   * Everything in one round trip, in this order:
   *
   * <ol>
   *   <li>{@code opened} locks the lanes, or makes them, in their order; also where it changes
   *       nothing.
   *   <li>{@code drawn} draws a number for each event. Its filter counts all rows of {@code
   *       opened}, and a filter that depends on no row is evaluated before the first row: so every
   *       lane is locked before the first number is drawn, and in a lane no number appears after a
   *       higher one.
   *   <li>{@code stored} waits for a node that stores the same event at the same time, then leaves
   *       the first one in place. It tells what is new.
   *   <li>{@code delivered}, the counts and the notification are of what is new.
   * </ol>
   */
  private static final String APPEND =
      """
      WITH opened AS (
        INSERT INTO inbox_lane AS l (route, ordering_key, head, due_at)
        SELECT k.route, k.ordering_key, nextval('inbox_sequence'), clock_timestamp()
        FROM unnest(?::text[], ?::text[]) AS k (route, ordering_key)
        ON CONFLICT (route, ordering_key) DO UPDATE SET head = l.head WHERE FALSE
        RETURNING 1),
      drawn AS (
        SELECT array_agg(d.number ORDER BY d.number) AS numbers
        FROM (
          SELECT nextval('inbox_sequence') AS number FROM generate_series(1, ?)
          WHERE (SELECT count(*) FROM opened) >= 0) d),
      stored AS (
        INSERT INTO inbox_event (id, source, provider_event_id, type, ordering_key, received_at, headers, payload, sequence)
        SELECT e.id, e.source, e.provider_event_id, e.type, e.ordering_key, e.received_at::timestamptz, e.headers, e.payload,
               (SELECT numbers FROM drawn)[e.place]
        FROM unnest(?::uuid[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::bytea[], ?::int[])
             AS e (id, source, provider_event_id, type, ordering_key, received_at, headers, payload, place)
        ON CONFLICT (source, provider_event_id) DO NOTHING
        RETURNING id, source),
      delivered AS (
        INSERT INTO inbox_delivery (event_id, route, source, ordering_key, sequence, status, attempts, due_at)
        SELECT d.event_id, d.route, s.source, d.ordering_key, (SELECT numbers FROM drawn)[d.place], 'received', 0, clock_timestamp()
        FROM unnest(?::uuid[], ?::text[], ?::text[], ?::int[]) AS d (event_id, route, ordering_key, place)
        JOIN stored s ON s.id = d.event_id
        RETURNING route),
      counted AS (
        INSERT INTO inbox_tally (source, shard, stored, ignored)
        SELECT s.source, ?, count(*), count(*) FILTER (WHERE s.id = ANY (?::uuid[])) FROM stored s
        GROUP BY s.source
        ORDER BY s.source
        ON CONFLICT (source, shard) DO UPDATE
        SET stored = inbox_tally.stored + excluded.stored, ignored = inbox_tally.ignored + excluded.ignored)
      SELECT s.id FROM stored s
      WHERE (SELECT count(pg_notify(%s, r.route)::text) FROM (SELECT DISTINCT route FROM delivered) r) >= 0
      """
          .formatted(PostgresInbox.CHANNEL);

  private static final String FIRST_IDS =
      """
      SELECT e.source, e.provider_event_id, e.id
      FROM unnest(?::text[], ?::text[]) AS k (source, provider_event_id)
      JOIN inbox_event e ON e.source = k.source AND e.provider_event_id = k.provider_event_id
      """;

  private final short shard;
  private final Predicate<String> ordered;

  /**
   * @param shard the row of each source's counts that this node adds to
   * @param ordered whether a handler route, given its id, asks for order
   */
  PostgresAppend(short shard, Predicate<String> ordered) {
    this.shard = shard;
    this.ordered = ordered;
  }

  /**
   * An event, and its place among those that are stored with it, from 1: numbers are drawn in that
   * order.
   */
  private record Placed(RoutedEvent routed, int place) {
    NewEvent event() {
      return routed.event();
    }
  }

  /** What an event brings to one handler. */
  private record Insert(Placed event, String route, Optional<Lane> lane) {}

  /**
   * Stores the events that are new, with their deliveries, counts them and tells other nodes.
   *
   * @return the ids of those
   */
  Set<UUID> insert(Connection connection, List<RoutedEvent> events) throws SQLException {
    List<Placed> placed = new ArrayList<>(events.size());
    List<Insert> inserts = new ArrayList<>(events.size());
    for (RoutedEvent event : events) {
      Placed one = new Placed(event, placed.size() + 1);
      placed.add(one);
      event.handlers().forEach(route -> inserts.add(new Insert(one, route, lane(one, route))));
    }
    Set<UUID> stored = insert(connection, placed, inserts);
    if (stored.size() < events.size()) {
      // A repeated event must not leave an empty lane behind, which a claim would look at.
      PostgresLanes.promote(
          connection,
          LeasedLane.free(
              inserts.stream()
                  .filter(one -> !stored.contains(one.event().routed().id()))
                  .flatMap(one -> one.lane().stream())
                  .toList()));
    }
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

  private Optional<Lane> lane(Placed event, String route) {
    return ordered.test(route)
        ? Optional.of(Lane.of(route, event.event().orderingKey(), event.routed().id()))
        : Optional.empty();
  }

  private Set<UUID> insert(Connection connection, List<Placed> placed, List<Insert> inserts)
      throws SQLException {
    List<Lane> lanes =
        inserts.stream().flatMap(one -> one.lane().stream()).distinct().sorted(Lane.ORDER).toList();
    // Two nodes that store the same events take their locks in the same order.
    List<Placed> events =
        placed.stream().sorted(Comparator.comparing(Placed::event, EventKey.ORDER)).toList();
    List<Placed> ignored =
        placed.stream().filter(one -> one.routed().handlers().isEmpty()).toList();
    byte[][] payloads = events.stream().map(one -> one.event().payload()).toArray(byte[][]::new);
    return new HashSet<>(
        Jdbc.list(
            connection,
            APPEND,
            Jdbc::id,
            PostgresLanes.array(connection, "text", lanes, Lane::route),
            PostgresLanes.array(connection, "text", lanes, Lane::key),
            events.size(),
            PostgresLanes.array(connection, "uuid", events, one -> one.routed().id()),
            PostgresLanes.array(connection, "text", events, one -> one.event().source()),
            PostgresLanes.array(connection, "text", events, one -> one.event().providerEventId()),
            PostgresLanes.array(connection, "text", events, one -> one.event().type()),
            PostgresLanes.array(
                connection, "text", events, one -> one.event().orderingKey().orElse(null)),
            PostgresLanes.array(
                connection, "text", events, one -> one.event().receivedAt().toString()),
            PostgresLanes.array(connection, "text", events, one -> one.event().headers()),
            connection.createArrayOf("bytea", payloads),
            PostgresLanes.array(connection, "int", events, Placed::place),
            PostgresLanes.array(connection, "uuid", inserts, one -> one.event().routed().id()),
            PostgresLanes.array(connection, "text", inserts, Insert::route),
            PostgresLanes.array(
                connection, "text", inserts, one -> one.lane().map(Lane::key).orElse(null)),
            PostgresLanes.array(connection, "int", inserts, one -> one.event().place()),
            shard,
            PostgresLanes.array(connection, "uuid", ignored, one -> one.routed().id())));
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
