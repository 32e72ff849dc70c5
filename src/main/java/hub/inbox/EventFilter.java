package hub.inbox;

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
 * @param types as a handler names them: comma-separated, {@code *} stands for any characters
 * @param since received then or later
 * @param until received before
 * @param text part of the id, the provider's id, the type or an error text, in any case
 */
public record EventFilter(
    Optional<String> source,
    Optional<String> types,
    Optional<EventState> status,
    Optional<Instant> since,
    Optional<Instant> until,
    Optional<String> text) {
  public static final EventFilter ALL =
      new EventFilter(
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
  private static final String BY_EVENT =
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

  private static final String HAS_EVENT =
      "EXISTS (SELECT 1 FROM inbox_event e WHERE e.id = s.event_id AND %s)";

  private static final String HAS_NO_SHARE =
      "NOT EXISTS (SELECT 1 FROM inbox_delivery o WHERE o.event_id = %s AND o.status IN (%s))";

  public boolean isEmpty() {
    return equals(ALL);
  }

  public EventFilter withStatus(EventState state) {
    return new EventFilter(source, types, Optional.of(state), since, until, text);
  }

  public EventFilter withUntil(Instant end) {
    return new EventFilter(source, types, status, since, Optional.of(end), text);
  }

  /**
   * The ids of the events that are meant.
   *
   * @param beyond only those behind it
   * @param limit how many at most
   */
  public EventSearch search(EventSearch.Order order, Optional<UUID> beyond, int limit) {
    boolean byShare = status.isPresent() && isRare(status.get());
    EventSearch.Where events = new EventSearch.Where();
    types.ifPresent(patterns -> addTypes(events, patterns));
    since.ifPresent(time -> events.and("e.received_at >= ?", time.atOffset(ZoneOffset.UTC)));
    until.ifPresent(time -> events.and("e.received_at < ?", time.atOffset(ZoneOffset.UTC)));
    text.ifPresent(part -> addText(events, part));
    return byShare ? byShare(events, order, beyond, limit) : byEvent(events, order, beyond, limit);
  }

  private static boolean isRare(EventState state) {
    return state != EventState.DONE && state != EventState.IGNORED;
  }

  private EventSearch byEvent(
      EventSearch.Where events, EventSearch.Order order, Optional<UUID> beyond, int limit) {
    source.ifPresent(name -> events.and("e.source = ?", name));
    if (status.isPresent()) {
      boolean done = status.get() == EventState.DONE;
      events.and(
          (done ? "" : "NOT ") + "EXISTS (SELECT 1 FROM inbox_delivery d WHERE d.event_id = e.id)");
      if (done) {
        events.and(HAS_NO_SHARE.formatted("e.id", "'processing', 'retrying', 'received', 'dead'"));
      }
    }
    addRange(events, "e.id", order, beyond);
    return new EventSearch(BY_EVENT.formatted(events.sql(), order(order), limit), events.values());
  }

  private EventSearch byShare(
      EventSearch.Where events, EventSearch.Order order, Optional<UUID> beyond, int limit) {
    EventSearch.Where shares = new EventSearch.Where();
    shares.and("d.status = '" + status.orElseThrow().text() + "'");
    source.ifPresent(name -> shares.and("d.source = ?", name));
    addRange(shares, "d.event_id", order, beyond);
    EventSearch.Where both = new EventSearch.Where();
    others(status.orElseThrow())
        .ifPresent(states -> both.and(HAS_NO_SHARE.formatted("s.event_id", states)));
    if (!events.values().isEmpty()) {
      both.and(HAS_EVENT.formatted(events.sql()), events.values().toArray());
    }
    return new EventSearch(
        BY_SHARE.formatted(shares.sql(), both.sql(), order.direction(), limit),
        Stream.concat(shares.values().stream(), both.values().stream()).toList());
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
  private String order(EventSearch.Order order) {
    String byId = "e.id " + order.direction();
    return source.isPresent() ? "e.source " + order.direction() + ", " + byId : byId;
  }

  private void addRange(
      EventSearch.Where where, String id, EventSearch.Order order, Optional<UUID> beyond) {
    since.ifPresent(
        time -> where.and(id + " >= ?", EventIds.from(time.minus(CLOCK_SET_BACK_AT_MOST))));
    until.ifPresent(time -> where.and(id + " < ?", EventIds.from(time.plus(STORED_WITHIN))));
    beyond.ifPresent(last -> where.and(id + " " + order.beyond() + " ?", last));
  }

  private static void addTypes(EventSearch.Where where, String patterns) {
    List<String> alternatives = new ArrayList<>();
    List<Object> values = new ArrayList<>();
    Stream.of(patterns.split(","))
        .map(String::trim)
        .filter(pattern -> !pattern.isEmpty())
        .forEach(
            pattern -> {
              boolean exact = !pattern.contains("*");
              alternatives.add(exact ? "e.type = ?" : "e.type LIKE ? ESCAPE '!'");
              values.add(exact ? pattern : escaped(pattern).replace('*', '%'));
            });
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
  private static String escaped(String text) {
    return text.replace("!", "!!").replace("%", "!%").replace("_", "!_");
  }
}
