package hub.inbox.db;

import hub.db.Jdbc;
import hub.db.RoundTrip;
import java.sql.Array;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Lanes on PostgreSQL. Every transaction locks the lanes that it changes first, in {@link
 * Lane#ORDER}, and looks at their deliveries in a later statement: so it sees what others have
 * added. Stateless.
 */
final class PostgresLanes {
  private static final String OPEN =
      """
      INSERT INTO inbox_lane AS l (route, ordering_key, head, due_at)
      SELECT k.route, k.ordering_key, k.head, clock_timestamp()
      FROM unnest(?::text[], ?::text[], ?::bigint[]) AS k (route, ordering_key, head)
      ON CONFLICT (route, ordering_key) DO UPDATE
      SET head = LEAST(l.head, excluded.head),
          due_at = CASE WHEN l.lease_token IS NULL THEN LEAST(l.due_at, excluded.due_at) ELSE l.due_at END
      """;

  private static final String LOCK =
      """
      SELECT 1 FROM unnest(?::text[], ?::text[]) WITH ORDINALITY AS k (route, ordering_key, place)
      JOIN inbox_lane l ON l.route = k.route AND l.ordering_key = k.ordering_key
      ORDER BY k.place
      FOR UPDATE OF l
      """;

  /**
   * The oldest unfinished delivery of a lane decides when the lane may be claimed. It is held as
   * long as that one is under the lane's own lease. An empty lane goes.
   */
  private static final String PROMOTE =
      """
      WITH next AS (
        SELECT l.route, l.ordering_key, d.event_id, d.sequence, d.due_at, d.held
        FROM unnest(?::text[], ?::text[], ?::uuid[]) AS k (route, ordering_key, token)
        JOIN inbox_lane l ON l.route = k.route AND l.ordering_key = k.ordering_key AND l.lease_token IS NOT DISTINCT FROM k.token
        LEFT JOIN LATERAL (
          SELECT o.event_id, o.sequence, o.due_at, o.status = 'processing' AND o.lease_token = l.lease_token AS held
          FROM inbox_delivery o
          WHERE o.route = l.route AND o.ordering_key = l.ordering_key AND o.due_at IS NOT NULL AND o.sequence >= l.head
          ORDER BY o.sequence, o.event_id
          LIMIT 1) d ON TRUE),
      emptied AS (
        DELETE FROM inbox_lane l USING next n
        WHERE l.route = n.route AND l.ordering_key = n.ordering_key AND n.event_id IS NULL)
      UPDATE inbox_lane l SET head = n.sequence, due_at = n.due_at, lease_token = NULL
      FROM next n
      WHERE l.route = n.route AND l.ordering_key = n.ordering_key AND n.event_id IS NOT NULL AND n.held IS NOT TRUE
      RETURNING l.route, l.due_at
      """;

  private static final String RENEW =
      """
      UPDATE inbox_lane l SET due_at = clock_timestamp() + ? * interval '1 millisecond'
      FROM unnest(?::text[], ?::text[], ?::uuid[]) AS k (route, ordering_key, token)
      WHERE l.route = k.route AND l.ordering_key = k.ordering_key AND l.lease_token = k.token
      """;

  private static final String UNTIL_DUE =
      "SELECT (extract(epoch FROM min(due_at) - clock_timestamp()) * 1000)::bigint FROM inbox_lane WHERE route || '' = ? AND due_at >= CASE WHEN ? THEN statement_timestamp() ELSE ? END";

  private static final String ENTER =
      """
      UPDATE inbox_delivery d SET ordering_key = coalesce(e.ordering_key, '@' || e.id)
      FROM inbox_event e
      WHERE e.id = d.event_id AND d.route = ? AND d.due_at IS NOT NULL AND d.ordering_key IS NULL
      """;

  /** What has entered may be older than what was there. */
  private static final String LOOK_FROM_THE_START =
      """
      UPDATE inbox_lane
      SET head = 0, due_at = CASE WHEN lease_token IS NULL THEN LEAST(due_at, clock_timestamp()) ELSE due_at END
      WHERE route = ?
      """;

  private static final String MAKE_MISSING =
      """
      INSERT INTO inbox_lane (route, ordering_key, head, due_at, lease_token)
      SELECT DISTINCT ON (d.ordering_key) d.route, d.ordering_key, d.sequence, d.due_at, CASE d.status WHEN 'processing' THEN d.lease_token END
      FROM inbox_delivery d
      WHERE d.route = ? AND d.due_at IS NOT NULL AND d.ordering_key IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM inbox_lane l WHERE l.route = d.route AND l.ordering_key = d.ordering_key)
      ORDER BY d.ordering_key, d.sequence, d.event_id
      ON CONFLICT (route, ordering_key) DO NOTHING
      """;

  private static final String REMOVE_ALL = "DELETE FROM inbox_lane WHERE route = ?";

  private static final String LEAVE =
      "UPDATE inbox_delivery SET ordering_key = NULL WHERE route = ? AND due_at IS NOT NULL AND ordering_key IS NOT NULL";

  private PostgresLanes() {}

  /**
   * A lane that may be claimed.
   *
   * @param due from when on
   */
  record Promoted(String route, OffsetDateTime due) {}

  static void open(Connection connection, Map<Lane, Long> heads) throws SQLException {
    if (heads.isEmpty()) {
      return;
    }
    List<Lane> sorted = sorted(heads.keySet().stream());
    Jdbc.update(
        connection,
        OPEN,
        array(connection, "text", sorted, Lane::route),
        array(connection, "text", sorted, Lane::key),
        array(connection, "bigint", sorted, heads::get));
  }

  /** Call it before deliveries of the lanes are changed. */
  static void lock(Connection connection, Collection<Lane> lanes) throws SQLException {
    if (lanes.isEmpty()) {
      return;
    }
    List<Lane> sorted = sorted(lanes.stream());
    Jdbc.list(
        connection,
        LOCK,
        row -> true,
        array(connection, "text", sorted, Lane::route),
        array(connection, "text", sorted, Lane::key));
  }

  /** The same as a part of a round trip; of at least one lane. */
  static void lock(Connection connection, RoundTrip trip, List<LeasedLane> lanes)
      throws SQLException {
    List<Lane> sorted = sorted(lanes.stream().map(LeasedLane::lane));
    trip.add(
        LOCK,
        array(connection, "text", sorted, Lane::route),
        array(connection, "text", sorted, Lane::key));
  }

  /** As {@link #promote(Connection, List)}, as a part of a round trip that fills the answer. */
  static List<Promoted> promote(Connection connection, RoundTrip trip, List<LeasedLane> lanes)
      throws SQLException {
    return trip.read(PostgresLanes::promoted, PROMOTE, arrays(connection, lanes).toArray());
  }

  /** Lets the next delivery of locked lanes be claimed. A lane under another lease stays. */
  static List<Promoted> promote(Connection connection, List<LeasedLane> lanes) throws SQLException {
    return lanes.isEmpty()
        ? List.of()
        : Jdbc.list(
            connection, PROMOTE, PostgresLanes::promoted, arrays(connection, lanes).toArray());
  }

  private static Promoted promoted(ResultSet row) throws SQLException {
    return new Promoted(row.getString(1), row.getObject(2, OffsetDateTime.class));
  }

  /** Renews the leases of lanes that the same round trip has locked. */
  static void renew(Connection connection, RoundTrip trip, List<LeasedLane> lanes, Duration lease)
      throws SQLException {
    List<Object> parameters = new ArrayList<>(List.of(lease.toMillis()));
    parameters.addAll(arrays(connection, lanes));
    trip.add(RENEW, parameters.toArray());
  }

  private static List<Array> arrays(Connection connection, List<LeasedLane> lanes)
      throws SQLException {
    return List.of(
        array(connection, "text", lanes, one -> one.lane().route()),
        array(connection, "text", lanes, one -> one.lane().key()),
        array(connection, "uuid", lanes, one -> one.token().orElse(null)));
  }

  /**
   * @param from what is due earlier is left out
   */
  static long millisUntilDue(
      Connection connection, String route, boolean later, OffsetDateTime from) throws SQLException {
    return Jdbc.first(
            connection, UNTIL_DUE, row -> row.getObject(1, Long.class), route, later, from)
        .orElse(Long.MAX_VALUE);
  }

  /** As {@link InboxStore#arrangeLanes}. */
  static int arrange(Connection connection, String route, boolean ordered) throws SQLException {
    if (!ordered) {
      Jdbc.update(connection, REMOVE_ALL, route);
      Jdbc.update(connection, LEAVE, route);
      return 0;
    }
    if (Jdbc.update(connection, ENTER, route) > 0) {
      Jdbc.update(connection, LOOK_FROM_THE_START, route);
    }
    return Jdbc.update(connection, MAKE_MISSING, route);
  }

  private static List<Lane> sorted(Stream<Lane> lanes) {
    return lanes.distinct().sorted(Lane.ORDER).toList();
  }

  /** One parameter for a column of many rows. */
  static <T> Array array(
      Connection connection, String type, List<T> items, Function<T, Object> value)
      throws SQLException {
    // The driver sends these two as they are, and writes an Object[] out as text.
    Object[] values =
        switch (type) {
          case "text" -> new String[items.size()];
          case "int" -> new Integer[items.size()];
          default -> new Object[items.size()];
        };
    for (int i = 0; i < values.length; i++) {
      values[i] = value.apply(items.get(i));
    }
    return connection.createArrayOf(type, values);
  }
}
