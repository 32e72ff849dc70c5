package hub.console;

import hub.store.Database;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import org.apache.camel.health.HealthCheckResultBuilder;
import org.apache.camel.impl.health.AbstractHealthCheck;

/** Whether the event store answers: without it the hub takes no events, so it is not ready. */
public final class StoreHealth extends AbstractHealthCheck {
  private static final int ANSWER_SECONDS = 2;

  private final Database database;

  public StoreHealth(Database database) {
    super("hub", "event-store");
    this.database = database;
  }

  @Override
  public boolean isLiveness() {
    return false;
  }

  @Override
  protected void doCall(HealthCheckResultBuilder builder, Map<String, Object> options) {
    if (!database.ready()) {
      builder.message("the event store has not been reached yet").down();
      return;
    }
    try (Connection connection = database.dataSource().getConnection()) {
      if (connection.isValid(ANSWER_SECONDS)) {
        builder.up();
      } else {
        builder.message("the event store does not answer").down();
      }
    } catch (SQLException e) {
      builder.message("the event store cannot be reached").down();
    }
  }
}
