package hub.inbox.db;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * The inbox's statements. One implementation a database; each call runs inside the caller's
 * transaction.
 */
public interface InboxStore {
  /**
   * An event with the id it gets if it is new and the handler routes that match it.
   *
   * @param handlers route ids; empty: the event is ignored
   */
  record Row(UUID id, NewEvent event, List<String> handlers) {}

  /** Stores what is new. Receipts in the order of {@code rows}. */
  List<Receipt> append(Connection connection, List<Row> rows) throws SQLException;

  /** Takes due events of a handler under one lease, the oldest first. */
  List<Delivery> claim(Connection connection, ClaimQuery claimQuery) throws SQLException;

  /**
   * Takes over one event whose holder had begun with it when its lease ran out; empty when there is
   * none.
   */
  Optional<Delivery> takeOver(Connection connection, ClaimQuery claimQuery) throws SQLException;

  /** Whether {@link #takeOver} has anything to take. */
  boolean isAnyAbandoned(Connection connection, String route) throws SQLException;

  /** Notes which events a handler has begun with since it claimed them. */
  void begun(Connection connection, String route, List<Delivery> begun) throws SQLException;

  /** Writes outcomes whose lease still holds; answers those that were written. */
  List<Outcome> finish(Connection connection, List<Outcome> outcomes) throws SQLException;

  /** Keeps what is still ours for another {@code lease}; answers the ids of what is. */
  Set<UUID> renew(Connection connection, String route, List<Delivery> held, Duration lease)
      throws SQLException;

  /**
   * Milliseconds until the handler's next event is due, negative when one is overdue; {@link
   * Long#MAX_VALUE} for none.
   *
   * @param later leave aside what is overdue
   */
  long millisUntilDue(Connection connection, String route, boolean later) throws SQLException;

  /** Adds to what is counted of each source; less than zero takes away. */
  void adjust(Connection connection, Map<String, SourceCounts> changes) throws SQLException;

  /** Tells other nodes, after the commit, that these handlers have work. */
  void announce(Connection connection, Set<String> routes) throws SQLException;

  /**
   * After a crash of the only process there is: nobody holds these leases any more, and all run out
   * now.
   */
  int releaseAll(Connection connection) throws SQLException;
}
