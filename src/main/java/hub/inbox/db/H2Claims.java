package hub.inbox.db;

import static java.util.stream.Collectors.toCollection;
import static java.util.stream.Collectors.toSet;

import hub.db.Jdbc;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * Claims deliveries on embedded H2. One thread of each handler claims, so nothing is locked between
 * the look for due deliveries and the update that leases them; it only sees that they still are
 * due. Stateless.
 */
final class H2Claims {
  /** One for each unfinished state: the index begins with the state. */
  private static final String DUE =
      """
      (SELECT c.event_id, c.due_at FROM inbox_delivery c
      WHERE c.status = '%s' AND c.route = ? AND c.due_at <= CURRENT_TIMESTAMP(3) %s
      ORDER BY c.status, c.route, c.due_at
      LIMIT ?)
      """;

  /** A delivery that a handler had started when its lease expired. */
  private static final String ABANDONED =
      """
      SELECT c.event_id, c.lane FROM inbox_delivery c
      WHERE c.status = 'processing' AND c.route = ? AND c.due_at <= CURRENT_TIMESTAMP(3) AND c.begun
      ORDER BY c.status, c.route, c.due_at
      LIMIT 1
      """;

  private static final String DUE_LANES =
      """
      SELECT ordering_key, lease_token FROM inbox_lane
      WHERE route = ? AND due_at <= CURRENT_TIMESTAMP(3) %s
      ORDER BY route, due_at
      LIMIT ?
      """;

  private static final String ONLY_WAITING = "AND lease_token IS NULL";

  private static final String HOLD =
      """
      UPDATE inbox_lane SET lease_token = ?, due_at = DATEADD(MILLISECOND, ?, CURRENT_TIMESTAMP(3))
      WHERE route = ? AND ordering_key = ? AND due_at <= CURRENT_TIMESTAMP(3)
      """;

  /** The oldest of a lane, each with whether it may run, and whether a handler had started it. */
  private static final String OLDEST =
      """
      SELECT event_id, due_at <= CURRENT_TIMESTAMP(3), status = 'processing' AND begun
      FROM inbox_delivery
      WHERE lane = ? AND route = ?
      ORDER BY lane, route, sequence, event_id
      LIMIT ?
      """;

  /** No claim takes more of a lane, so none behind them can have started. */
  private static final int DEEPEST_CLAIM = 64;

  private static final String LEASE =
      """
      UPDATE inbox_delivery
      SET status = 'processing', attempts = ?, begun = ?, lease_token = ?, due_at = DATEADD(MILLISECOND, ?, CURRENT_TIMESTAMP(3))
      WHERE event_id = ? AND route = ? AND due_at <= CURRENT_TIMESTAMP(3)
      """;

  private static final String READ =
      """
      SELECT d.attempts, d.status, d.begun, d.run_by, e.source, e.provider_event_id, e.type, e.ordering_key, e.received_at, e.headers, e.payload, RIGHT(d.attempt_log, %d), d.lane, d.sequence, d.keyed_as
      FROM inbox_delivery d JOIN inbox_event e ON e.id = d.event_id
      WHERE d.event_id = ? AND d.route = ?
      """
          .formatted(WaitingEntry.END_OF_LOG);

  private H2Claims() {}

  static List<Delivery> claim(Connection connection, ClaimQuery query) throws SQLException {
    if (query.ordered()) {
      return claimLanes(connection, query);
    }
    List<Candidate> due =
        due(connection, query).stream().sorted().map(id -> new Candidate(id, true)).toList();
    return lease(connection, query, due, UUID.randomUUID());
  }

  /** A delivery that may be leased; {@code first} of its lane, or in none. */
  private record Candidate(UUID id, boolean first) {}

  private static List<Delivery> claimLanes(Connection connection, ClaimQuery query)
      throws SQLException {
    Set<Lane> before = Set.of();
    for (int round = 1; ; round++) {
      Set<Lane> left = new HashSet<>();
      List<Delivery> claimed = claimLanes(connection, query, left);
      if (!claimed.isEmpty()
          || left.isEmpty()
          || left.equals(before)
          || round == PostgresClaims.MAX_ROUNDS) {
        return claimed;
      }
      before = left;
    }
  }

  /**
   * First those of all lanes that come first, so that a long lane keeps no other waiting.
   *
   * @param left gets the lanes from which nothing is taken
   */
  private static List<Delivery> claimLanes(Connection connection, ClaimQuery query, Set<Lane> left)
      throws SQLException {
    UUID token = UUID.randomUUID();
    Map<Lane, Queue<UUID>> lanes = new LinkedHashMap<>();
    for (Lane lane : dueLanes(connection, query)) {
      if (hold(connection, lane, token, query)) {
        lanes.put(lane, oldest(connection, lane, query.depth()));
      }
    }
    List<Candidate> candidates = new ArrayList<>();
    for (int place = 1; place <= query.depth() && candidates.size() < query.limit(); place++) {
      for (Queue<UUID> lane : lanes.values()) {
        if (!lane.isEmpty() && candidates.size() < query.limit()) {
          candidates.add(new Candidate(lane.remove(), place == 1));
        }
      }
    }
    List<Delivery> claimed = lease(connection, query, candidates, token);
    Set<Lane> used = claimed.stream().map(one -> one.lane().orElseThrow()).collect(toSet());
    for (Lane lane : lanes.keySet()) {
      if (!used.contains(lane)) {
        // Empty; or its first delivery is not due after all, or too large now.
        left.add(lane);
        H2Lanes.promote(connection, new LeasedLane(lane, Optional.of(token)));
      }
    }
    return claimed;
  }

  private static List<Lane> dueLanes(Connection connection, ClaimQuery query) throws SQLException {
    record Due(Lane lane, boolean expired) {}
    List<Due> all =
        Jdbc.list(
            connection,
            DUE_LANES.formatted(query.takeOver() ? "" : ONLY_WAITING),
            row -> new Due(new Lane(query.route(), row.getString(1)), row.getObject(2) != null),
            query.route(),
            query.limit());
    List<Lane> lanes = new ArrayList<>();
    for (Due due : all) {
      if (!due.expired() || !wasStarted(connection, due.lane())) {
        lanes.add(due.lane());
      }
    }
    return lanes.stream().sorted(Lane.ORDER).toList();
  }

  /** Such a lane is taken over by itself, also for one behind those that end quickly. */
  private static boolean wasStarted(Connection connection, Lane lane) throws SQLException {
    return Jdbc.list(
            connection, OLDEST, row -> row.getBoolean(3), lane.key(), lane.route(), DEEPEST_CLAIM)
        .contains(true);
  }

  private static boolean hold(Connection connection, Lane lane, UUID token, ClaimQuery query)
      throws SQLException {
    long millis = query.lease().toMillis();
    return Jdbc.update(connection, HOLD, token, millis, lane.route(), lane.key()) == 1;
  }

  /** One that waits for its retry holds up those behind it. */
  private static Queue<UUID> oldest(Connection connection, Lane lane, int depth)
      throws SQLException {
    record Oldest(UUID id, boolean ready) {}
    return Jdbc.list(
            connection,
            OLDEST,
            row -> new Oldest(Jdbc.id(row), row.getBoolean(2)),
            lane.key(),
            lane.route(),
            depth)
        .stream()
        .takeWhile(Oldest::ready)
        .map(Oldest::id)
        .collect(toCollection(ArrayDeque::new));
  }

  static Optional<Delivery> takeOver(Connection connection, ClaimQuery query) throws SQLException {
    record Abandoned(UUID id, Optional<Lane> lane) {}
    UUID token = UUID.randomUUID();
    Optional<Abandoned> one =
        Jdbc.first(
            connection,
            ABANDONED,
            row ->
                new Abandoned(
                    Jdbc.id(row),
                    Optional.ofNullable(row.getString(2)).map(key -> new Lane(query.route(), key))),
            query.route());
    if (one.isEmpty()
        || (one.get().lane().isPresent()
            && !hold(connection, one.get().lane().get(), token, query))) {
      return Optional.empty();
    }
    List<Candidate> candidates = List.of(new Candidate(one.get().id(), true));
    return lease(connection, query, candidates, token).stream().findFirst();
  }

  static boolean isAnyAbandoned(Connection connection, String route) throws SQLException {
    return Jdbc.first(connection, ABANDONED, Jdbc::id, route).isPresent();
  }

  private static List<Delivery> lease(
      Connection connection, ClaimQuery query, List<Candidate> due, UUID token)
      throws SQLException {
    List<Delivery> claimed = new ArrayList<>(due.size());
    long bytes = 0;
    try (PreparedStatement lease = connection.prepareStatement(LEASE);
        PreparedStatement read = connection.prepareStatement(READ)) {
      for (Candidate candidate : due) {
        UUID id = candidate.id();
        boolean starts = candidate.first() && claimed.size() < query.starting();
        Delivery one =
            Jdbc.first(
                    read, row -> delivery(row, query.route(), id, token, starts), id, query.route())
                .orElseThrow();
        bytes += one.bytes();
        if (bytes > query.bytes() && !(claimed.isEmpty() && query.oneAlways())) {
          break;
        }
        long millis = query.lease().toMillis();
        if (Jdbc.update(lease, one.attempt(), starts, token, millis, id, query.route()) == 1) {
          claimed.add(one);
        }
      }
    }
    return claimed;
  }

  /** The row as it will be once it is leased. */
  private static Delivery delivery(ResultSet row, String route, UUID id, UUID token, boolean starts)
      throws SQLException {
    // An expired lease under which no handler started costs no attempt.
    boolean neverStarted =
        row.getString(2).equals(EventState.PROCESSING.text()) && !row.getBoolean(3);
    return Delivery.of(id, token, row.getInt(1) + (neverStarted ? 0 : 1), starts, route, row);
  }

  private static List<UUID> due(Connection connection, ClaimQuery query) throws SQLException {
    List<EventState> states =
        H2Inbox.UNFINISHED.stream()
            .filter(state -> query.takeOver() || state != EventState.PROCESSING)
            .toList();
    List<Object> parameters = new ArrayList<>();
    for (int i = 0; i < states.size(); i++) {
      parameters.add(query.route());
      parameters.add(query.limit());
    }
    parameters.add(query.limit());
    return Jdbc.list(connection, due(states), Jdbc::id, parameters.toArray());
  }

  private static String due(List<EventState> states) {
    String each =
        states.stream()
            .map(
                state ->
                    DUE.formatted(
                        state.text(), state == EventState.PROCESSING ? "AND NOT c.begun " : ""))
            .collect(Collectors.joining("UNION ALL\n"));
    return "SELECT event_id FROM (\n" + each + ") ORDER BY due_at LIMIT ?";
  }
}
