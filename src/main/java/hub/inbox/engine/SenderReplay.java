package hub.inbox.engine;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toCollection;
import static java.util.stream.Collectors.toSet;

import hub.db.Jdbc;
import hub.inbox.db.EventState;
import hub.inbox.db.InboxStore;
import hub.inbox.db.Lane;
import hub.inbox.db.Receipt;
import hub.inbox.db.RoutedEvent;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;

/**
 * Runs a dead event again when its sender delivers it again, as an operator expects who presses
 * "resend" at the provider. At most once an hour for each event, because some senders repeat by
 * themselves. Only handlers that still take the event run, also under a new id.
 */
final class SenderReplay {
  private static final Duration MIN_INTERVAL = Duration.ofHours(1);

  private static final String DELIVERIES =
      """
      SELECT event_id, route, status, woken_at, CURRENT_TIMESTAMP, sequence FROM inbox_delivery
      WHERE event_id = ANY (?)
      ORDER BY event_id, route
      """;

  /** Checks the state again under the row's lock: another node may reset it at the same time. */
  private static final String RESET_DEAD =
      """
      UPDATE inbox_delivery
      SET route = ?, keyed_as = COALESCE(keyed_as, NULLIF(route, ?)),
          status = 'received', attempts = 0, due_at = CURRENT_TIMESTAMP(3), finished_at = NULL, lease_token = NULL,
          run_by = 'sender', woken_at = CURRENT_TIMESTAMP(3),
          ordering_key = ?
      WHERE event_id = ? AND route = ? AND status = 'dead'
      """;

  /**
   * @param storedAs a former id of {@code route}, or the same
   */
  private record Dead(UUID event, String storedAs, String route, long sequence) {}

  private SenderReplay() {}

  /**
   * Lets dead events of a sender that brought them again run once more.
   *
   * @param events as they were appended, with their {@code receipts}
   * @return the routes that have work now
   */
  static Set<String> replayDead(
      Connection connection,
      InboxStore store,
      Handlers handlers,
      List<RoutedEvent> events,
      List<Receipt> receipts)
      throws SQLException {
    Map<UUID, RoutedEvent> repeated = new HashMap<>();
    for (int i = 0; i < events.size(); i++) {
      if (receipts.get(i).duplicate() && events.get(i).event().bySender()) {
        repeated.put(receipts.get(i).id(), events.get(i));
      }
    }
    if (repeated.isEmpty()) {
      return Set.of();
    }
    List<Dead> all = dead(connection, repeated, handlers);
    Map<Dead, Lane> lanes = new LinkedHashMap<>();
    for (Dead dead : all) {
      Optional<String> key = repeated.get(dead.event()).event().orderingKey();
      handlers.lane(dead.route(), key, dead.event()).ifPresent(lane -> lanes.put(dead, lane));
    }
    Map<Lane, Long> heads = new HashMap<>();
    lanes.forEach((dead, lane) -> heads.merge(lane, dead.sequence(), Math::min));
    store.openLanes(connection, heads);
    Set<String> replayed = new TreeSet<>();
    try (PreparedStatement reset = connection.prepareStatement(RESET_DEAD)) {
      for (Dead dead : all) {
        Optional<String> key = Optional.ofNullable(lanes.get(dead)).map(Lane::key);
        if (Jdbc.update(reset, dead.route(), dead.route(), key, dead.event(), dead.storedAs())
            == 1) {
          replayed.add(dead.route());
        }
      }
    }
    return replayed;
  }

  private record Found(
      UUID event, String route, EventState state, boolean recently, long sequence) {}

  private static List<Dead> dead(
      Connection connection, Map<UUID, RoutedEvent> repeated, Handlers handlers)
      throws SQLException {
    List<Found> all =
        Jdbc.list(
            connection,
            DELIVERIES,
            row ->
                new Found(
                    Jdbc.id(row),
                    row.getString(2),
                    EventState.of(row.getString(3)).orElseThrow(),
                    isRecent(row.getTimestamp(4), row.getTimestamp(5)),
                    row.getLong(6)),
            Jdbc.ids(connection, repeated.keySet()));
    Map<UUID, HashSet<String>> routes =
        all.stream()
            .collect(groupingBy(Found::event, mapping(Found::route, toCollection(HashSet::new))));
    // An event is skipped as a whole if one of its deliveries is open or was replayed recently.
    Set<UUID> skipped =
        all.stream()
            .filter(one -> one.state().isOpen() || one.recently())
            .map(Found::event)
            .collect(toSet());
    return all.stream()
        .filter(one -> one.state() == EventState.DEAD && !skipped.contains(one.event()))
        .flatMap(
            one ->
                route(one, routes.get(one.event()), repeated.get(one.event()), handlers).stream()
                    .map(to -> new Dead(one.event(), one.route(), to, one.sequence())))
        .sorted(Comparator.comparing(Dead::event).thenComparing(Dead::route))
        .toList();
  }

  /**
   * Who runs it.
   *
   * @param present routes that have a delivery of the event; gets the one that takes this over
   */
  private static Optional<String> route(
      Found dead, Set<String> present, RoutedEvent event, Handlers handlers) {
    return event.handlers().contains(dead.route())
        ? Optional.of(dead.route())
        : handlers.matching().successor(dead.route(), event.handlers()).filter(present::add);
  }

  private static boolean isRecent(Timestamp lastReplay, Timestamp now) {
    return lastReplay != null && lastReplay.toInstant().plus(MIN_INTERVAL).isAfter(now.toInstant());
  }
}
