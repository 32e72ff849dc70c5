package hub.inbox.db;

import hub.db.Jdbc;
import hub.db.SqlStates;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Lanes on embedded H2. Every transaction locks the lanes that it changes first, in {@link
 * Lane#ORDER}, and looks at their deliveries in a later statement: so it sees what others have
 * added. Stateless.
 */
final class H2Lanes {
  private static final String LOCK =
      "SELECT head FROM inbox_lane WHERE route = ? AND ordering_key = ? FOR UPDATE";

  private static final String INSERT =
      "INSERT INTO inbox_lane (route, ordering_key, head, due_at) VALUES (?, ?, ?, CURRENT_TIMESTAMP(3))";

  private static final String DRAW_NUMBERS =
      "SELECT NEXT VALUE FOR inbox_sequence FROM SYSTEM_RANGE(1, ?)";

  private static final String REOPEN =
      """
      UPDATE inbox_lane
      SET head = LEAST(head, ?), due_at = CASE WHEN lease_token IS NULL THEN LEAST(due_at, CURRENT_TIMESTAMP(3)) ELSE due_at END
      WHERE route = ? AND ordering_key = ?
      """;

  private static final String LEASE_OF =
      "SELECT lease_token FROM inbox_lane WHERE route = ? AND ordering_key = ?";

  private static final String NEXT =
      """
      SELECT event_id, sequence, due_at, CASE status WHEN 'processing' THEN lease_token END FROM inbox_delivery
      WHERE lane = ? AND route = ?
      ORDER BY lane, route, sequence, event_id
      LIMIT 1
      """;

  private static final String PROMOTE =
      "UPDATE inbox_lane SET head = ?, due_at = ?, lease_token = NULL WHERE route = ? AND ordering_key = ?";

  private static final String REMOVE =
      "DELETE FROM inbox_lane WHERE route = ? AND ordering_key = ?";

  private static final String RENEW =
      "UPDATE inbox_lane SET due_at = DATEADD(MILLISECOND, ?, CURRENT_TIMESTAMP(3)) WHERE route = ? AND ordering_key = ? AND lease_token = ?";

  private static final String NEXT_DUE =
      "SELECT DATEDIFF(MILLISECOND, CURRENT_TIMESTAMP(3), MIN(due_at)) FROM inbox_lane WHERE route = ?";

  private static final String NEXT_DUE_LATER = NEXT_DUE + " AND due_at > CURRENT_TIMESTAMP(3)";

  private static final String ENTER =
      """
      UPDATE inbox_delivery d
      SET ordering_key = (SELECT COALESCE(e.ordering_key, '@' || CAST(e.id AS varchar)) FROM inbox_event e WHERE e.id = d.event_id)
      WHERE d.status IN ('received', 'retrying', 'processing') AND d.route = ? AND d.ordering_key IS NULL
      """;

  private static final String MISSING =
      """
      SELECT DISTINCT d.lane FROM inbox_delivery d
      WHERE d.status IN ('received', 'retrying', 'processing') AND d.route = ? AND d.lane IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM inbox_lane l WHERE l.route = d.route AND l.ordering_key = d.lane)
      """;

  private static final String ADOPT_LEASE =
      """
      UPDATE inbox_lane l SET lease_token = (
        SELECT CASE d.status WHEN 'processing' THEN d.lease_token END FROM inbox_delivery d
        WHERE d.lane = l.ordering_key AND d.route = l.route
        ORDER BY d.lane, d.route, d.sequence, d.event_id
        LIMIT 1)
      WHERE l.route = ? AND l.ordering_key = ? AND l.lease_token IS NULL
      """;

  private static final String REMOVE_ALL = "DELETE FROM inbox_lane WHERE route = ?";

  private static final String LEAVE =
      """
      UPDATE inbox_delivery SET ordering_key = NULL
      WHERE status IN ('received', 'retrying', 'processing') AND route = ? AND ordering_key IS NOT NULL
      """;

  /** The token stays: it says that the lane was in somebody's hands, who may have died of it. */
  private static final String EXPIRE_ALL =
      "UPDATE inbox_lane SET due_at = CURRENT_TIMESTAMP(3) WHERE lease_token IS NOT NULL";

  /** Another transaction may remove the lane, or make it, between two statements. */
  private static final int TRIES = 20;

  private H2Lanes() {}

  /**
   * Locks the lanes, or makes them, and draws numbers for as many events.
   *
   * @return ascending
   */
  static List<Long> drawNumbers(Connection connection, Collection<Lane> lanes, int events)
      throws SQLException {
    for (Lane lane : sorted(lanes)) {
      lockOrMake(connection, lane, Optional.empty());
    }
    return Jdbc.list(connection, DRAW_NUMBERS, row -> row.getLong(1), events);
  }

  /**
   * @param head for a lane that is not there; empty: a number that is drawn for it
   * @return whether the lane was there
   */
  private static boolean lockOrMake(Connection connection, Lane lane, Optional<Long> head)
      throws SQLException {
    for (int attempt = 1; ; attempt++) {
      if (isLocked(connection, lane)) {
        return true;
      }
      try {
        long first =
            head.isPresent()
                ? head.get()
                : Jdbc.first(connection, DRAW_NUMBERS, row -> row.getLong(1), 1).orElseThrow();
        Jdbc.update(connection, INSERT, lane.route(), lane.key(), first);
        return false;
      } catch (SQLException e) {
        if (attempt == TRIES || !SqlStates.isUniqueViolation(e)) {
          throw e;
        }
      }
    }
  }

  /** Whether the lane is there; then it is locked. */
  private static boolean isLocked(Connection connection, Lane lane) throws SQLException {
    return Jdbc.first(connection, LOCK, row -> true, lane.route(), lane.key()).isPresent();
  }

  static void open(Connection connection, Map<Lane, Long> heads) throws SQLException {
    for (Lane lane : sorted(heads.keySet())) {
      long head = heads.get(lane);
      if (lockOrMake(connection, lane, Optional.of(head))) {
        Jdbc.update(connection, REOPEN, head, lane.route(), lane.key());
      }
    }
  }

  /**
   * Call it before deliveries of the lanes are changed.
   *
   * @param lanes in {@link Lane#ORDER}
   */
  static void lock(Connection connection, List<LeasedLane> lanes) throws SQLException {
    for (LeasedLane one : lanes) {
      isLocked(connection, one.lane());
    }
  }

  /** As {@link PostgresLanes#promote}, for one lane. */
  static void promote(Connection connection, LeasedLane leased) throws SQLException {
    Lane lane = leased.lane();
    record Next(long sequence, OffsetDateTime dueAt, Optional<UUID> lease) {}
    Optional<LeasedLane> held =
        Jdbc.first(
            connection,
            LEASE_OF,
            row -> new LeasedLane(lane, Optional.ofNullable(row.getObject(1, UUID.class))),
            lane.route(),
            lane.key());
    if (held.isEmpty() || !held.get().equals(leased)) {
      return;
    }
    Optional<Next> next =
        Jdbc.first(
            connection,
            NEXT,
            row ->
                new Next(
                    row.getLong(2),
                    row.getObject(3, OffsetDateTime.class),
                    Optional.ofNullable(row.getObject(4, UUID.class))),
            lane.key(),
            lane.route());
    if (next.isEmpty()) {
      Jdbc.update(connection, REMOVE, lane.route(), lane.key());
    } else if (leased.token().isEmpty() || !leased.token().equals(next.get().lease())) {
      Jdbc.update(
          connection, PROMOTE, next.get().sequence(), next.get().dueAt(), lane.route(), lane.key());
    }
  }

  /** Whether the delivery's lane is under the delivery's lease. */
  static boolean isHeld(Connection connection, Delivery one) throws SQLException {
    Lane lane = one.lane().orElseThrow();
    return Jdbc.first(
            connection, LEASE_OF, row -> row.getObject(1, UUID.class), lane.route(), lane.key())
        .filter(one.token()::equals)
        .isPresent();
  }

  static void renew(Connection connection, List<LeasedLane> lanes, long millis)
      throws SQLException {
    lock(connection, lanes);
    try (PreparedStatement renew = connection.prepareStatement(RENEW)) {
      for (LeasedLane one : lanes) {
        Jdbc.update(renew, millis, one.lane().route(), one.lane().key(), one.token());
      }
    }
  }

  static long millisUntilDue(Connection connection, String route, boolean later)
      throws SQLException {
    return Jdbc.first(
            connection,
            later ? NEXT_DUE_LATER : NEXT_DUE,
            row -> row.getObject(1, Long.class),
            route)
        .orElse(Long.MAX_VALUE);
  }

  /** As {@link InboxStore#arrangeLanes}. */
  static int arrange(Connection connection, String route, boolean ordered) throws SQLException {
    if (!ordered) {
      Jdbc.update(connection, REMOVE_ALL, route);
      Jdbc.update(connection, LEAVE, route);
      return 0;
    }
    Jdbc.update(connection, ENTER, route);
    List<Lane> missing =
        Jdbc.list(connection, MISSING, row -> new Lane(route, row.getString(1)), route);
    for (Lane lane : sorted(missing)) {
      // Under the lock of the new row, so that what is added meanwhile counts too.
      lockOrMake(connection, lane, Optional.of(0L));
      promoteMade(connection, lane);
    }
    return missing.size();
  }

  /** A delivery that is being handled keeps its lease. */
  private static void promoteMade(Connection connection, Lane lane) throws SQLException {
    promote(connection, new LeasedLane(lane, Optional.empty()));
    Jdbc.update(connection, ADOPT_LEASE, lane.route(), lane.key());
  }

  static void expireAll(Connection connection) throws SQLException {
    Jdbc.update(connection, EXPIRE_ALL);
  }

  private static List<Lane> sorted(Collection<Lane> lanes) {
    return lanes.stream().distinct().sorted(Lane.ORDER).toList();
  }
}
