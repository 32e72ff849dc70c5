package hub.inbox.db;

import hub.db.Dialect;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * Selects events. An empty field matches everything.
 *
 * @param source exact name
 * @param types a list of {@link TypePattern}s, of which one must match
 * @param since received at this time or later
 * @param until received before this time
 * @param text part of the id, the provider's id, the type or an error text, in any case; {@link
 *     PostgresSearch} searches less in large tables
 * @param error the {@link ErrorKind} of a handler's last error
 */
public record EventFilter(
    Optional<String> source,
    Optional<String> types,
    Optional<EventState> status,
    Optional<Instant> since,
    Optional<Instant> until,
    Optional<String> text,
    Optional<String> error) {
  public static final EventFilter ALL =
      new EventFilter(
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty());

  /**
   * An id contains the time at which it was made, so a range of times gives a range of ids. The id
   * is made after the event was received, by the same clock; this allows for a clock set back
   * meanwhile.
   */
  private static final Duration CLOCK_SET_BACK_AT_MOST = Duration.ofHours(1);

  /** How long an event may have waited for its id, at most. */
  private static final Duration STORED_WITHIN = Duration.ofHours(1);

  /** Reads an index of ids from one end. Takes no locks. */
  static final String BY_EVENT =
      """
      SELECT e.id FROM inbox_event e
      WHERE %s
      ORDER BY %s
      LIMIT %d
      """;

  /** Reads the index of a rare state, so that events that are done cost nothing. Takes no locks. */
  private static final String BY_DELIVERY =
      """
      SELECT s.event_id AS id
      FROM (SELECT DISTINCT d.event_id FROM inbox_delivery d WHERE %s) s
      WHERE %s
      ORDER BY s.event_id %s
      LIMIT %d
      """;

  static final String HAS_EVENT =
      "EXISTS (SELECT 1 FROM inbox_event e WHERE e.id = %s.event_id AND %s)";

  static final String HAS_NO_DELIVERY =
      "NOT EXISTS (SELECT 1 FROM inbox_delivery o WHERE o.event_id = %s AND o.status IN (%s))";

  public boolean isEmpty() {
    return equals(ALL);
  }

  public EventFilter withStatus(EventState state) {
    return new EventFilter(source, types, Optional.of(state), since, until, text, error);
  }

  EventFilter withoutText() {
    return new EventFilter(source, types, status, since, until, Optional.empty(), error);
  }

  public EventFilter withUntil(Instant end) {
    return new EventFilter(source, types, status, since, Optional.of(end), text, error);
  }

  /**
   * A search for the ids of the matching events.
   *
   * @param beyond only events after this one, in the order of the search
   * @param limit how many, at most
   */
  public EventSearch search(
      Dialect dialect, EventSearch.Order order, Optional<UUID> beyond, int limit) {
    if (dialect == Dialect.POSTGRESQL) {
      return new PostgresSearch(this, order, beyond, limit).statement();
    }
    return isRare() ? byDelivery(order, beyond, limit) : byEvent(order, beyond, limit);
  }

  /** Whether few events are in the state; there is an index of them. */
  boolean isRare() {
    return status
        .filter(state -> state != EventState.DONE && state != EventState.IGNORED)
        .isPresent();
  }

  private EventSearch byEvent(EventSearch.Order order, Optional<UUID> beyond, int limit) {
    EventSearch.Where events = events(Dialect.H2);
    types.ifPresent(patterns -> addTypes(events, "e.type", patterns));
    text.ifPresent(part -> addText(events, part));
    addRange(events, "e.id", order, beyond);
    return new EventSearch(BY_EVENT.formatted(events.sql(), order(order), limit), events.values());
  }

  /** The conditions for {@code e}, an event, except type, text and range. */
  EventSearch.Where events(Dialect dialect) {
    EventSearch.Where events = new EventSearch.Where();
    source.ifPresent(name -> events.and("e.source = ?", name));
    addTimes(events);
    if (!isRare() && status.isPresent()) {
      boolean done = status.get() == EventState.DONE;
      events.and(
          (done ? "" : "NOT ") + "EXISTS (SELECT 1 FROM inbox_delivery d WHERE d.event_id = e.id)");
      if (done) {
        events.and(
            HAS_NO_DELIVERY.formatted("e.id", "'processing', 'retrying', 'received', 'dead'"));
      }
    }
    error.ifPresent(
        kind ->
            events.and(
                "EXISTS (SELECT 1 FROM inbox_delivery d WHERE d.event_id = e.id AND "
                    + ErrorKind.sql(dialect, "d.last_error")
                    + " = ?)",
                kind));
    return events;
  }

  private EventSearch byDelivery(EventSearch.Order order, Optional<UUID> beyond, int limit) {
    EventSearch.Where deliveries = deliveries(Dialect.H2);
    source.ifPresent(name -> deliveries.and("d.source = ?", name));
    addRange(deliveries, "d.event_id", order, beyond);
    EventSearch.Where both = eventConditions("s");
    return new EventSearch(
        BY_DELIVERY.formatted(deliveries.sql(), both.sql(), order.direction(), limit),
        Stream.concat(deliveries.values().stream(), both.values().stream()).toList());
  }

  /** The conditions for {@code d}, a delivery in a rare state, except source and range. */
  EventSearch.Where deliveries(Dialect dialect) {
    EventSearch.Where deliveries = new EventSearch.Where();
    deliveries.and("d.status = '" + status.orElseThrow().text() + "'");
    error.ifPresent(kind -> deliveries.and(ErrorKind.sql(dialect, "d.last_error") + " = ?", kind));
    return deliveries;
  }

  /**
   * The conditions for the event of a delivery in a rare state, and for its other deliveries.
   *
   * @param table alias of the table with its {@code event_id}
   */
  EventSearch.Where eventConditions(String table) {
    EventSearch.Where both = new EventSearch.Where();
    others(status.orElseThrow())
        .ifPresent(states -> both.and(HAS_NO_DELIVERY.formatted(table + ".event_id", states)));
    EventSearch.Where events = new EventSearch.Where();
    types.ifPresent(patterns -> addTypes(events, "e.type", patterns));
    addTimes(events);
    text.ifPresent(part -> addText(events, part));
    if (!events.values().isEmpty()) {
      both.and(HAS_EVENT.formatted(table, events.sql()), events.values().toArray());
    }
    return both;
  }

  void addTimes(EventSearch.Where events) {
    since.ifPresent(time -> events.and("e.received_at >= ?", time.atOffset(ZoneOffset.UTC)));
    until.ifPresent(time -> events.and("e.received_at < ?", time.atOffset(ZoneOffset.UTC)));
  }

  /** The states of other deliveries that would be the event's state instead. */
  private static Optional<String> others(EventState state) {
    return switch (state) {
      case RETRYING -> Optional.of("'processing'");
      case RECEIVED -> Optional.of("'processing', 'retrying'");
      case DEAD -> Optional.of("'processing', 'retrying', 'received'");
      default -> Optional.empty();
    };
  }

  /** Names the source, if there is one, so that both databases read its index in this order. */
  String order(EventSearch.Order order) {
    String byId = "e.id " + order.direction();
    return source.isPresent() ? "e.source " + order.direction() + ", " + byId : byId;
  }

  void addRange(
      EventSearch.Where where, String id, EventSearch.Order order, Optional<UUID> beyond) {
    since.ifPresent(
        time -> where.and(id + " >= ?", EventIds.from(time.minus(CLOCK_SET_BACK_AT_MOST))));
    until.ifPresent(time -> where.and(id + " < ?", EventIds.from(time.plus(STORED_WITHIN))));
    beyond.ifPresent(last -> where.and(id + " " + order.beyond() + " ?", last));
  }

  static void addTypes(EventSearch.Where where, String type, String patterns) {
    List<String> alternatives = new ArrayList<>();
    List<Object> values = new ArrayList<>();
    for (TypePattern pattern : TypePattern.all(patterns)) {
      alternatives.add(type + (pattern.isExact() ? " = ?" : " LIKE ? ESCAPE '!'"));
      values.add(pattern.sqlText());
    }
    if (!alternatives.isEmpty()) {
      where.and("(" + String.join(" OR ", alternatives) + ")", values.toArray());
    }
  }

  private static void addText(EventSearch.Where where, String part) {
    String pattern = "%" + escaped(part) + "%";
    where.and(
        """
        (CAST(e.id AS varchar(36)) LIKE lower(?) ESCAPE '!'
          OR lower(e.provider_event_id) LIKE lower(?) ESCAPE '!'
          OR lower(e.type) LIKE lower(?) ESCAPE '!'
          OR EXISTS (
            SELECT 1 FROM inbox_delivery d
            WHERE d.event_id = e.id AND lower(d.last_error) LIKE lower(?) ESCAPE '!'))""",
        Collections.nCopies(4, pattern).toArray());
  }

  /** Escapes the wildcards of LIKE. */
  static String escaped(String text) {
    return text.replace("!", "!!").replace("%", "!%").replace("_", "!_");
  }
}
