package hub.inbox.db;

import hub.db.Jdbc;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Claims deliveries on PostgreSQL, one statement for a whole batch. Stateless. */
final class PostgresClaims {
  /**
   * SKIP LOCKED: nodes that claim at the same time take different rows and never wait for each
   * other. statement_timestamp and not clock_timestamp: only a bound that stands still while the
   * statement runs ends an index scan, otherwise each claim would read every event that waits for
   * its retry. PostgreSQL knows a payload's length without reading it. An expired lease under which
   * no handler started costs no attempt.
   */
  private static final String CLAIM =
      """
      WITH due AS (
        SELECT c.event_id FROM inbox_delivery c
        WHERE c.route = ? AND c.due_at <= statement_timestamp() AND %s
        ORDER BY c.due_at
        LIMIT ?
        FOR UPDATE SKIP LOCKED),
      sized AS (
        SELECT due.event_id, row_number() OVER byId AS place,
               sum(octet_length(e.payload) + octet_length(e.headers)) OVER byId AS bytes
        FROM due JOIN inbox_event e ON e.id = due.event_id
        WINDOW byId AS (ORDER BY due.event_id))
      UPDATE inbox_delivery d
      SET status = 'processing', attempts = d.attempts + CASE WHEN d.status = 'processing' AND NOT d.begun THEN 0 ELSE 1 END,
          begun = s.place <= ?, lease_token = ?, due_at = clock_timestamp() + ? * interval '1 millisecond'
      FROM sized s JOIN inbox_event e ON e.id = s.event_id
      WHERE d.route = ? AND d.event_id = s.event_id AND (s.bytes <= ? OR (s.place = 1 AND ?))
      RETURNING d.event_id, d.attempts, d.begun, d.run_by, e.source, e.provider_event_id, e.type, e.ordering_key, e.received_at, e.headers, e.payload, right(d.attempt_log, ?)
      """;

  private static final String WAITING = "c.status <> 'processing'";
  private static final String WAITING_OR_NOT_STARTED = "(c.status <> 'processing' OR NOT c.begun)";

  /** Worded like the partial index: a handler had started when its lease expired. */
  private static final String STARTED_AND_EXPIRED = "c.status = 'processing' AND c.begun";

  private static final String ANY_ABANDONED =
      "SELECT EXISTS (SELECT 1 FROM inbox_delivery c WHERE c.route = ? AND c.due_at <= statement_timestamp() AND "
          + STARTED_AND_EXPIRED
          + ")";

  /**
   * Serializes the claims of one ordered handler on all nodes. Otherwise a node could claim an
   * older event that is stored just now, while another node's claim of a newer one is not yet
   * visible. The lock belongs to the whole database, so its key names the schema; for public it
   * does not, as in earlier versions.
   */
  private static final String AWAIT_TURN =
      "SELECT pg_advisory_xact_lock(hashtextextended(? || CASE current_schema() WHEN 'public' THEN '' ELSE '@' || current_schema() END, 0))";

  /** The head of a lane: no older event of the same key is unfinished, no newer one is leased. */
  private static final String HEAD_OF_LANE =
      """
      AND NOT EXISTS (
          SELECT 1 FROM inbox_delivery o
          WHERE o.route = c.route AND o.ordering_key = c.ordering_key AND o.due_at IS NOT NULL AND o.event_id < c.event_id)
      AND NOT EXISTS (
          SELECT 1 FROM inbox_delivery o
          WHERE o.route = c.route AND o.ordering_key = c.ordering_key AND o.status = 'processing'
            AND o.due_at > clock_timestamp() AND o.event_id > c.event_id)
      """;

  private PostgresClaims() {}

  static List<Delivery> claim(Connection connection, ClaimQuery query) throws SQLException {
    return lease(connection, query, query.takeOver() ? WAITING_OR_NOT_STARTED : WAITING);
  }

  static Optional<Delivery> takeOver(Connection connection, ClaimQuery query) throws SQLException {
    return lease(connection, query, STARTED_AND_EXPIRED).stream().findFirst();
  }

  static boolean isAnyAbandoned(Connection connection, String route) throws SQLException {
    return Jdbc.first(connection, ANY_ABANDONED, row -> row.getBoolean(1), route).orElse(false);
  }

  private static List<Delivery> lease(Connection connection, ClaimQuery query, String condition)
      throws SQLException {
    if (query.ordered()) {
      Jdbc.first(connection, AWAIT_TURN, row -> true, "inbox-lane:" + query.route());
    }
    UUID token = UUID.randomUUID();
    return Jdbc.list(
            connection,
            CLAIM.formatted(condition + (query.ordered() ? "\n" + HEAD_OF_LANE : "")),
            row -> delivery(row, token),
            query.route(),
            query.limit(),
            query.starting(),
            token,
            query.lease().toMillis(),
            query.route(),
            query.bytes(),
            query.oneAlways(),
            WaitingEntry.END_OF_LOG)
        .stream()
        .sorted(Comparator.comparing(Delivery::eventId))
        .toList();
  }

  private static Delivery delivery(ResultSet row, UUID token) throws SQLException {
    return Delivery.of(Jdbc.id(row), token, row.getInt(2), row.getBoolean(3), row);
  }
}
