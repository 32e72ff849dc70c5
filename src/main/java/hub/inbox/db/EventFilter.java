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
 * Which events an operator means. What is empty does not narrow.
 *
 * @param source exactly
 * @param types as {@link TypePattern} reads them, at least one
 * @param since received then or later
 * @param until received before
 * @param text part of the id, the provider's id, the type or an error text, in any case; see {@link
 *     PostgresSearch} for what that is where there are millions
 * @param error the {@link ErrorKind} of a handler's last error, as it is grouped by
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
   * An id carries the time at which it was given, so times narrow the range of ids to look through.
   * It is given after the event was received, by the same clock unless that is set meanwhile.
   */
  private static final Duration CLOCK_SET_BACK_AT_MOST = Duration.ofHours(1);

  /** How long an event may have waited for its id. */
  private static final Duration STORED_WITHIN = Duration.ofHours(1);

  /** By an index of ids, from one end on. Takes no locks. */
  static final String BY_EVENT =
      """
      SELECT e.id FROM inbox_event e
      WHERE %s
      ORDER BY %s
      LIMIT %d
      """;

  /**
   * For a state that few events are in, from its index: those that are done, which are most of
   * them, are not even looked at. Takes no locks.
   */
  private static final String BY_SHARE =
      """
      SELECT s.event_id AS id
      FROM (SELECT DISTINCT d.event_id FROM inbox_delivery d WHERE %s) s
      WHERE %s
      ORDER BY s.event_id %s
      LIMIT %d
      """;

  static final String HAS_EVENT =
      "EXISTS (SELECT 1 FROM inbox_event e WHERE e.id = %s.event_id AND %s)";

  static final String HAS_NO_SHARE =
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
   * The ids of the events that are meant.
   *
   * @param beyond only those behind it
   * @param limit how many at most
   */
  public EventSearch search(
      Dialect dialect, EventSearch.Order order, Optional<UUID> beyond, int limit) {
    if (dialect == Dialect.POSTGRESQL) {
      return new PostgresSearch(this, order, beyond, limit).statement();
    }
    return isRare() ? byShare(order, beyond, limit) : byEvent(order, beyond, limit);
  }

  /** Whether the state is one that few events are in, and an index knows which. */
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

  /** What an event in {@code e} must be, but for type, text and range. */
  EventSearch.Where events(Dialect dialect) {
    EventSearch.Where events = new EventSearch.Where();
    source.ifPresent(name -> events.and("e.source = ?", name));
    addTimes(events);
    if (!isRare() && status.isPresent()) {
      boolean done = status.get() == EventState.DONE;
      events.and(
          (done ? "" : "NOT ") + "EXISTS (SELECT 1 FROM inbox_delivery d WHERE d.event_id = e.id)");
      if (done) {
        events.and(HAS_NO_SHARE.formatted("e.id", "'processing', 'retrying', 'received', 'dead'"));
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

  private EventSearch byShare(EventSearch.Order order, Optional<UUID> beyond, int limit) {
    EventSearch.Where shares = shares(Dialect.H2);
    source.ifPresent(name -> shares.and("d.source = ?", name));
    addRange(shares, "d.event_id", order, beyond);
    EventSearch.Where both = itsEvent("s");
    return new EventSearch(
        BY_SHARE.formatted(shares.sql(), both.sql(), order.direction(), limit),
        Stream.concat(shares.values().stream(), both.values().stream()).toList());
  }

  /** What a share in {@code d} of a rare state must be, but for source and range. */
  EventSearch.Where shares(Dialect dialect) {
    EventSearch.Where shares = new EventSearch.Where();
    shares.and("d.status = '" + status.orElseThrow().text() + "'");
    error.ifPresent(kind -> shares.and(ErrorKind.sql(dialect, "d.last_error") + " = ?", kind));
    return shares;
  }

  /**
   * What the event of a share of a rare state must be, and its other shares.
   *
   * @param share name of the table with its {@code event_id}
   */
  EventSearch.Where itsEvent(String share) {
    EventSearch.Where both = new EventSearch.Where();
    others(status.orElseThrow())
        .ifPresent(states -> both.and(HAS_NO_SHARE.formatted(share + ".event_id", states)));
    EventSearch.Where events = new EventSearch.Where();
    types.ifPresent(patterns -> addTypes(events, "e.type", patterns));
    addTimes(events);
    text.ifPresent(part -> addText(events, part));
    if (!events.values().isEmpty()) {
      both.and(HAS_EVENT.formatted(share, events.sql()), events.values().toArray());
    }
    return both;
  }

  void addTimes(EventSearch.Where events) {
    since.ifPresent(time -> events.and("e.received_at >= ?", time.atOffset(ZoneOffset.UTC)));
    until.ifPresent(time -> events.and("e.received_at < ?", time.atOffset(ZoneOffset.UTC)));
  }

  /** The states of other handlers that show in the event's place. */
  private static Optional<String> others(EventState state) {
    return switch (state) {
      case RETRYING -> Optional.of("'processing'");
      case RECEIVED -> Optional.of("'processing', 'retrying'");
      case DEAD -> Optional.of("'processing', 'retrying', 'received'");
      default -> Optional.empty();
    };
  }

  /** Naming the source, where there is one, lets both databases read its index in this order. */
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
      alternatives.add(type + (pattern.exact() ? " = ?" : " LIKE ? ESCAPE '!'"));
      values.add(pattern.text());
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

  /** With what LIKE would take for wildcards made plain. */
  static String escaped(String text) {
    return text.replace("!", "!!").replace("%", "!%").replace("_", "!_");
  }
}
