package hub.inbox.db;

import hub.db.Dialect;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Builds the statement of a filter for tables of ten million events: rows come from an index in the
 * order of the list, and the first few are enough.
 *
 * <p>A text is compared with whole provider ids, with the beginning of the hub's ids, with all
 * types, with the errors of deliveries that are not done, and, as any part of an id, with the
 * newest {@value #RECENT} events. Without an extension, no index finds any part of ten million ids.
 */
final class PostgresSearch {
  private static final int RECENT = 10_000;

  /** There are few sources, and the table of counts has them all. */
  private static final String SOURCES = "(SELECT DISTINCT source FROM inbox_tally) t";

  /** For a rare state: reads its index source by source. Takes no locks. */
  private static final String BY_DELIVERY =
      """
      SELECT s.event_id AS id FROM %s
      CROSS JOIN LATERAL (
        SELECT DISTINCT d.event_id FROM inbox_delivery d
        WHERE d.source = t.source AND %s
        ORDER BY d.event_id %s
        LIMIT %d) s
      ORDER BY s.event_id %s
      LIMIT %d
      """;

  /** Compares the delivery's own columns first: its event is in another table. */
  private static final String HAS_TEXT =
      """
      (lower(d.last_error) LIKE lower(?) ESCAPE '!'
        OR CAST(d.event_id AS varchar(36)) LIKE lower(?) ESCAPE '!'
        OR EXISTS (
          SELECT 1 FROM inbox_event e
          WHERE e.id = d.event_id
            AND (lower(e.provider_event_id) LIKE lower(?) ESCAPE '!'
              OR lower(e.type) LIKE lower(?) ESCAPE '!')))""";

  /** All types: a loose index scan that jumps from each type to the next. */
  private static final String TYPES =
      """
      (WITH RECURSIVE leap (source, type) AS (
         (SELECT f.source, f.type FROM inbox_event f %s ORDER BY f.source, f.type LIMIT 1)
         UNION ALL
         SELECT n.source, n.type FROM leap
         CROSS JOIN LATERAL (
           SELECT f.source, f.type FROM inbox_event f
           WHERE %s
           ORDER BY f.source, f.type LIMIT 1) n)
       SELECT source, type FROM leap WHERE %s) t
      """;

  /** The first events of each matching type. Takes no locks. */
  private static final String BY_TYPE =
      """
      SELECT o.id FROM %s
      CROSS JOIN LATERAL (
        SELECT e.id FROM inbox_event e
        WHERE e.source = t.source AND e.type = t.type AND %s
        ORDER BY e.source %s, e.type %s, e.id %s
        LIMIT %d) o
      ORDER BY o.id %s
      LIMIT %d
      """;

  private static final String BY_PROVIDER_ID =
      "SELECT e.id FROM %s JOIN inbox_event e ON e.source = t.source AND e.provider_event_id = ? AND %s";

  /**
   * Without the state received, which has no error. Repeats {@code status <> 'done'} so that the
   * planner can use the partial index.
   */
  private static final String BY_ERROR =
      """
      SELECT o.event_id AS id FROM %s
      CROSS JOIN (VALUES ('dead'), ('retrying'), ('processing')) v (status)
      CROSS JOIN LATERAL (
        SELECT DISTINCT d.event_id FROM inbox_delivery d
        WHERE d.source = t.source AND d.status = v.status AND d.status <> 'done' AND %s
        ORDER BY d.event_id %s
        LIMIT %d) o
      """;

  private static final String BY_PART =
      """
      SELECT r.id
      FROM (SELECT e.id, e.provider_event_id FROM inbox_event e WHERE %s ORDER BY %s LIMIT %d) r
      WHERE CAST(r.id AS varchar(36)) LIKE lower(?) ESCAPE '!'
         OR lower(r.provider_event_id) LIKE lower(?) ESCAPE '!'
      """;

  private static final Pattern ID_BEGINS = Pattern.compile("[0-9a-f-]{4,36}");

  private final EventFilter filter;
  private final EventSearch.Order order;
  private final Optional<UUID> beyond;
  private final int limit;
  private final List<Object> values = new ArrayList<>();

  PostgresSearch(EventFilter filter, EventSearch.Order order, Optional<UUID> beyond, int limit) {
    this.filter = filter;
    this.order = order;
    this.beyond = beyond;
    this.limit = limit;
  }

  EventSearch statement() {
    String sql;
    if (filter.isRare()) {
      sql = byDelivery();
    } else if (filter.text().isPresent()) {
      sql = byText(filter.text().get());
    } else if (filter.types().isPresent()) {
      sql = byType(new EventSearch.Where());
    } else {
      sql = byEvent(new EventSearch.Where());
    }
    return new EventSearch(sql, values);
  }

  private String byDelivery() {
    String sources = sources();
    EventSearch.Where deliveries = filter.deliveries(Dialect.POSTGRESQL);
    filter.addRange(deliveries, "d.event_id", order, beyond);
    EventSearch.Where events = filter.withoutText().eventConditions("d");
    deliveries.and(events.sql(), events.values().toArray());
    filter
        .text()
        .map(text -> "%" + EventFilter.escaped(text) + "%")
        .ifPresent(part -> deliveries.and(HAS_TEXT, part, part, part, part));
    values.addAll(deliveries.values());
    String way = order.direction();
    return BY_DELIVERY.formatted(sources, deliveries.sql(), way, limit, way, limit);
  }

  private String sources() {
    filter.source().ifPresent(values::add);
    return filter.source().isPresent() ? "(SELECT CAST(? AS varchar) AS source) t" : SOURCES;
  }

  private String byEvent(EventSearch.Where more) {
    EventSearch.Where events = filter.events(Dialect.POSTGRESQL);
    filter.addRange(events, "e.id", order, beyond);
    events.and(more.sql(), more.values().toArray());
    values.addAll(events.values());
    return EventFilter.BY_EVENT.formatted(events.sql(), filter.order(order), limit);
  }

  /**
   * @param which conditions for the types in {@code leap}
   */
  private String byType(EventSearch.Where which) {
    filter.types().ifPresent(patterns -> EventFilter.addTypes(which, "type", patterns));
    filter.source().ifPresent(values::add);
    filter.source().ifPresent(values::add);
    boolean one = filter.source().isPresent();
    values.addAll(which.values());
    String types =
        TYPES.formatted(
            one ? "WHERE f.source = ?" : "",
            one
                ? "f.source = ? AND f.type > leap.type"
                : "(f.source, f.type) > (leap.source, leap.type)",
            which.sql());
    EventSearch.Where events = filter.events(Dialect.POSTGRESQL);
    filter.addRange(events, "e.id", order, beyond);
    values.addAll(events.values());
    String way = order.direction();
    return BY_TYPE.formatted(types, events.sql(), way, way, way, limit, way, limit);
  }

  private String byText(String text) {
    String part = "%" + EventFilter.escaped(text) + "%";
    List<String> alternatives = new ArrayList<>();
    idBeginsWith(text).ifPresent(alternatives::add);
    alternatives.add(byProviderId(text));
    EventSearch.Where type = new EventSearch.Where();
    type.and("lower(type) LIKE lower(?) ESCAPE '!'", part);
    alternatives.add(byType(type));
    alternatives.add(byError(part));
    alternatives.add(byPart(part));
    return "SELECT u.id FROM (("
        + String.join(")\nUNION\n(", alternatives)
        + ")) u ORDER BY u.id "
        + order.direction()
        + " LIMIT "
        + limit;
  }

  private Optional<String> idBeginsWith(String text) {
    Matcher begins = ID_BEGINS.matcher(text.toLowerCase(Locale.ROOT));
    String hex = text.toLowerCase(Locale.ROOT).replace("-", "");
    if (!begins.matches() || hex.isEmpty() || hex.length() > 32) {
      return Optional.empty();
    }
    EventSearch.Where range = new EventSearch.Where();
    range.and("e.id >= ?", id(hex, '0'));
    range.and("e.id <= ?", id(hex, 'f'));
    filter.types().ifPresent(patterns -> EventFilter.addTypes(range, "e.type", patterns));
    return Optional.of(byEvent(range));
  }

  private static UUID id(String hex, char filler) {
    String whole = hex + String.valueOf(filler).repeat(32 - hex.length());
    return new UUID(
        Long.parseUnsignedLong(whole.substring(0, 16), 16),
        Long.parseUnsignedLong(whole.substring(16), 16));
  }

  private String byProviderId(String text) {
    String sources = sources();
    values.add(text);
    return BY_PROVIDER_ID.formatted(sources, withoutText());
  }

  /** All conditions for an event except the text. */
  private String withoutText() {
    EventSearch.Where events = filter.events(Dialect.POSTGRESQL);
    filter.types().ifPresent(patterns -> EventFilter.addTypes(events, "e.type", patterns));
    filter.addRange(events, "e.id", order, beyond);
    values.addAll(events.values());
    return events.sql();
  }

  private String byError(String part) {
    String sources = sources();
    EventSearch.Where deliveries = new EventSearch.Where();
    filter.addRange(deliveries, "d.event_id", order, beyond);
    deliveries.and("lower(d.last_error) LIKE lower(?) ESCAPE '!'", part);
    EventSearch.Where events = filter.events(Dialect.POSTGRESQL);
    filter.types().ifPresent(patterns -> EventFilter.addTypes(events, "e.type", patterns));
    deliveries.and(EventFilter.HAS_EVENT.formatted("d", events.sql()), events.values().toArray());
    values.addAll(deliveries.values());
    return BY_ERROR.formatted(sources, deliveries.sql(), order.direction(), limit);
  }

  private String byPart(String part) {
    String events = withoutText();
    values.add(part);
    values.add(part);
    return BY_PART.formatted(events, filter.order(order), RECENT);
  }
}
