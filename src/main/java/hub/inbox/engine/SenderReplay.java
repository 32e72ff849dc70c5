package hub.inbox.engine;

import hub.inbox.db.EventState;
import hub.inbox.db.InboxStore;
import hub.inbox.db.Receipt;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;

/**
 * Runs dead events again that their sender delivers once more: whoever presses "resend" at the
 * provider expects just that. At most once an hour an event, so that a sender that repeats by
 * itself does not undo the end of the attempts. Only handlers that take the event today run.
 */
final class SenderReplay {
  private static final Duration SELDOM = Duration.ofHours(1);

  private static final String SHARES =
      """
      SELECT event_id, route, status, woken_at, CURRENT_TIMESTAMP FROM inbox_delivery
      WHERE event_id = ANY (?)
      ORDER BY event_id, route
      """;

  /** The state is looked at once more under the row's lock: another node may wake it, too. */
  private static final String WAKE =
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
   * @param rows as they were appended, with their {@code receipts}
   * @return routes that have work now
   */
  static Set<String> wake(Connection connection, List<InboxStore.Row> rows, List<Receipt> receipts)
      throws SQLException {
    Map<UUID, List<String>> handlers = new HashMap<>();
    for (int i = 0; i < rows.size(); i++) {
      if (receipts.get(i).duplicate() && rows.get(i).event().bySender()) {
        handlers.put(receipts.get(i).id(), rows.get(i).handlers());
      }
    }
    if (handlers.isEmpty()) {
      return Set.of();
    }
    Set<String> woken = new TreeSet<>();
    try (PreparedStatement wake = connection.prepareStatement(WAKE)) {
      for (Dead dead : dead(connection, handlers)) {
        wake.setObject(1, dead.event());
        wake.setString(2, dead.route());
        if (wake.executeUpdate() == 1) {
          woken.add(dead.route());
        }
      }
    }
    return woken;
  }

  private static List<Dead> dead(Connection connection, Map<UUID, List<String>> handlers)
      throws SQLException {
    List<Dead> dead = new ArrayList<>();
    // An event of which some share is open, or was woken lately, is left alone as a whole.
    Set<UUID> notNow = new HashSet<>();
    try (PreparedStatement select = connection.prepareStatement(SHARES)) {
      select.setArray(1, connection.createArrayOf("uuid", handlers.keySet().toArray()));
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          UUID event = row.getObject(1, UUID.class);
          EventState state = EventState.of(row.getString(3)).orElseThrow();
          Timestamp woken = row.getTimestamp(4);
          boolean lately =
              woken != null
                  && woken.toInstant().plus(SELDOM).isAfter(row.getTimestamp(5).toInstant());
          if (state.isOpen() || lately) {
            notNow.add(event);
          } else if (state == EventState.DEAD && handlers.get(event).contains(row.getString(2))) {
            dead.add(new Dead(event, row.getString(2)));
          }
        }
      }
    }
    return dead.stream()
        .filter(one -> !notNow.contains(one.event()))
        .sorted(Comparator.comparing(Dead::event).thenComparing(Dead::route))
        .toList();
  }
}
