package hub.inbox.db;

import hub.db.Jdbc;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Claims deliveries on PostgreSQL, one statement for a whole batch: singly, or from lanes, which
 * are claimed with those that follow. Thread-safe.
 */
final class PostgresClaims {
  /**
   * SKIP LOCKED: nodes that claim at the same time take different rows and never wait for each
   * other. statement_timestamp and not clock_timestamp: only a bound that stands still while the
   * statement runs ends an index scan, otherwise each claim would read every event that waits for
   * its retry.
   */
  private static final String DUE =
      """
      WITH waiting AS (
        SELECT c.due_at FROM inbox_delivery c
        WHERE c.route = ? AND c.ordering_key IS NULL AND c.due_at >= ? AND c.due_at <= statement_timestamp() AND %1$s
        ORDER BY c.due_at
        LIMIT 1),
      due AS (
        SELECT c.event_id, c.due_at FROM inbox_delivery c
        WHERE c.route = ? AND c.ordering_key IS NULL AND c.due_at >= (SELECT due_at FROM waiting) AND c.due_at <= statement_timestamp() AND %1$s
        ORDER BY c.due_at
        LIMIT ?
        FOR UPDATE SKIP LOCKED),
      ranked AS (
        SELECT event_id, NULL::text AS ordering_key, TRUE AS first, row_number() OVER (ORDER BY event_id) AS rank FROM due),
      """;

  /**
   * Lanes that nobody has locked, so that nodes do not wait for each other. {@code route || ''} is
   * the expression of the index. Where no lane is due, the index is read once and nothing else.
   */
  private static final String FREE_LANES =
      """
      WITH waiting AS (
        SELECT l.due_at FROM inbox_lane l
        WHERE l.route || '' = ? AND l.due_at >= ? AND l.due_at <= statement_timestamp() AND %1$s
        ORDER BY l.due_at
        LIMIT 1),
      due AS (
        SELECT l.route, l.ordering_key, l.head, l.due_at, l.lease_token FROM inbox_lane l
        WHERE l.route || '' = ? AND l.due_at >= (SELECT due_at FROM waiting) AND l.due_at <= statement_timestamp() AND %1$s
        ORDER BY l.due_at
        LIMIT ?
        FOR UPDATE SKIP LOCKED),
      """;

  /**
   * The same, but waits for who has locked them: a lane to which events are added without a break
   * is hardly ever free. In the order of {@link Lane#ORDER}; keys have no characters in which the
   * two differ.
   */
  private static final String BUSY_LANES =
      """
      WITH waiting AS (SELECT CAST(? AS timestamptz) AS due_at),
      due AS (
        SELECT l.route, l.ordering_key, l.head, l.due_at, l.lease_token FROM inbox_lane l
        WHERE l.route = ? AND l.ordering_key = ANY (ARRAY (
            SELECT l.ordering_key FROM inbox_lane l
            WHERE l.route || '' = ? AND l.due_at >= (SELECT due_at FROM waiting) AND l.due_at <= statement_timestamp() AND %1$s
            ORDER BY l.due_at
            LIMIT ?))
          AND l.due_at <= statement_timestamp() AND %1$s
        ORDER BY l.ordering_key COLLATE "C"
        FOR UPDATE),
      """;

  /**
   * Of each lane its oldest deliveries. First those of all lanes that come first, so that a long
   * lane keeps no other waiting. One that waits for its retry, or that a node of an earlier version
   * has leased, holds up those behind it.
   */
  private static final String OLDEST_OF_LANES =
      """
      ranked AS (
        SELECT d.event_id, due.ordering_key, d.place = 1 AS first,
               row_number() OVER (ORDER BY d.place, due.due_at, due.ordering_key) AS rank
        FROM due CROSS JOIN LATERAL (
          SELECT o.event_id, row_number() OVER byNumber AS place, bool_and(o.ready) OVER byNumber AS ready
          FROM (
            SELECT i.event_id, i.sequence, i.due_at <= statement_timestamp() AS ready
            FROM inbox_delivery i
            WHERE i.route = due.route AND i.ordering_key = due.ordering_key AND i.due_at IS NOT NULL AND i.sequence >= due.head
            ORDER BY i.sequence, i.event_id
            LIMIT ?) o
          WINDOW byNumber AS (ORDER BY o.sequence, o.event_id)) d
        WHERE d.ready),
      """;

  /**
   * PostgreSQL knows a payload's length without reading it. An expired lease under which no handler
   * started costs no attempt. A delivery that was finished since the statement began stays so.
   */
  private static final String LEASE =
      """
      sized AS (
        SELECT r.event_id, r.first, r.rank, e.source, e.provider_event_id, e.type, e.ordering_key, e.received_at, e.headers, e.payload,
               sum(octet_length(e.payload) + octet_length(e.headers)) OVER (ORDER BY r.rank) AS bytes
        FROM ranked r JOIN inbox_event e ON e.id = r.event_id
        WHERE r.rank <= ?),
      leased AS (
        UPDATE inbox_delivery d
        SET status = 'processing', attempts = d.attempts + CASE WHEN d.status = 'processing' AND NOT d.begun THEN 0 ELSE 1 END,
            begun = s.first AND s.rank <= ?, lease_token = ?, due_at = clock_timestamp() + ? * interval '1 millisecond'
        FROM sized s
        WHERE d.route = ? AND d.event_id = s.event_id AND d.due_at IS NOT NULL AND (s.bytes <= ? OR (s.rank = 1 AND ?))
        RETURNING d.event_id, d.attempts, d.begun, d.run_by, s.source, s.provider_event_id, s.type, s.ordering_key, s.received_at, s.headers, s.payload,
                  right(d.attempt_log, ?) AS log_end, d.ordering_key AS lane, d.sequence, d.keyed_as, s.rank)
      """;

  private static final String READ = "SELECT l.* FROM leased l ORDER BY l.rank";

  /** Without a row that is due, one that has the time. */
  private static final String READ_DUE =
      """
      SELECT l.*, waiting.due_at, statement_timestamp()
      FROM (VALUES (1)) AS one LEFT JOIN waiting ON TRUE LEFT JOIN leased l ON TRUE
      ORDER BY l.rank
      """;

  /**
   * A row without event tells of a lane from which nothing was taken; a row without a lane, that
   * lanes are due and others have locked all of them, or, without a due time, that none is due.
   */
  private static final String HOLD_AND_READ =
      """
      , held AS (
        UPDATE inbox_lane l SET lease_token = ?, due_at = clock_timestamp() + ? * interval '1 millisecond'
        WHERE l.route = ? AND l.ordering_key = ANY (ARRAY (SELECT DISTINCT lane FROM leased)))
      SELECT l.*, due.ordering_key, due.lease_token, waiting.due_at, statement_timestamp()
      FROM (VALUES (1)) AS one LEFT JOIN waiting ON TRUE LEFT JOIN due ON TRUE LEFT JOIN leased l ON l.lane = due.ordering_key
      ORDER BY l.rank
      """;

  private static final String WAITING = "c.status <> 'processing'";
  private static final String WAITING_OR_NOT_STARTED = "(c.status <> 'processing' OR NOT c.begun)";

  /** Worded like the partial index: a handler had started when its lease expired. */
  private static final String STARTED_AND_EXPIRED = "c.status = 'processing' AND c.begun";

  private static final String LANE_WAITING = "l.lease_token IS NULL";
  private static final String LANE_WAITING_OR_NOT_STARTED =
      "(l.lease_token IS NULL OR NOT EXISTS (SELECT 1 FROM inbox_delivery c WHERE c.route = l.route AND c.ordering_key = l.ordering_key AND "
          + STARTED_AND_EXPIRED
          + "))";

  private static final String ABANDONED =
      "SELECT c.event_id, c.ordering_key FROM inbox_delivery c WHERE c.route = ? AND c.due_at <= statement_timestamp() AND "
          + STARTED_AND_EXPIRED
          + " ORDER BY c.due_at LIMIT ?";

  /** How often a claim looks again when it found only lanes from which nothing can be taken. */
  static final int MAX_ROUNDS = 50;

  /** How many abandoned deliveries are tried, because another node may just take the first. */
  private static final int CANDIDATES = 20;

  private static final String LOCK_EXPIRED_LANE =
      "SELECT 1 FROM inbox_lane WHERE route = ? AND ordering_key = ? AND due_at <= clock_timestamp() FOR UPDATE SKIP LOCKED";

  private static final String HOLD =
      "UPDATE inbox_lane SET lease_token = ?, due_at = clock_timestamp() + ? * interval '1 millisecond' WHERE route = ? AND ordering_key = ?";

  private static final String ONE =
      """
      WITH ranked AS (
        SELECT c.event_id, TRUE AS first, 1 AS rank FROM inbox_delivery c
        WHERE c.route = ? AND c.event_id = ? AND c.due_at <= statement_timestamp() AND c.status = 'processing' AND c.begun
        FOR UPDATE SKIP LOCKED),
      """;

  private final DueFloor floor;

  /**
   * @param floor of the claims of this node
   */
  PostgresClaims(DueFloor floor) {
    this.floor = floor;
  }

  List<Delivery> claim(Connection connection, ClaimQuery query) throws SQLException {
    return query.ordered() ? claimLanes(connection, query) : claimDue(connection, query);
  }

  private List<Delivery> claimDue(Connection connection, ClaimQuery query) throws SQLException {
    UUID token = UUID.randomUUID();
    OffsetDateTime from = floor.next(query.route());
    List<Object> parameters =
        new ArrayList<>(List.of(query.route(), from, query.route(), query.limit()));
    parameters.addAll(leaseParameters(query, token));
    String due = DUE.formatted(query.takeOver() ? WAITING_OR_NOT_STARTED : WAITING);
    List<Delivery> taken = new ArrayList<>();
    long begun = floor.now();
    List<OffsetDateTime> oldest =
        Jdbc.list(
            connection,
            due + LEASE + READ_DUE,
            row -> {
              if (row.getString(1) != null) {
                taken.add(delivery(row, query.route(), token));
              }
              return oldest(row, 17);
            },
            parameters.toArray());
    floor.looked(query.route(), from, oldest.get(0), begun);
    return taken;
  }

  /** The oldest due time, or, behind it, the database's time. */
  private static OffsetDateTime oldest(ResultSet row, int column) throws SQLException {
    OffsetDateTime due = row.getObject(column, OffsetDateTime.class);
    return due == null ? row.getObject(column + 1, OffsetDateTime.class) : due;
  }

  private List<Delivery> claimLanes(Connection connection, ClaimQuery query) throws SQLException {
    List<LeasedLane> before = List.of();
    for (int round = 1; ; round++) {
      LaneClaim claim = claimFreeElseBusyLanes(connection, query);
      // Empty; or the first delivery is not due after all, or too large now.
      PostgresLanes.promote(connection, claim.left());
      if (!claim.taken().isEmpty()
          || claim.left().isEmpty()
          || claim.left().equals(before)
          || round == MAX_ROUNDS) {
        return claim.taken();
      }
      before = claim.left();
    }
  }

  private LaneClaim claimFreeElseBusyLanes(Connection connection, ClaimQuery query)
      throws SQLException {
    String condition = query.takeOver() ? LANE_WAITING_OR_NOT_STARTED : LANE_WAITING;
    OffsetDateTime from = floor.next(query.route());
    long begun = floor.now();
    LaneClaim free =
        claimLanes(
            connection,
            FREE_LANES.formatted(condition),
            List.of(query.route(), from, query.route(), query.limit()),
            query);
    floor.looked(query.route(), from, free.oldest(), begun);
    return free.allLocked()
        ? claimLanes(
            connection,
            BUSY_LANES.formatted(condition),
            List.of(from, query.route(), query.route(), query.limit()),
            query)
        : free;
  }

  private static LaneClaim claimLanes(
      Connection connection, String due, List<Object> dueParameters, ClaimQuery query)
      throws SQLException {
    UUID token = UUID.randomUUID();
    List<Object> parameters = new ArrayList<>(dueParameters);
    parameters.add(query.depth());
    parameters.addAll(leaseParameters(query, token));
    parameters.addAll(List.of(token, query.lease().toMillis(), query.route()));
    record Row(boolean lane, boolean due, OffsetDateTime oldest) {}
    List<Delivery> taken = new ArrayList<>();
    List<LeasedLane> left = new ArrayList<>();
    List<Row> rows =
        Jdbc.list(
            connection,
            due + OLDEST_OF_LANES + LEASE + HOLD_AND_READ,
            row -> {
              String lane = row.getString(17);
              if (row.getString(1) != null) {
                taken.add(delivery(row, query.route(), token));
              } else if (lane != null) {
                left.add(
                    new LeasedLane(
                        new Lane(query.route(), lane),
                        Optional.ofNullable(row.getObject(18, UUID.class))));
              }
              return new Row(lane != null, row.getObject(19) != null, oldest(row, 19));
            },
            parameters.toArray());
    return new LaneClaim(
        taken, left, rows.stream().anyMatch(row -> row.due() && !row.lane()), rows.get(0).oldest());
  }

  /**
   * @param taken the deliveries that are leased now
   * @param left the lanes that are locked and from which nothing was taken
   * @param allLocked whether lanes are due, and others have locked each of them
   * @param oldest the due time of the lane that waits longest; the database's time for none
   */
  private record LaneClaim(
      List<Delivery> taken, List<LeasedLane> left, boolean allLocked, OffsetDateTime oldest) {}

  static Optional<Delivery> takeOver(Connection connection, ClaimQuery query) throws SQLException {
    record Abandoned(UUID event, Optional<String> lane) {}
    List<Abandoned> all =
        Jdbc.list(
            connection,
            ABANDONED,
            row -> new Abandoned(Jdbc.id(row), Optional.ofNullable(row.getString(2))),
            query.route(),
            CANDIDATES);
    for (Abandoned one : all) {
      Optional<Delivery> taken = takeOver(connection, query, one.event(), one.lane());
      if (taken.isPresent()) {
        return taken;
      }
    }
    return Optional.empty();
  }

  private static Optional<Delivery> takeOver(
      Connection connection, ClaimQuery query, UUID event, Optional<String> lane)
      throws SQLException {
    if (lane.isPresent()
        && Jdbc.first(connection, LOCK_EXPIRED_LANE, row -> true, query.route(), lane).isEmpty()) {
      return Optional.empty();
    }
    UUID token = UUID.randomUUID();
    List<Object> parameters = new ArrayList<>(List.of(query.route(), event));
    parameters.addAll(leaseParameters(query, token));
    Optional<Delivery> taken =
        Jdbc.first(
            connection,
            ONE + LEASE + READ,
            row -> delivery(row, query.route(), token),
            parameters.toArray());
    if (taken.isPresent() && lane.isPresent()) {
      Jdbc.update(connection, HOLD, token, query.lease().toMillis(), query.route(), lane);
    }
    return taken;
  }

  static boolean isAnyAbandoned(Connection connection, String route) throws SQLException {
    return Jdbc.first(connection, ABANDONED, row -> true, route, 1).isPresent();
  }

  private static List<Object> leaseParameters(ClaimQuery query, UUID token) {
    return List.of(
        query.limit(),
        query.starting(),
        token,
        query.lease().toMillis(),
        query.route(),
        query.bytes(),
        query.oneAlways(),
        WaitingEntry.END_OF_LOG);
  }

  private static Delivery delivery(ResultSet row, String route, UUID token) throws SQLException {
    return Delivery.of(Jdbc.id(row), token, row.getInt(2), row.getBoolean(3), route, row);
  }
}
