package hub.console;

import com.fasterxml.jackson.databind.node.ObjectNode;
import hub.db.Database;
import hub.inbox.db.EventFilter;
import hub.inbox.db.EventSearch;
import hub.inbox.db.EventState;
import hub.inbox.db.NewEvent;
import hub.inbox.engine.LeftOut;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Queries events for operators. Thread-safe. */
final class EventQueries {
  /**
   * One statement, so that the events shown still match the filter. Selects the ids of a page
   * first, because an event's row may be large. Takes no locks.
   */
  private static final String PAGE =
      """
      SELECT e.id, e.source, e.provider_event_id, e.type, e.ordering_key, e.received_at,
             d.route, d.status, d.attempts, d.due_at, d.finished_at, d.last_error, '', a.arrived_by
      FROM (
      %s) p
      JOIN inbox_event e ON e.id = p.id
      LEFT JOIN inbox_delivery d ON d.event_id = e.id
      LEFT JOIN inbox_arrival a ON a.event_id = e.id
      ORDER BY e.id DESC, d.route
      """;

  /** Reads a range of the primary key. Takes no locks. */
  private static final String BY_PREFIX =
      """
      SELECT b.id FROM inbox_event b
      WHERE b.id >= ? AND b.id <= ?
      ORDER BY b.id DESC
      LIMIT %d
      """;

  /** Takes no locks. */
  private static final String ONE =
      """
      SELECT e.id, e.source, e.provider_event_id, e.type, e.ordering_key, e.received_at,
             d.route, d.status, d.attempts, d.due_at, d.finished_at, d.last_error, d.attempt_log,
             a.arrived_by, e.headers, e.payload
      FROM inbox_event e
      LEFT JOIN inbox_delivery d ON d.event_id = e.id
      LEFT JOIN inbox_arrival a ON a.event_id = e.id
      WHERE e.id = ?
      ORDER BY d.route
      """;

  /**
   * A page of events.
   *
   * @param next the id after which the next page starts; empty on the last page
   */
  record Page(List<EventView> events, Optional<UUID> next) {}

  private final Database database;

  EventQueries(Database database) {
    this.database = database;
  }

  /**
   * The newest events first.
   *
   * @param limit maximum number of events
   * @param before only events older than this one
   */
  Page page(EventFilter filter, int limit, Optional<UUID> before) throws SQLException {
    // One more than the page, to know whether there is a next page.
    EventSearch search =
        filter.search(database.dialect(), EventSearch.Order.NEWEST_FIRST, before, limit + 1);
    List<EventView> found =
        database.inTransaction(
            connection -> {
              try (PreparedStatement select =
                  connection.prepareStatement(PAGE.formatted(search.sql()))) {
                search.bind(select);
                try (ResultSet rows = select.executeQuery()) {
                  return events(rows);
                }
              }
            });
    if (found.size() <= limit) {
      return new Page(found, Optional.empty());
    }
    List<EventView> page = found.subList(0, limit);
    return new Page(page, Optional.of(page.get(limit - 1).id()));
  }

  /** The newest events whose ids begin so, {@code limit} at most. */
  List<EventView> beginning(IdPrefix prefix, int limit) throws SQLException {
    return database.inTransaction(
        connection -> {
          try (PreparedStatement select =
              connection.prepareStatement(PAGE.formatted(BY_PREFIX.formatted(limit)))) {
            select.setObject(1, prefix.first());
            select.setObject(2, prefix.last());
            try (ResultSet rows = select.executeQuery()) {
              return events(rows);
            }
          }
        });
  }

  /** Tells which handlers have no part in an event, beside the routes that have. */
  @FunctionalInterface
  interface Others {
    List<LeftOut> than(NewEvent event, Collection<String> taking);
  }

  private record Found(EventView event, String headers, byte[] payload) {}

  /** All details of one event, as JSON; empty when there is none of this id. */
  Optional<ObjectNode> detail(UUID id, Others others) throws SQLException {
    return find(id)
        .map(
            found -> {
              EventView event = found.event();
              return event.detail(
                  found.headers(),
                  found.payload(),
                  others.than(
                      event.stored(found.headers(), found.payload()),
                      event.deliveries().stream().map(DeliveryView::route).toList()));
            });
  }

  private Optional<Found> find(UUID id) throws SQLException {
    return database.inTransaction(
        connection -> {
          try (PreparedStatement select = connection.prepareStatement(ONE)) {
            select.setObject(1, id);
            try (ResultSet row = select.executeQuery()) {
              if (!row.next()) {
                return Optional.empty();
              }
              EventView event = event(row);
              String headers = row.getString(15);
              byte[] payload = row.getBytes(16);
              do {
                delivery(row).ifPresent(event.deliveries()::add);
              } while (row.next());
              return Optional.of(new Found(event, headers, payload));
            }
          }
        });
  }

  private static List<EventView> events(ResultSet rows) throws SQLException {
    Map<UUID, EventView> events = new LinkedHashMap<>();
    while (rows.next()) {
      UUID id = rows.getObject(1, UUID.class);
      if (!events.containsKey(id)) {
        events.put(id, event(rows));
      }
      delivery(rows).ifPresent(events.get(id).deliveries()::add);
    }
    return List.copyOf(events.values());
  }

  /** The event of a row, with no deliveries yet. */
  private static EventView event(ResultSet row) throws SQLException {
    return new EventView(
        row.getObject(1, UUID.class),
        row.getString(2),
        row.getString(3),
        row.getString(4),
        Optional.ofNullable(row.getString(5)),
        time(row, 6).orElseThrow(),
        Optional.ofNullable(row.getString(14)),
        new ArrayList<>());
  }

  private static Optional<DeliveryView> delivery(ResultSet row) throws SQLException {
    String route = row.getString(7);
    if (route == null) {
      return Optional.empty();
    }
    return Optional.of(
        new DeliveryView(
            route,
            EventState.of(row.getString(8)).orElseThrow(),
            row.getInt(9),
            time(row, 10),
            time(row, 11),
            Optional.ofNullable(row.getString(12)),
            row.getString(13)));
  }

  private static Optional<Instant> time(ResultSet row, int column) throws SQLException {
    return Optional.ofNullable(row.getTimestamp(column)).map(Timestamp::toInstant);
  }
}
