package hub.inbox;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * Conditions of a statement with the values of their parameters. Not thread-safe.
 *
 * @see EventFilter#where()
 */
public final class Where {
  private final List<String> conditions = new ArrayList<>();
  private final List<Object> values = new ArrayList<>();

  /** Adds a condition that has one {@code ?} for each value. */
  public Where and(String condition, Object... itsValues) {
    conditions.add(condition);
    values.addAll(List.of(itsValues));
    return this;
  }

  /** What stands after {@code WHERE}. */
  public String sql() {
    return conditions.isEmpty() ? "TRUE" : String.join("\n  AND ", conditions);
  }

  /**
   * Sets the parameters from {@code first} on.
   *
   * @return the number of the next parameter
   */
  public int bind(PreparedStatement statement, int first) throws SQLException {
    int next = first;
    for (Object value : values) {
      statement.setObject(next++, value);
    }
    return next;
  }
}
