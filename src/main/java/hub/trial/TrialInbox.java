package hub.trial;

import hub.db.Database;
import hub.db.Jdbc;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * The stored events of a hub under test: reads them and their states, and moves the times at which
 * they are due.
 */
final class TrialInbox {
  /** No value of a test looks like the number of its event. */
  private static final long FIRST_SEQUENCE = 7_000_000_001L;

  private final Database database;

  TrialInbox(Database database) throws SQLException {
    this.database = database;
    database.inTransaction(
        connection ->
            Jdbc.update(
                connection, "ALTER SEQUENCE inbox_sequence RESTART WITH " + FIRST_SEQUENCE));
  }

  /** The state of each handler's work on an event. */
  List<Delivery> deliveries(UUID event) throws SQLException {
    return database.inTransaction(
        connection ->
            Jdbc.list(
                connection,
                "SELECT route, status, attempts, last_error, COALESCE(due_at <= CURRENT_TIMESTAMP(3), FALSE) FROM inbox_delivery WHERE event_id = ?",
                row ->
                    new Delivery(
                        row.getString(1),
                        row.getString(2),
                        row.getInt(3),
                        row.getString(4),
                        row.getBoolean(5)),
                event));
  }

  /** Every event that is stored, in order, other than {@code except}. */
  List<Map<String, Object>> events(String except) throws SQLException {
    return database.inTransaction(
        connection ->
            Jdbc.list(
                connection,
                "SELECT source, type, ordering_key, provider_event_id, payload FROM inbox_event WHERE CAST(id AS varchar) <> ? ORDER BY sequence",
                row -> {
                  Map<String, Object> event = new LinkedHashMap<>();
                  event.put("source", row.getString(1));
                  event.put("type", row.getString(2));
                  event.put("orderingKey", row.getString(3));
                  event.put("id", row.getString(4));
                  event.put("payload", OutsideCalls.body(row.getBytes(5)));
                  return event;
                },
                except));
  }

  /** The store's own number of the event. */
  Optional<String> sequence(UUID event) throws SQLException {
    return database.inTransaction(
        connection ->
            Jdbc.list(
                    connection,
                    "SELECT sequence FROM inbox_event WHERE id = ?",
                    row -> row.getString(1),
                    event)
                .stream()
                .findFirst());
  }

  /** Brings what waits nearer to being due. */
  void advance(Duration time) throws SQLException {
    database.inTransaction(
        connection -> {
          for (String table : List.of("inbox_delivery", "inbox_lane")) {
            Jdbc.update(
                connection,
                "UPDATE "
                    + table
                    + " SET due_at = DATEADD(MILLISECOND, ?, due_at) WHERE due_at IS NOT NULL",
                -time.toMillis());
          }
          return null;
        });
  }

  /** Makes what waits for another attempt due at once, what is dead too. */
  void makeDue() throws SQLException {
    database.inTransaction(
        connection -> {
          Jdbc.update(
              connection,
              "UPDATE inbox_delivery SET due_at = CURRENT_TIMESTAMP(3), status = CASE WHEN status = 'dead' THEN 'retrying' ELSE status END, finished_at = NULL WHERE status IN ('retrying', 'dead')");
          Jdbc.update(connection, "UPDATE inbox_lane SET due_at = CURRENT_TIMESTAMP(3)");
          return null;
        });
  }

  /** Releases the leases of all that is at work, as a start of the hub does. */
  void release() throws SQLException {
    database.inTransaction(
        connection -> {
          Jdbc.update(
              connection,
              "UPDATE inbox_delivery SET lease_token = NULL, due_at = CURRENT_TIMESTAMP(3) WHERE status = 'processing'");
          return Jdbc.update(
              connection,
              "UPDATE inbox_lane SET due_at = CURRENT_TIMESTAMP(3) WHERE lease_token IS NOT NULL");
        });
  }
}
