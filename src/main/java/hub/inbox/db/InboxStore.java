package hub.inbox.db;

import hub.db.Jdbc;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * The inbox's statements, with one implementation for each database. Each call runs inside the
 * caller's transaction.
 */
public interface InboxStore {
  /**
   * The same store for appends within the transactions of handlers: it counts events in rows of its
   * own, so that nobody else waits for the end of such a transaction.
   */
  default InboxStore joining() {
    return this;
  }

  /** The statement of {@link #findEvent}. */
  String FIND_EVENT = "SELECT id FROM inbox_event WHERE source = ? AND provider_event_id = ?";

  /** The id under which such an event is stored; waits for nobody. */
  default Optional<UUID> findEvent(Connection connection, NewEvent event) throws SQLException {
    return Jdbc.first(connection, FIND_EVENT, Jdbc::id, event.source(), event.providerEventId());
  }

  /** The statement of {@link #storedIds}. */
  String STORED_IDS =
      "SELECT provider_event_id FROM inbox_event WHERE source = ? AND provider_event_id = ANY (?)";

  /** Those of a source's provider ids under which an event is stored; waits for nobody. */
  default Set<String> storedIds(Connection connection, String source, Collection<String> ids)
      throws SQLException {
    return new HashSet<>(
        Jdbc.list(
            connection,
            STORED_IDS,
            row -> row.getString(1),
            source,
            connection.createArrayOf("varchar", ids.toArray())));
  }

  /**
   * Spends the tokens that are not spent yet. Call it before the transaction locks a lane or stores
   * an event.
   *
   * @param keys the tokens, each with the provider's id of the first event of its request
   * @return those that this transaction has spent
   */
  Set<ReplayKey> spend(Connection connection, Map<ReplayKey, String> keys) throws SQLException;

  /** Locks those of the lanes that are there, before some are added to and others are finished. */
  void lockLanes(Connection connection, Collection<Lane> lanes) throws SQLException;

  /** Stores the events that are new. Receipts in the order of {@code events}. */
  List<Receipt> append(Connection connection, List<RoutedEvent> events) throws SQLException;

  /**
   * Leases due deliveries of a handler, the oldest first; of an ordered one the oldest of each due
   * lane, then those that follow them.
   */
  List<Delivery> claim(Connection connection, ClaimQuery query) throws SQLException;

  /** Takes over one delivery whose lease expired after its handler had started; else empty. */
  Optional<Delivery> takeOver(Connection connection, ClaimQuery query) throws SQLException;

  /** Whether there is a delivery for {@link #takeOver}. */
  boolean isAnyAbandoned(Connection connection, String route) throws SQLException;

  /** Records that a handler has started these deliveries after their claim. */
  void markStarted(Connection connection, String route, List<Delivery> started) throws SQLException;

  /** Writes the outcomes whose lease was not lost, and returns those. */
  List<Outcome> finish(Connection connection, List<Outcome> outcomes) throws SQLException;

  /** Renews the leases that were not lost, and returns the ids of those events. */
  Set<UUID> renew(Connection connection, String route, List<Delivery> leased, Duration lease)
      throws SQLException;

  /**
   * Milliseconds until the handler's next event is due, negative when one is overdue; {@link
   * Long#MAX_VALUE} for none.
   *
   * @param later ignore the overdue ones
   */
  long millisUntilDue(Connection connection, String route, boolean ordered, boolean later)
      throws SQLException;

  /**
   * Locks the lanes, or makes those that are not there, so that they are claimed soon. Call it
   * before deliveries of them are changed.
   *
   * @param heads of each lane, the lowest number of a delivery that may become unfinished
   */
  void openLanes(Connection connection, Map<Lane, Long> heads) throws SQLException;

  /**
   * Sets the due time of lanes that nobody holds to that of their first waiting delivery, and
   * removes empty lanes. Call it after {@link #openLanes}, when deliveries have been changed.
   */
  void settleLanes(Connection connection, Set<Lane> lanes) throws SQLException;

  /**
   * Puts the waiting deliveries of a handler into lanes, or takes them out, as its route asks for
   * order or not, and makes missing lanes.
   *
   * @return how many lanes were missing: 0 unless the route has changed, or an earlier version
   *     stored events
   */
  int arrangeLanes(Connection connection, String route, boolean ordered) throws SQLException;

  /** Adds to the counts of each source; negative numbers subtract. */
  void adjust(Connection connection, Map<String, SourceCounts> changes) throws SQLException;

  /** Tells other nodes, after the commit, that these handlers have work. */
  void announce(Connection connection, Set<String> routes) throws SQLException;

  /** Lets all leases expire now, after a crash of the only process; returns how many. */
  int releaseAll(Connection connection) throws SQLException;
}
