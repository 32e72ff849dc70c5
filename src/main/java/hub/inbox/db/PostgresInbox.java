package hub.inbox.db;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Function;

/** The inbox on PostgreSQL: one statement a step for a whole batch, rows passed as arrays. */
public final class PostgresInbox implements InboxStore {
  /**
   * An expression of SQL: the channel of this session's schema, so that hubs in two schemas of one
   * database do not wake each other. The one of public is that of earlier versions.
   */
  public static final String CHANNEL =
      "'hub_inbox' || CASE current_schema() WHEN 'public' THEN '' ELSE '_' || current_schema() END";

  /**
   * Waits for a node that is storing the same event just now, then leaves the first one in place.
   */
  private static final String INSERT_EVENTS =
      """
      INSERT INTO inbox_event (id, source, provider_event_id, type, ordering_key, received_at, headers, payload)
      SELECT * FROM unnest(?::uuid[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[]::timestamptz[], ?::text[], ?::bytea[])
      ON CONFLICT (source, provider_event_id) DO NOTHING
      RETURNING id
      """;

  private static final String FIRST_IDS =
      """
      SELECT e.source, e.provider_event_id, e.id
      FROM unnest(?::text[], ?::text[]) AS k (source, provider_event_id)
      JOIN inbox_event e ON e.source = k.source AND e.provider_event_id = k.provider_event_id
      """;

  private static final String INSERT_DELIVERIES =
      """
      INSERT INTO inbox_delivery (event_id, route, source, ordering_key, status, attempts, due_at)
      SELECT d.event_id, d.route, d.source, d.ordering_key, 'received', 0, now()
      FROM unnest(?::uuid[], ?::text[], ?::text[], ?::text[]) AS d (event_id, route, source, ordering_key)
      """;

  private static final String TALLY =
      """
      INSERT INTO inbox_tally (source, shard, stored, ignored) VALUES (?, ?, ?, ?)
      ON CONFLICT (source, shard) DO UPDATE
      SET stored = inbox_tally.stored + excluded.stored, ignored = inbox_tally.ignored + excluded.ignored
      """;

  /**
   * SKIP LOCKED: nodes that claim at the same time take different rows and never wait for each
   * other. A bound that moves while the statement runs (clock_timestamp) cannot end an index scan:
   * each claim would read every event that waits for its retry. The length of a payload is known
   * without reading it. What another process held and had not begun loses no attempt.
   */
  private static final String CLAIM =
      """
      WITH due AS (
        SELECT c.event_id FROM inbox_delivery c
        WHERE c.route = ? AND c.due_at <= statement_timestamp() AND %s
        ORDER BY c.due_at
        LIMIT ?
        FOR UPDATE SKIP LOCKED),
      sized AS (
        SELECT due.event_id, row_number() OVER byId AS place,
               sum(octet_length(e.payload) + octet_length(e.headers)) OVER byId AS bytes
        FROM due JOIN inbox_event e ON e.id = due.event_id
        WINDOW byId AS (ORDER BY due.event_id))
      UPDATE inbox_delivery d
      SET status = 'processing', attempts = d.attempts + CASE WHEN d.status = 'processing' AND NOT d.begun THEN 0 ELSE 1 END,
          begun = s.place <= ?, lease_token = ?, due_at = clock_timestamp() + ? * interval '1 millisecond'
      FROM sized s JOIN inbox_event e ON e.id = s.event_id
      WHERE d.route = ? AND d.event_id = s.event_id AND (s.bytes <= ? OR (s.place = 1 AND ?))
      RETURNING d.event_id, d.attempts, d.begun, d.run_by, e.source, e.provider_event_id, e.type, e.ordering_key, e.received_at, e.headers, e.payload, right(d.attempt_log, ?)
      """;

  private static final String WAITING = "c.status <> 'processing'";
  private static final String WAITING_OR_UNBEGUN = "(c.status <> 'processing' OR NOT c.begun)";

  /** The words of a partial index: what had begun when its holder's lease ran out. */
  private static final String BEGUN_AND_LAPSED = "c.status = 'processing' AND c.begun";

  private static final String ANY_ABANDONED =
      "SELECT EXISTS (SELECT 1 FROM inbox_delivery c WHERE c.route = ? AND c.due_at <= statement_timestamp() AND "
          + BEGUN_AND_LAPSED
          + ")";

  private static final String BEGUN =
      """
      UPDATE inbox_delivery SET begun = TRUE
      WHERE event_id = ANY (?::uuid[]) AND route = ? AND lease_token = ANY (?::uuid[])
      """;

  /**
   * Nodes that claim for one ordered handler take turns: otherwise an older event of a lane that is
   * stored just now could be claimed beside a newer one whose claim is not yet to be seen. The lock
   * is the database's, so it is named after the schema, too; earlier versions in public name none.
   */
  private static final String AWAIT_TURN =
      "SELECT pg_advisory_xact_lock(hashtextextended(? || CASE current_schema() WHEN 'public' THEN '' ELSE '@' || current_schema() END, 0))";

  /** A lane's head: no older event of the same key is unfinished, no newer one in hands. */
  private static final String HEAD_OF_LANE =
      """
      AND NOT EXISTS (
          SELECT 1 FROM inbox_delivery o
          WHERE o.route = c.route AND o.ordering_key = c.ordering_key AND o.due_at IS NOT NULL AND o.event_id < c.event_id)
      AND NOT EXISTS (
          SELECT 1 FROM inbox_delivery o
          WHERE o.route = c.route AND o.ordering_key = c.ordering_key AND o.status = 'processing'
            AND o.due_at > clock_timestamp() AND o.event_id > c.event_id)
      """;

  /**
   * A row that says that the event still waits takes the place of the one before; the log keeps its
   * newest 50,000 characters. The token fences: whoever lost the lease changes nothing, and so
   * nobody else wrote to the log since the claim.
   */
  private static final String FINISH =
      """
      UPDATE inbox_delivery d
      SET status = o.status, attempts = d.attempts - o.refund, lease_token = NULL,
          run_by = CASE WHEN o.log_line = '' THEN d.run_by END,
          due_at = clock_timestamp() + o.delay_ms * interval '1 millisecond',
          finished_at = CASE WHEN o.delay_ms IS NULL THEN clock_timestamp() END,
          last_error = CASE WHEN o.passing THEN coalesce(d.last_error, o.error) ELSE coalesce(o.error, d.last_error) END,
          attempt_log = CASE
            WHEN o.folded <> '' THEN left(d.attempt_log, length(d.attempt_log) - length(o.folded))
            WHEN length(d.attempt_log) > 50000 THEN regexp_replace(right(d.attempt_log, 50000), '^[^\n]*\n', '')
            ELSE d.attempt_log END || o.log_line
      FROM unnest(?::uuid[], ?::text[], ?::uuid[], ?::text[], ?::bigint[], ?::int[], ?::text[], ?::boolean[], ?::text[], ?::text[])
           AS o (event_id, route, token, status, delay_ms, refund, error, passing, log_line, folded)
      WHERE d.event_id = o.event_id AND d.route = o.route AND d.lease_token = o.token
      RETURNING d.event_id, d.route
      """;

  private static final String RENEW =
      """
      UPDATE inbox_delivery SET due_at = clock_timestamp() + ? * interval '1 millisecond'
      WHERE event_id = ANY (?::uuid[]) AND route = ? AND lease_token = ANY (?::uuid[])
      RETURNING event_id
      """;

  private static final String UNTIL_DUE =
      "SELECT (extract(epoch FROM min(due_at) - clock_timestamp()) * 1000)::bigint FROM inbox_delivery WHERE route = ? AND due_at > CASE WHEN ? THEN statement_timestamp() ELSE '-infinity' END";

  private static final String NOTIFY =
      "SELECT pg_notify(" + CHANNEL + ", r) FROM unnest(?::text[]) AS r";

  private final short shard;

  /**
   * @param shard of the tally that this node adds to, 0 to 15
   */
  public PostgresInbox(short shard) {
    this.shard = shard;
  }

  @Override
  public List<Receipt> append(Connection connection, List<Row> rows) throws SQLException {
    // Two nodes that store the same events take their locks in the same order.
    List<Row> sorted =
        rows.stream().sorted(Comparator.comparing(Row::event, EventKey.ORDER)).toList();
    Set<UUID> stored = insertEvents(connection, sorted);
    List<Row> fresh = sorted.stream().filter(row -> stored.contains(row.id())).toList();
    insertDeliveries(connection, fresh);
    adjust(connection, SourceCounts.of(fresh));
    Set<String> routes = new TreeSet<>();
    fresh.forEach(row -> routes.addAll(row.handlers()));
    announce(connection, routes);
    Map<EventKey, UUID> first =
        stored.size() == rows.size() ? Map.of() : firstIds(connection, rows, stored);
    List<Receipt> receipts = new ArrayList<>(rows.size());
    for (Row row : rows) {
      boolean isNew = stored.contains(row.id());
      receipts.add(new Receipt(isNew ? row.id() : first.get(EventKey.of(row.event())), !isNew));
    }
    return receipts;
  }

  private static Set<UUID> insertEvents(Connection connection, List<Row> rows) throws SQLException {
    try (PreparedStatement insert = connection.prepareStatement(INSERT_EVENTS)) {
      insert.setArray(1, array(connection, "uuid", rows, Row::id));
      insert.setArray(2, array(connection, "text", rows, row -> row.event().source()));
      insert.setArray(3, array(connection, "text", rows, row -> row.event().providerEventId()));
      insert.setArray(4, array(connection, "text", rows, row -> row.event().type()));
      insert.setArray(
          5, array(connection, "text", rows, row -> row.event().orderingKey().orElse(null)));
      insert.setArray(
          6, array(connection, "text", rows, row -> row.event().receivedAt().toString()));
      insert.setArray(7, array(connection, "text", rows, row -> row.event().headers()));
      insert.setArray(
          8,
          connection.createArrayOf(
              "bytea", rows.stream().map(row -> row.event().payload()).toArray(byte[][]::new)));
      return ids(insert);
    }
  }

  private static void insertDeliveries(Connection connection, List<Row> fresh) throws SQLException {
    record Delivery(Row row, String route) {}
    List<Delivery> deliveries =
        fresh.stream()
            .flatMap(row -> row.handlers().stream().map(route -> new Delivery(row, route)))
            .toList();
    if (deliveries.isEmpty()) {
      return;
    }
    try (PreparedStatement insert = connection.prepareStatement(INSERT_DELIVERIES)) {
      insert.setArray(1, array(connection, "uuid", deliveries, d -> d.row().id()));
      insert.setArray(2, array(connection, "text", deliveries, Delivery::route));
      insert.setArray(3, array(connection, "text", deliveries, d -> d.row().event().source()));
      insert.setArray(
          4,
          array(connection, "text", deliveries, d -> d.row().event().orderingKey().orElse(null)));
      insert.executeUpdate();
    }
  }

  @Override
  public void adjust(Connection connection, Map<String, SourceCounts> changes) throws SQLException {
    if (changes.isEmpty()) {
      return;
    }
    try (PreparedStatement add = connection.prepareStatement(TALLY)) {
      for (Map.Entry<String, SourceCounts> entry : changes.entrySet()) {
        add.setString(1, entry.getKey());
        add.setShort(2, shard);
        add.setLong(3, entry.getValue().stored());
        add.setLong(4, entry.getValue().ignored());
        add.addBatch();
      }
      add.executeBatch();
    }
  }

  @Override
  public void announce(Connection connection, Set<String> routes) throws SQLException {
    if (routes.isEmpty()) {
      return;
    }
    try (PreparedStatement notify = connection.prepareStatement(NOTIFY)) {
      notify.setArray(1, array(connection, "text", List.copyOf(routes), route -> route));
      notify.execute();
    }
  }

  private static Map<EventKey, UUID> firstIds(
      Connection connection, List<Row> rows, Set<UUID> stored) throws SQLException {
    List<Row> seen = rows.stream().filter(row -> !stored.contains(row.id())).toList();
    Map<EventKey, UUID> first = new HashMap<>();
    try (PreparedStatement select = connection.prepareStatement(FIRST_IDS)) {
      select.setArray(1, array(connection, "text", seen, row -> row.event().source()));
      select.setArray(2, array(connection, "text", seen, row -> row.event().providerEventId()));
      try (ResultSet result = select.executeQuery()) {
        while (result.next()) {
          first.put(
              new EventKey(result.getString(1), result.getString(2)),
              result.getObject(3, UUID.class));
        }
      }
    }
    return first;
  }

  @Override
  public List<Delivery> claim(Connection connection, ClaimQuery claimQuery) throws SQLException {
    return take(connection, claimQuery, claimQuery.takeOver() ? WAITING_OR_UNBEGUN : WAITING);
  }

  @Override
  public Optional<Delivery> takeOver(Connection connection, ClaimQuery claimQuery)
      throws SQLException {
    return take(connection, claimQuery, BEGUN_AND_LAPSED).stream().findFirst();
  }

  private static List<Delivery> take(Connection connection, ClaimQuery claimQuery, String which)
      throws SQLException {
    if (claimQuery.ordered()) {
      awaitTurn(connection, claimQuery.route());
    }
    UUID token = UUID.randomUUID();
    try (PreparedStatement take =
        connection.prepareStatement(
            CLAIM.formatted(which + (claimQuery.ordered() ? "\n" + HEAD_OF_LANE : "")))) {
      take.setString(1, claimQuery.route());
      take.setInt(2, claimQuery.limit());
      take.setInt(3, claimQuery.starting());
      take.setObject(4, token);
      take.setLong(5, claimQuery.lease().toMillis());
      take.setString(6, claimQuery.route());
      take.setLong(7, claimQuery.bytes());
      take.setBoolean(8, claimQuery.oneAlways());
      take.setInt(9, WaitingEntry.END_OF_LOG);
      List<Delivery> claimed = new ArrayList<>();
      try (ResultSet row = take.executeQuery()) {
        while (row.next()) {
          claimed.add(
              new Delivery(
                  row.getObject(1, UUID.class),
                  token,
                  row.getInt(2),
                  row.getBoolean(3),
                  Delivery.by(row.getString(4)),
                  row.getString(5),
                  row.getString(6),
                  row.getString(7),
                  Optional.ofNullable(row.getString(8)),
                  row.getObject(9, OffsetDateTime.class).toInstant(),
                  row.getString(10),
                  row.getBytes(11),
                  WaitingEntry.at(row.getString(12))));
        }
      }
      claimed.sort(Comparator.comparing(Delivery::eventId));
      return claimed;
    }
  }

  @Override
  public boolean isAnyAbandoned(Connection connection, String route) throws SQLException {
    try (PreparedStatement look = connection.prepareStatement(ANY_ABANDONED)) {
      look.setString(1, route);
      try (ResultSet row = look.executeQuery()) {
        return row.next() && row.getBoolean(1);
      }
    }
  }

  @Override
  public void begun(Connection connection, String route, List<Delivery> begun) throws SQLException {
    try (PreparedStatement note = connection.prepareStatement(BEGUN)) {
      note.setArray(1, array(connection, "uuid", begun, Delivery::eventId));
      note.setString(2, route);
      note.setArray(3, array(connection, "uuid", begun, Delivery::token));
      note.executeUpdate();
    }
  }

  private static void awaitTurn(Connection connection, String route) throws SQLException {
    try (PreparedStatement lock = connection.prepareStatement(AWAIT_TURN)) {
      lock.setString(1, "inbox-lane:" + route);
      lock.execute();
    }
  }

  @Override
  public List<Outcome> finish(Connection connection, List<Outcome> outcomes) throws SQLException {
    List<Outcome> sorted =
        outcomes.stream().sorted(Comparator.comparing(Outcome::eventId)).toList();
    try (PreparedStatement finish = connection.prepareStatement(FINISH)) {
      finish.setArray(1, array(connection, "uuid", sorted, Outcome::eventId));
      finish.setArray(2, array(connection, "text", sorted, Outcome::route));
      finish.setArray(3, array(connection, "uuid", sorted, Outcome::token));
      finish.setArray(4, array(connection, "text", sorted, o -> o.state().text()));
      finish.setArray(
          5,
          array(connection, "bigint", sorted, o -> o.delay().map(Duration::toMillis).orElse(null)));
      finish.setArray(6, array(connection, "int", sorted, Outcome::refund));
      finish.setArray(7, array(connection, "text", sorted, o -> o.error().orElse(null)));
      finish.setArray(8, array(connection, "boolean", sorted, Outcome::passing));
      finish.setArray(9, array(connection, "text", sorted, Outcome::logLine));
      finish.setArray(10, array(connection, "text", sorted, Outcome::folded));
      record Key(UUID event, String route) {}
      Set<Key> written = new HashSet<>();
      try (ResultSet row = finish.executeQuery()) {
        while (row.next()) {
          written.add(new Key(row.getObject(1, UUID.class), row.getString(2)));
        }
      }
      return sorted.stream()
          .filter(o -> written.contains(new Key(o.eventId(), o.route())))
          .toList();
    }
  }

  @Override
  public Set<UUID> renew(Connection connection, String route, List<Delivery> held, Duration lease)
      throws SQLException {
    try (PreparedStatement renew = connection.prepareStatement(RENEW)) {
      renew.setLong(1, lease.toMillis());
      renew.setArray(2, array(connection, "uuid", held, Delivery::eventId));
      renew.setString(3, route);
      renew.setArray(4, array(connection, "uuid", held, Delivery::token));
      return ids(renew);
    }
  }

  private static Set<UUID> ids(PreparedStatement statement) throws SQLException {
    Set<UUID> ids = new HashSet<>();
    try (ResultSet row = statement.executeQuery()) {
      while (row.next()) {
        ids.add(row.getObject(1, UUID.class));
      }
    }
    return ids;
  }

  @Override
  public long millisUntilDue(Connection connection, String route, boolean later)
      throws SQLException {
    try (PreparedStatement select = connection.prepareStatement(UNTIL_DUE)) {
      select.setString(1, route);
      select.setBoolean(2, later);
      try (ResultSet row = select.executeQuery()) {
        row.next();
        long millis = row.getLong(1);
        return row.wasNull() ? Long.MAX_VALUE : millis;
      }
    }
  }

  @Override
  public int releaseAll(Connection connection) {
    // Other nodes may hold them; the leases run out by themselves.
    return 0;
  }

  private static <T> Array array(
      Connection connection, String type, List<T> items, Function<T, Object> value)
      throws SQLException {
    return connection.createArrayOf(type, items.stream().map(value).toArray());
  }
}
