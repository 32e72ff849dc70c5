package hub.inbox.db;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;

/** Notes how events came that their provider did not deliver. */
public final class ArrivalTable {
  /** The event is new, so nobody else writes its row. */
  private static final String MARK =
      "INSERT INTO inbox_arrival (event_id, arrived_by) VALUES (?, ?)";

  private ArrivalTable() {}

  /** Marks those of the stored events that are new and say how they came. */
  public static void mark(Connection connection, List<RoutedEvent> events, List<Receipt> receipts)
      throws SQLException {
    if (events.stream().noneMatch(one -> one.event().arrivedBy().isPresent())) {
      return;
    }
    try (PreparedStatement insert = connection.prepareStatement(MARK)) {
      for (int i = 0; i < events.size(); i++) {
        NewEvent event = events.get(i).event();
        if (event.arrivedBy().isPresent() && !receipts.get(i).duplicate()) {
          insert.setObject(1, receipts.get(i).id());
          insert.setString(2, event.arrivedBy().get());
          insert.addBatch();
        }
      }
      insert.executeBatch();
    }
  }
}
