package hub.inbox.db;

import hub.db.Jdbc;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * A statement that reads the ids of events.
 *
 * @param sql with one {@code ?} for each value
 */
public record EventSearch(String sql, List<Object> values) {
  /** The order of the ids. */
  public enum Order {
    NEWEST_FIRST("DESC", "<"),
    OLDEST_FIRST("ASC", ">");

    private final String direction;
    private final String beyond;

    Order(String direction, String beyond) {
      this.direction = direction;
      this.beyond = beyond;
    }

    String direction() {
      return direction;
    }

    /** The operator that compares an id with the last one before it. */
    String beyond() {
      return beyond;
    }
  }

  public EventSearch {
    values = List.copyOf(values);
  }

  /** Sets the parameters, from the first on. */
  public void bind(PreparedStatement statement) throws SQLException {
    Jdbc.bind(statement, values.toArray());
  }

  /** Collects conditions and the values of their parameters. Not thread-safe. */
  static final class Where {
    private final List<String> conditions = new ArrayList<>();
    private final List<Object> values = new ArrayList<>();

    /** Adds a condition that has one {@code ?} for each value. */
    void and(String condition, Object... parameters) {
      conditions.add(condition);
      values.addAll(List.of(parameters));
    }

    String sql() {
      return conditions.isEmpty() ? "TRUE" : String.join("\n  AND ", conditions);
    }

    List<Object> values() {
      return values;
    }
  }
}
