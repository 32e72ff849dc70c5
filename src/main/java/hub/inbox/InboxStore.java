package hub.inbox;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * The inbox's statements. One implementation a database; each call runs inside the caller's
 * transaction.
 */
interface InboxStore {
  /**
   * An event with the id it gets if it is new and the handler routes that match it.
   *
   * @param handlers route ids; empty: the event is ignored
   */
  record Row(UUID id, NewEvent event, List<String> handlers) {}

  /** Stores what is new. Receipts in the order of {@code rows}. */
  List<Receipt> append(Connection connection, List<Row> rows) throws SQLException;

  /**
   * Takes up to {@code limit} due events of a handler under one lease.
   *
   * @param ordered take only the oldest unfinished event of each ordering key, and none while
   *     another of its key is being handled
   */
  List<Claimed> claim(
      Connection connection, String route, boolean ordered, int limit, Duration lease)
      throws SQLException;

  /** Writes outcomes whose lease still holds; answers those that were written. */
  List<Outcome> finish(Connection connection, List<Outcome> outcomes) throws SQLException;

  /** Keeps what is still ours for another {@code lease}; answers the ids of what is. */
  Set<UUID> renew(Connection connection, String route, List<Claimed> held, Duration lease)
      throws SQLException;

  /**
   * Milliseconds until the handler's next event is due, negative when one is overdue; {@link
   * Long#MAX_VALUE} for none.
   *
   * @param later leave aside what is overdue
   */
  long millisUntilDue(Connection connection, String route, boolean later) throws SQLException;

  /** Adds to what is counted of each source; less than zero takes away. */
  void adjust(Connection connection, Map<String, Tally> changes) throws SQLException;

  /** Tells other nodes, after the commit, that these handlers have work. */
  void announce(Connection connection, Set<String> routes) throws SQLException;

  /** After a crash of the only process there is: nobody holds these leases any more. */
  int releaseAll(Connection connection) throws SQLException;
}
