package hub.console;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import hub.db.Database;
import hub.inbox.db.ErrorKind;
import hub.util.Json;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;

/** Groups dead deliveries by source, type and error. Thread-safe. */
final class DeadLetters {
  /** Only the newest dead deliveries are read, to bound the time of the query. */
  static final int MAX_DELIVERIES = 20_000;

  private static final int MAX_GROUPS = 200;

  /**
   * Event ids increase with time, and so does their text, which is compared because PostgreSQL
   * before 18 has no {@code max(uuid)}. Takes no locks.
   */
  private static final String GROUPS =
      """
      SELECT g.source, g.type, g.kind, count(*), min(g.received_at), max(g.received_at), max(g.id), min(g.route), max(g.route)
      FROM (
        SELECT d.source, e.type, %s AS kind, e.received_at, CAST(d.event_id AS varchar(36)) AS id, d.route
        FROM (SELECT s.event_id, s.source, s.route, s.last_error FROM inbox_delivery s
              WHERE s.status = 'dead' %s ORDER BY s.event_id DESC LIMIT %d) d
        JOIN inbox_event e ON e.id = d.event_id) g
      GROUP BY g.source, g.type, g.kind
      ORDER BY count(*) DESC, g.source, g.type, g.kind
      LIMIT %d
      """;

  private final Database database;

  DeadLetters(Database database) {
    this.database = database;
  }

  /** The largest groups first. */
  ObjectNode groups(Optional<String> source) throws SQLException {
    String sql =
        GROUPS.formatted(
            ErrorKind.sql(database.dialect(), "d.last_error"),
            source.isPresent() ? "AND s.source = ?" : "",
            MAX_DELIVERIES,
            MAX_GROUPS);
    return database.inTransaction(
        connection -> {
          try (PreparedStatement select = connection.prepareStatement(sql)) {
            if (source.isPresent()) {
              select.setString(1, source.get());
            }
            try (ResultSet row = select.executeQuery()) {
              return answer(row);
            }
          }
        });
  }

  private static ObjectNode answer(ResultSet row) throws SQLException {
    ObjectNode answer = Json.object();
    ArrayNode groups = answer.putArray("groups");
    long counted = 0;
    while (row.next()) {
      counted += row.getLong(4);
      String route = row.getString(8);
      groups
          .addObject()
          .put("source", row.getString(1))
          .put("type", row.getString(2))
          .put("error", row.getString(3))
          .put("count", row.getLong(4))
          .put("oldestAt", Json.time(row.getTimestamp(5).toInstant()))
          .put("newestAt", Json.time(row.getTimestamp(6).toInstant()))
          .put("newestId", row.getString(7))
          .put("route", route.equals(row.getString(9)) ? route : null);
    }
    return answer.put("complete", counted < MAX_DELIVERIES && groups.size() < MAX_GROUPS);
  }
}
