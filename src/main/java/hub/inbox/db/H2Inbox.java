package hub.inbox.db;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * The inbox on embedded H2, which belongs to one process: one writer appends and one thread a
 * handler claims, so that a look before a write is enough where PostgreSQL needs a lock.
 */
public final class H2Inbox implements InboxStore {
  private static final String FIRST_ID =
      "SELECT id FROM inbox_event WHERE source = ? AND provider_event_id = ?";

  private static final String INSERT_EVENT =
      """
      INSERT INTO inbox_event (id, source, provider_event_id, type, ordering_key, received_at, headers, payload)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?)
      """;

  private static final String INSERT_DELIVERY =
      """
      INSERT INTO inbox_delivery (event_id, route, source, ordering_key, status, attempts, due_at)
      VALUES (?, ?, ?, ?, 'received', 0, CURRENT_TIMESTAMP(3))
      """;

  private static final String TALLY =
      """
      MERGE INTO inbox_tally t USING (VALUES (?, 0, CAST(? AS bigint), CAST(? AS bigint))) v (source, shard, stored, ignored)
      ON t.source = v.source AND t.shard = v.shard
      WHEN MATCHED THEN UPDATE SET stored = t.stored + v.stored, ignored = t.ignored + v.ignored
      WHEN NOT MATCHED THEN INSERT (source, shard, stored, ignored) VALUES (v.source, v.shard, v.stored, v.ignored)
      """;

  private static final List<EventState> UNFINISHED =
      List.of(EventState.RECEIVED, EventState.RETRYING, EventState.PROCESSING);

  private static final String DUE =
      """
      (SELECT c.event_id, c.due_at FROM inbox_delivery c
      WHERE c.status = '%s' AND c.route = ? AND c.due_at <= CURRENT_TIMESTAMP(3) %s
      ORDER BY c.status, c.route, c.due_at
      LIMIT ?)
      """;

  /** A lane's head: no older event of the same key is unfinished, no newer one in hands. */
  private static final String HEAD_OF_LANE =
      """
      AND (c.lane IS NULL OR (
        NOT EXISTS (
          SELECT 1 FROM inbox_delivery o
          WHERE o.lane = c.lane AND o.route = c.route AND o.event_id < c.event_id)
        AND NOT EXISTS (
          SELECT 1 FROM inbox_delivery o
          WHERE o.lane = c.lane AND o.route = c.route AND o.event_id > c.event_id
            AND o.status = 'processing' AND o.due_at > CURRENT_TIMESTAMP(3))))
      """;

  /** In hands until its lease ran out: what had begun is taken over by itself. */
  private static final String TAKEN_OVER =
      """
      SELECT c.event_id FROM inbox_delivery c
      WHERE c.status = 'processing' AND c.route = ? AND c.due_at <= CURRENT_TIMESTAMP(3) AND c.begun %s
      ORDER BY c.status, c.route, c.due_at
      LIMIT 1
      """;

  private static final String BEGUN =
      "UPDATE inbox_delivery SET begun = TRUE WHERE event_id = ? AND route = ? AND lease_token = ?";

  /** What came while its handler did not ask for order yet. */
  private static final String JOIN_LANES =
      """
      UPDATE inbox_delivery d
      SET ordering_key = (SELECT e.ordering_key FROM inbox_event e WHERE e.id = d.event_id)
      WHERE d.status IN ('received', 'retrying', 'processing') AND d.route = ? AND d.ordering_key IS NULL
      """;

  private static final String LEASE =
      """
      UPDATE inbox_delivery
      SET status = 'processing', attempts = ?, begun = ?, lease_token = ?, due_at = DATEADD(MILLISECOND, ?, CURRENT_TIMESTAMP(3))
      WHERE event_id = ? AND route = ?
      """;

  private static final String READ =
      """
      SELECT d.attempts, d.status, d.begun, d.run_by, e.source, e.provider_event_id, e.type, e.ordering_key, e.received_at, e.headers, e.payload, RIGHT(d.attempt_log, %d)
      FROM inbox_delivery d JOIN inbox_event e ON e.id = d.event_id
      WHERE d.event_id = ? AND d.route = ?
      """
          .formatted(WaitingEntry.END_OF_LOG);

  /**
   * A row that says that the event still waits takes the place of the one before; the log keeps its
   * newest 50,000 characters. The token fences: whoever lost the lease changes nothing, and so
   * nobody else wrote to the log since the claim.
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

  private final Predicate<String> ordered;

  /** Routes that ask for order and have claimed before. */
  private final Set<String> inOrder = ConcurrentHashMap.newKeySet();

  /**
   * @param ordered whether a handler route, given its id, asks for order
   */
  public H2Inbox(Predicate<String> ordered) {
    this.ordered = ordered;
  }

  private static String claimable(boolean ordered, boolean takeOver) {
    String each =
        UNFINISHED.stream()
            .filter(state -> takeOver || state != EventState.PROCESSING)
            .map(
                state ->
                    DUE.formatted(
                        state.text(),
                        (state == EventState.PROCESSING ? "AND NOT c.begun " : "")
                            + (ordered ? HEAD_OF_LANE : "")))
            .collect(Collectors.joining("UNION ALL\n"));
    return "SELECT event_id FROM (\n" + each + ") ORDER BY due_at LIMIT ?";
  }

  private static String untilDue(String further) {
    return "SELECT DATEDIFF(MILLISECOND, CURRENT_TIMESTAMP(3), MIN(due_at)) FROM (\n"
        + unfinished(NEXT, further)
        + ")";
  }

  /** Each state by itself, because the index begins with it. */
  private static String unfinished(String select, String further) {
    return UNFINISHED.stream()
        .map(state -> select.formatted(state.text(), further))
        .collect(Collectors.joining("UNION ALL\n"));
  }

  @Override
  public List<Receipt> append(Connection connection, List<Row> rows) throws SQLException {
    List<Receipt> receipts = new ArrayList<>(rows.size());
    List<Row> fresh = new ArrayList<>(rows.size());
    try (PreparedStatement find = connection.prepareStatement(FIRST_ID);
        PreparedStatement event = connection.prepareStatement(INSERT_EVENT);
        PreparedStatement delivery = connection.prepareStatement(INSERT_DELIVERY)) {
      for (Row row : rows) {
        Optional<UUID> first = firstId(find, row.event());
        receipts.add(new Receipt(first.orElse(row.id()), first.isPresent()));
        if (first.isEmpty()) {
          insert(event, delivery, row);
          fresh.add(row);
        }
      }
    }
    adjust(connection, SourceCounts.of(fresh));
    return receipts;
  }

  private static Optional<UUID> firstId(PreparedStatement find, NewEvent event)
      throws SQLException {
    find.setString(1, event.source());
    find.setString(2, event.providerEventId());
    try (ResultSet row = find.executeQuery()) {
      return row.next() ? Optional.of(row.getObject(1, UUID.class)) : Optional.empty();
    }
  }

  private void insert(PreparedStatement event, PreparedStatement delivery, Row row)
      throws SQLException {
    NewEvent e = row.event();
    event.setObject(1, row.id());
    event.setString(2, e.source());
    event.setString(3, e.providerEventId());
    event.setString(4, e.type());
    event.setString(5, e.orderingKey().orElse(null));
    event.setObject(6, e.receivedAt().atOffset(ZoneOffset.UTC));
    event.setString(7, e.headers());
    event.setBytes(8, e.payload());
    event.executeUpdate();
    for (String route : row.handlers()) {
      delivery.setObject(1, row.id());
      delivery.setString(2, route);
      delivery.setString(3, e.source());
      delivery.setString(4, ordered.test(route) ? e.orderingKey().orElse(null) : null);
      delivery.executeUpdate();
    }
  }

  @Override
  public void adjust(Connection connection, Map<String, SourceCounts> changes) throws SQLException {
    try (PreparedStatement add = connection.prepareStatement(TALLY)) {
      for (Map.Entry<String, SourceCounts> entry : changes.entrySet()) {
        add.setString(1, entry.getKey());
        add.setLong(2, entry.getValue().stored());
        add.setLong(3, entry.getValue().ignored());
        add.executeUpdate();
      }
    }
  }

  @Override
  public List<Delivery> claim(Connection connection, ClaimQuery claimQuery) throws SQLException {
    joinLanes(connection, claimQuery.route(), claimQuery.ordered());
    return take(connection, claimQuery, sorted(due(connection, claimQuery), Function.identity()));
  }

  @Override
  public Optional<Delivery> takeOver(Connection connection, ClaimQuery claimQuery)
      throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            TAKEN_OVER.formatted(claimQuery.ordered() ? HEAD_OF_LANE : ""))) {
      select.setString(1, claimQuery.route());
      List<UUID> due = new ArrayList<>();
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          due.add(row.getObject(1, UUID.class));
        }
      }
      return take(connection, claimQuery, due).stream().findFirst();
    }
  }

  private static List<Delivery> take(Connection connection, ClaimQuery claimQuery, List<UUID> due)
      throws SQLException {
    UUID token = UUID.randomUUID();
    List<Delivery> claimed = new ArrayList<>(due.size());
    long bytes = 0;
    try (PreparedStatement take = connection.prepareStatement(LEASE);
        PreparedStatement read = connection.prepareStatement(READ)) {
      for (UUID id : due) {
        Delivery one =
            read(read, id, claimQuery.route(), token, claimed.size() < claimQuery.starting());
        bytes += one.bytes();
        if (bytes > claimQuery.bytes() && !(claimed.isEmpty() && claimQuery.oneAlways())) {
          break;
        }
        take.setInt(1, one.attempt());
        take.setBoolean(2, one.begun());
        take.setObject(3, token);
        take.setLong(4, claimQuery.lease().toMillis());
        take.setObject(5, id);
        take.setString(6, claimQuery.route());
        if (take.executeUpdate() == 1) {
          claimed.add(one);
        }
      }
    }
    return claimed;
  }

  @Override
  public boolean isAnyAbandoned(Connection connection, String route) throws SQLException {
    try (PreparedStatement look = connection.prepareStatement(TAKEN_OVER.formatted(""))) {
      look.setString(1, route);
      try (ResultSet row = look.executeQuery()) {
        return row.next();
      }
    }
  }

  @Override
  public void begun(Connection connection, String route, List<Delivery> begun) throws SQLException {
    try (PreparedStatement note = connection.prepareStatement(BEGUN)) {
      for (Delivery one : sorted(begun, Delivery::eventId)) {
        note.setObject(1, one.eventId());
        note.setString(2, route);
        note.setObject(3, one.token());
        note.executeUpdate();
      }
    }
  }

  /** Orders what waits already when a route asks for order for the first time. */
  private void joinLanes(Connection connection, String route, boolean ordered) throws SQLException {
    if (!ordered) {
      inOrder.remove(route);
    } else if (inOrder.add(route)) {
      try (PreparedStatement join = connection.prepareStatement(JOIN_LANES)) {
        join.setString(1, route);
        join.executeUpdate();
      } catch (SQLException e) {
        inOrder.remove(route);
        throw e;
      }
    }
  }

  private static List<UUID> due(Connection connection, ClaimQuery claimQuery) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(claimable(claimQuery.ordered(), claimQuery.takeOver()))) {
      int parameter = 0;
      for (int i = claimQuery.takeOver() ? 0 : 1; i < UNFINISHED.size(); i++) {
        select.setString(++parameter, claimQuery.route());
        select.setInt(++parameter, claimQuery.limit());
      }
      select.setInt(++parameter, claimQuery.limit());
      List<UUID> due = new ArrayList<>();
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          due.add(row.getObject(1, UUID.class));
        }
      }
      return due;
    }
  }

  /** As it will be when it is claimed. */
  private static Delivery read(
      PreparedStatement read, UUID id, String route, UUID token, boolean begins)
      throws SQLException {
    read.setObject(1, id);
    read.setString(2, route);
    try (ResultSet row = read.executeQuery()) {
      row.next();
      boolean lost = row.getString(2).equals(EventState.PROCESSING.text()) && !row.getBoolean(3);
      return new Delivery(
          id,
          token,
          row.getInt(1) + (lost ? 0 : 1),
          begins,
          Delivery.by(row.getString(4)),
          row.getString(5),
          row.getString(6),
          row.getString(7),
          Optional.ofNullable(row.getString(8)),
          row.getObject(9, OffsetDateTime.class).toInstant(),
          row.getString(10),
          row.getBytes(11),
          WaitingEntry.at(row.getString(12)));
    }
  }

  @Override
  public List<Outcome> finish(Connection connection, List<Outcome> outcomes) throws SQLException {
    List<Outcome> written = new ArrayList<>(outcomes.size());
    try (PreparedStatement finish = connection.prepareStatement(FINISH)) {
      for (Outcome o : sorted(outcomes, Outcome::eventId)) {
        int i = 0;
        finish.setString(++i, o.state().text());
        finish.setInt(++i, o.refund());
        finish.setString(++i, o.logLine());
        finish.setObject(++i, o.delay().map(Duration::toMillis).orElse(null), Types.BIGINT);
        finish.setObject(++i, o.delay().map(Duration::toMillis).orElse(null), Types.BIGINT);
        // What keeps an event waiting is not its error, unless it has none yet.
        finish.setString(++i, o.passing() ? null : o.error().orElse(null));
        finish.setString(++i, o.error().orElse(null));
        finish.setString(++i, o.folded());
        finish.setString(++i, o.folded());
        finish.setString(++i, o.logLine());
        finish.setObject(++i, o.eventId());
        finish.setString(++i, o.route());
        finish.setObject(++i, o.token());
        if (finish.executeUpdate() == 1) {
          written.add(o);
        }
      }
    }
    return written;
  }

  @Override
  public Set<UUID> renew(Connection connection, String route, List<Delivery> held, Duration lease)
      throws SQLException {
    Set<UUID> renewed = new HashSet<>();
    try (PreparedStatement renew = connection.prepareStatement(RENEW)) {
      for (Delivery delivery : sorted(held, Delivery::eventId)) {
        renew.setLong(1, lease.toMillis());
        renew.setObject(2, delivery.eventId());
        renew.setString(3, route);
        renew.setObject(4, delivery.token());
        if (renew.executeUpdate() == 1) {
          renewed.add(delivery.eventId());
        }
      }
    }
    return renewed;
  }

  /** Rows are locked in one order by whoever changes several, so that nobody waits in a ring. */
  private static <T> List<T> sorted(List<T> items, Function<T, UUID> id) {
    return items.stream().sorted(Comparator.comparing(id)).toList();
  }

  @Override
  public long millisUntilDue(Connection connection, String route, boolean later)
      throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(later ? UNTIL_DUE_LATER : UNTIL_DUE)) {
      for (int i = 1; i <= UNFINISHED.size(); i++) {
        select.setString(i, route);
      }
      try (ResultSet row = select.executeQuery()) {
        row.next();
        long millis = row.getLong(1);
        return row.wasNull() ? Long.MAX_VALUE : millis;
      }
    }
  }

  @Override
  public void announce(Connection connection, Set<String> routes) {
    // There is no other node.
  }

  @Override
  public int releaseAll(Connection connection) throws SQLException {
    try (PreparedStatement release = connection.prepareStatement(RELEASE_ALL)) {
      return release.executeUpdate();
    }
  }
}
