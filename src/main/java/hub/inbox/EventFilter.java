package hub.inbox;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
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

  /** The ids of a state that few events are in, from its index. */
  private static final String HAS_SHARE =
      "e.id IN (SELECT d.event_id FROM inbox_delivery d WHERE d.status = '%s'%s)";

  private static final String HAS_NO_SHARE =
      "NOT EXISTS (SELECT 1 FROM inbox_delivery o WHERE o.event_id = e.id AND o.status IN (%s))";

  public boolean isEmpty() {
    return equals(ALL);
  }

  public EventFilter withStatus(EventState state) {
    return new EventFilter(source, types, Optional.of(state), since, until, text);
  }

  public EventFilter withUntil(Instant end) {
    return new EventFilter(source, types, status, since, Optional.of(end), text);
  }

  /** The conditions on {@code inbox_event e}. */
  public Where where() {
    Where where = new Where();
    source.ifPresent(name -> where.and("e.source = ?", name));
    types.ifPresent(patterns -> addTypes(where, patterns));
    since.ifPresent(
        time ->
            where
                .and("e.received_at >= ?", time.atOffset(ZoneOffset.UTC))
                .and("e.id >= ?", EventIds.from(time.minus(CLOCK_SET_BACK_AT_MOST))));
    until.ifPresent(
        time ->
            where
                .and("e.received_at < ?", time.atOffset(ZoneOffset.UTC))
                .and("e.id < ?", EventIds.from(time.plus(STORED_WITHIN))));
    status.ifPresent(state -> addStatus(where, state));
    text.ifPresent(part -> addText(where, part));
    return where;
  }

  /**
   * The newest first. Naming the source, where there is one, lets both databases read its index
   * backwards.
   */
  public String newestFirst() {
    return source.isPresent() ? "e.source DESC, e.id DESC" : "e.id DESC";
  }

  private static void addTypes(Where where, String patterns) {
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

  private void addStatus(Where where, EventState state) {
    switch (state) {
      case PROCESSING -> addShare(where, state);
      case RETRYING -> {
        addShare(where, state);
        where.and(HAS_NO_SHARE.formatted("'processing'"));
      }
      case RECEIVED -> {
        addShare(where, state);
        where.and(HAS_NO_SHARE.formatted("'processing', 'retrying'"));
      }
      case DEAD -> {
        addShare(where, state);
        where.and(HAS_NO_SHARE.formatted("'processing', 'retrying', 'received'"));
      }
      case DONE ->
          where
              .and("EXISTS (SELECT 1 FROM inbox_delivery d WHERE d.event_id = e.id)")
              .and(HAS_NO_SHARE.formatted("'processing', 'retrying', 'received', 'dead'"));
      case IGNORED ->
          where.and("NOT EXISTS (SELECT 1 FROM inbox_delivery d WHERE d.event_id = e.id)");
    }
  }

  private void addShare(Where where, EventState state) {
    where.and(
        HAS_SHARE.formatted(state.text(), source.isPresent() ? " AND d.source = ?" : ""),
        source.stream().toArray());
  }

  private static void addText(Where where, String part) {
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
