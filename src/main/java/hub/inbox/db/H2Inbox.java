package hub.inbox.db;

import hub.db.Jdbc;
import hub.db.SqlStates;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The inbox on embedded H2, which belongs to one process: one thread of each handler claims. So a
 * SELECT before a write is enough where PostgreSQL needs a lock.
 */
public final class H2Inbox implements InboxStore {
  static final List<EventState> UNFINISHED =
      List.of(EventState.RECEIVED, EventState.RETRYING, EventState.PROCESSING);

  private static final String INSERT_EVENT =
      """
      INSERT INTO inbox_event (id, source, provider_event_id, type, ordering_key, received_at, headers, payload, sequence)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
      """;

  private static final String INSERT_DELIVERY =
      """
      INSERT INTO inbox_delivery (event_id, route, source, ordering_key, sequence, status, attempts, due_at)
      VALUES (?, ?, ?, ?, ?, 'received', 0, CURRENT_TIMESTAMP(3))
      """;

  private static final String ADD_COUNTS =
      """
      MERGE INTO inbox_tally t USING (VALUES (?, ?, CAST(? AS bigint), CAST(? AS bigint))) v (source, shard, stored, ignored)
      ON t.source = v.source AND t.shard = v.shard
      WHEN MATCHED THEN UPDATE SET stored = t.stored + v.stored, ignored = t.ignored + v.ignored
      WHEN NOT MATCHED THEN INSERT (source, shard, stored, ignored) VALUES (v.source, v.shard, v.stored, v.ignored)
      """;

  private static final String MARK_STARTED =
      "UPDATE inbox_delivery SET begun = TRUE WHERE event_id = ? AND route = ? AND lease_token = ?";

  /**
   * A new entry of a waiting event replaces the one before; the log keeps its newest 50,000
   * characters. The lease token is the fence: a handler that lost its lease changes nothing, and
   * with the token still in place nobody else has written to the log since the claim.
   */
  private static final String FINISH =
      """
      UPDATE inbox_delivery
      SET status = ?, attempts = attempts - ?, lease_token = NULL, run_by = CASE WHEN CAST(? AS varchar) = '' THEN run_by END,
          due_at = DATEADD(MILLISECOND, CAST(? AS bigint), CURRENT_TIMESTAMP(3)),
          finished_at = CASE WHEN CAST(? AS bigint) IS NULL THEN CURRENT_TIMESTAMP(3) END,
          last_error = COALESCE(?, last_error, ?),
          attempt_log = CASE
            WHEN CAST(? AS varchar) <> '' THEN LEFT(attempt_log, CHAR_LENGTH(attempt_log) - CHAR_LENGTH(?))
            WHEN CHAR_LENGTH(attempt_log) > 50000 THEN SUBSTRING(attempt_log, LOCATE(CHAR(10), attempt_log, CHAR_LENGTH(attempt_log) - 50000) + 1)
            ELSE attempt_log END || ?
      WHERE event_id = ? AND route = ? AND lease_token = ?
      """;

  private static final String RENEW =
      """
      UPDATE inbox_delivery SET due_at = DATEADD(MILLISECOND, ?, CURRENT_TIMESTAMP(3))
      WHERE event_id = ? AND route = ? AND lease_token = ?
      """;

  private static final String NEXT =
      """
      (SELECT due_at FROM inbox_delivery
      WHERE status = '%s' AND route = ? %s
      ORDER BY status, route, due_at
      LIMIT 1)
      """;

  private static final String UNTIL_DUE = untilDue("");
  private static final String UNTIL_DUE_LATER = untilDue("AND due_at > CURRENT_TIMESTAMP(3)");

  private static final String RELEASE_ALL =
      """
      UPDATE inbox_delivery SET lease_token = NULL, due_at = CURRENT_TIMESTAMP(3)
      WHERE status = 'processing'
      """;

  private final short shard;
  private final Predicate<String> ordered;

  /**
   * @param ordered whether a handler route, given its id, asks for order
   */
  public H2Inbox(Predicate<String> ordered) {
    this((short) 0, ordered);
  }

  private H2Inbox(short shard, Predicate<String> ordered) {
    this.shard = shard;
    this.ordered = ordered;
  }

  /** Asks for each state by itself, because the index begins with it. */
  private static String untilDue(String condition) {
    return "SELECT DATEDIFF(MILLISECOND, CURRENT_TIMESTAMP(3), MIN(due_at)) FROM (\n"
        + UNFINISHED.stream()
            .map(state -> NEXT.formatted(state.text(), condition))
            .collect(Collectors.joining("UNION ALL\n"))
        + ")";
  }

  @Override
  public InboxStore joining() {
    return new H2Inbox((short) 1, ordered);
  }

  @Override
  public void lockLanes(Connection connection, Collection<Lane> lanes) throws SQLException {
    H2Lanes.lock(connection, LeasedLane.free(lanes));
  }

  @Override
  public Set<ReplayKey> spend(Connection connection, Map<ReplayKey, String> keys)
      throws SQLException {
    return ReplayKeyTable.spendEach(connection, keys);
  }

  @Override
  public List<Receipt> append(Connection connection, List<RoutedEvent> events) throws SQLException {
    List<Receipt> receipts = new ArrayList<>(events.size());
    List<RoutedEvent> fresh = new ArrayList<>(events.size());
    Set<Lane> lanes = events.stream().flatMap(this::lanes).collect(Collectors.toSet());
    Set<Lane> repeated = new HashSet<>();
    Iterator<Long> numbers = H2Lanes.drawNumbers(connection, lanes, events.size()).iterator();
    try (PreparedStatement find = connection.prepareStatement(FIND_EVENT);
        PreparedStatement event = connection.prepareStatement(INSERT_EVENT);
        PreparedStatement delivery = connection.prepareStatement(INSERT_DELIVERY)) {
      for (RoutedEvent one : events) {
        long number = numbers.next();
        Optional<UUID> first = first(find, one);
        if (first.isEmpty() && !insert(event, one, number)) {
          // Stored meanwhile by a handler's transaction, which has ended now.
          first = first(find, one);
        }
        receipts.add(new Receipt(first.orElse(one.id()), first.isPresent()));
        if (first.isEmpty()) {
          deliver(delivery, one, number);
          fresh.add(one);
        } else {
          lanes(one).forEach(repeated::add);
        }
      }
    }
    // A repeated event must not leave an empty lane behind, which a claim would look at.
    settleLanes(connection, repeated);
    adjust(connection, SourceCounts.of(fresh));
    return receipts;
  }

  private static Optional<UUID> first(PreparedStatement find, RoutedEvent one) throws SQLException {
    return Jdbc.first(find, Jdbc::id, one.event().source(), one.event().providerEventId());
  }

  /** Returns false when there is such an event already. */
  private static boolean insert(PreparedStatement event, RoutedEvent routed, long number)
      throws SQLException {
    NewEvent e = routed.event();
    try {
      Jdbc.update(
          event,
          routed.id(),
          e.source(),
          e.providerEventId(),
          e.type(),
          e.orderingKey(),
          e.receivedAt(),
          e.headers(),
          e.payload(),
          number);
      return true;
    } catch (SQLException error) {
      if (SqlStates.isUniqueViolation(error)) {
        return false;
      }
      throw error;
    }
  }

  private void deliver(PreparedStatement delivery, RoutedEvent routed, long number)
      throws SQLException {
    NewEvent e = routed.event();
    for (String route : routed.handlers()) {
      Optional<String> key = lane(routed, route).map(Lane::key);
      Jdbc.update(delivery, routed.id(), route, e.source(), key, number);
    }
  }

  private Stream<Lane> lanes(RoutedEvent event) {
    return event.handlers().stream().flatMap(route -> lane(event, route).stream());
  }

  private Optional<Lane> lane(RoutedEvent event, String route) {
    return Optional.of(route)
        .filter(ordered)
        .map(id -> Lane.of(id, event.event().orderingKey(), event.id()));
  }

  @Override
  public void adjust(Connection connection, Map<String, SourceCounts> changes) throws SQLException {
    try (PreparedStatement add = connection.prepareStatement(ADD_COUNTS)) {
      for (Map.Entry<String, SourceCounts> entry : changes.entrySet()) {
        SourceCounts counts = entry.getValue();
        Jdbc.update(add, entry.getKey(), shard, counts.stored(), counts.ignored());
      }
    }
  }

  @Override
  public List<Delivery> claim(Connection connection, ClaimQuery query) throws SQLException {
    return H2Claims.claim(connection, query);
  }

  @Override
  public Optional<Delivery> takeOver(Connection connection, ClaimQuery query) throws SQLException {
    return H2Claims.takeOver(connection, query);
  }

  @Override
  public boolean isAnyAbandoned(Connection connection, String route) throws SQLException {
    return H2Claims.isAnyAbandoned(connection, route);
  }

  @Override
  public void markStarted(Connection connection, String route, List<Delivery> started)
      throws SQLException {
    try (PreparedStatement mark = connection.prepareStatement(MARK_STARTED)) {
      for (Delivery one : sorted(started, Delivery::eventId)) {
        Jdbc.update(mark, one.eventId(), route, one.token());
      }
    }
  }

  @Override
  public List<Outcome> finish(Connection connection, List<Outcome> outcomes) throws SQLException {
    List<Outcome> written = new ArrayList<>(outcomes.size());
    List<LeasedLane> lanes = LeasedLane.of(outcomes);
    H2Lanes.lock(connection, lanes);
    try (PreparedStatement finish = connection.prepareStatement(FINISH)) {
      for (Outcome o : sorted(outcomes, Outcome::eventId)) {
        Optional<Long> delayMillis = o.delay().map(Duration::toMillis);
        // Without an earlier error, last_error says why the event waits.
        Optional<String> newError = o.error().filter(error -> !o.keepsLastError());
        int changed =
            Jdbc.update(
                finish,
                o.state().text(),
                o.refund(),
                o.logLine(),
                delayMillis,
                delayMillis,
                newError,
                o.error(),
                o.replacedLine(),
                o.replacedLine(),
                o.logLine(),
                o.eventId(),
                o.route(),
                o.token());
        if (changed == 1) {
          written.add(o);
        }
      }
    }
    for (LeasedLane lane : lanes) {
      H2Lanes.promote(connection, lane);
    }
    return written;
  }

  @Override
  public Set<UUID> renew(Connection connection, String route, List<Delivery> leased, Duration lease)
      throws SQLException {
    Set<UUID> renewed = new HashSet<>();
    H2Lanes.renew(connection, LeasedLane.ofLeased(leased), lease.toMillis());
    try (PreparedStatement renew = connection.prepareStatement(RENEW)) {
      for (Delivery one : sorted(leased, Delivery::eventId)) {
        // Who has taken the lane over has what is behind in it too.
        boolean isHeld = one.lane().isEmpty() || H2Lanes.isHeld(connection, one);
        if (isHeld
            && Jdbc.update(renew, lease.toMillis(), one.eventId(), route, one.token()) == 1) {
          renewed.add(one.eventId());
        }
      }
    }
    return renewed;
  }

  /** Every transaction locks rows in this order, so that none deadlock. */
  private static <T> List<T> sorted(List<T> items, Function<T, UUID> id) {
    return items.stream().sorted(Comparator.comparing(id)).toList();
  }

  @Override
  public long millisUntilDue(Connection connection, String route, boolean ordered, boolean later)
      throws SQLException {
    if (ordered) {
      return H2Lanes.millisUntilDue(connection, route, later);
    }
    Object[] parameters = Collections.nCopies(UNFINISHED.size(), route).toArray();
    return Jdbc.first(
            connection,
            later ? UNTIL_DUE_LATER : UNTIL_DUE,
            row -> row.getObject(1, Long.class),
            parameters)
        .orElse(Long.MAX_VALUE);
  }

  @Override
  public void openLanes(Connection connection, Map<Lane, Long> heads) throws SQLException {
    H2Lanes.open(connection, heads);
  }

  @Override
  public void settleLanes(Connection connection, Set<Lane> lanes) throws SQLException {
    for (LeasedLane lane : LeasedLane.free(lanes)) {
      H2Lanes.promote(connection, lane);
    }
  }

  @Override
  public int arrangeLanes(Connection connection, String route, boolean ordered)
      throws SQLException {
    return H2Lanes.arrange(connection, route, ordered);
  }

  @Override
  public void announce(Connection connection, Set<String> routes) {
    // There is no other node.
  }

  @Override
  public int releaseAll(Connection connection) throws SQLException {
    H2Lanes.expireAll(connection);
    return Jdbc.update(connection, RELEASE_ALL);
  }
}
