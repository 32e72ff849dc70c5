package hub.inbox.engine;

import hub.db.Jdbc;
import hub.inbox.db.EventState;
import hub.inbox.db.Receipt;
import hub.inbox.db.RoutedEvent;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * Runs a dead event again when its sender delivers it again, as an operator expects who presses
 * "resend" at the provider. At most once an hour for each event, because some senders repeat by
 * themselves. Only handlers that still take the event run.
 */
final class SenderReplay {
  private static final Duration MIN_INTERVAL = Duration.ofHours(1);

  private static final String DELIVERIES =
      """
      SELECT event_id, route, status, woken_at, CURRENT_TIMESTAMP FROM inbox_delivery
      WHERE event_id = ANY (?)
      ORDER BY event_id, route
      """;

  /** Checks the state again under the row's lock: another node may reset it at the same time. */
  private static final String RESET_DEAD =
      """
      UPDATE inbox_delivery
      SET status = 'received', attempts = 0, due_at = CURRENT_TIMESTAMP(3), finished_at = NULL, lease_token = NULL,
          run_by = 'sender', woken_at = CURRENT_TIMESTAMP(3),
          ordering_key = (SELECT e.ordering_key FROM inbox_event e WHERE e.id = inbox_delivery.event_id)
      WHERE event_id = ? AND route = ? AND status = 'dead'
      """;

  private record Dead(UUID event, String route) {}

  private SenderReplay() {}

  /**
   * Lets dead events of a sender that brought them again run once more.
   *
   * @param events as they were appended, with their {@code receipts}
   * @return the routes that have work now
   */
  static Set<String> replayDead(
      Connection connection, List<RoutedEvent> events, List<Receipt> receipts) throws SQLException {
    Map<UUID, List<String>> handlers = new HashMap<>();
    for (int i = 0; i < events.size(); i++) {
      if (receipts.get(i).duplicate() && events.get(i).event().bySender()) {
        handlers.put(receipts.get(i).id(), events.get(i).handlers());
      }
    }
    if (handlers.isEmpty()) {
      return Set.of();
    }
    Set<String> replayed = new TreeSet<>();
    try (PreparedStatement reset = connection.prepareStatement(RESET_DEAD)) {
      for (Dead dead : dead(connection, handlers)) {
        if (Jdbc.update(reset, dead.event(), dead.route()) == 1) {
          replayed.add(dead.route());
        }
      }
    }
    return replayed;
  }

  private static List<Dead> dead(Connection connection, Map<UUID, List<String>> handlers)
      throws SQLException {
    record Found(Dead key, EventState state, boolean recently) {}
    List<Found> all =
        Jdbc.list(
            connection,
            DELIVERIES,
            row ->
                new Found(
                    new Dead(Jdbc.id(row), row.getString(2)),
                    EventState.of(row.getString(3)).orElseThrow(),
                    isRecent(row.getTimestamp(4), row.getTimestamp(5))),
            Jdbc.ids(connection, handlers.keySet()));
    // An event is skipped as a whole if one of its deliveries is open or was replayed recently.
    Set<UUID> skipped =
        all.stream()
            .filter(one -> one.state().isOpen() || one.recently())
            .map(one -> one.key().event())
            .collect(Collectors.toSet());
    return all.stream()
        .filter(one -> one.state() == EventState.DEAD)
        .map(Found::key)
        .filter(key -> !skipped.contains(key.event()))
        .filter(key -> handlers.get(key.event()).contains(key.route()))
        .sorted(Comparator.comparing(Dead::event).thenComparing(Dead::route))
        .toList();
  }

  private static boolean isRecent(Timestamp lastReplay, Timestamp now) {
    return lastReplay != null && lastReplay.toInstant().plus(MIN_INTERVAL).isAfter(now.toInstant());
  }
}
