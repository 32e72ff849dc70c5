package hub.inbox.db;

import static java.util.stream.Collectors.toSet;

import hub.db.Jdbc;
import hub.db.RoundTrip;
import hub.inbox.db.PostgresLanes.Promoted;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Predicate;

/** The inbox on PostgreSQL: one statement for a whole batch, its rows passed as arrays. */
public final class PostgresInbox implements InboxStore {
  /**
   * An SQL expression: the channel of this session's schema, so that hubs in two schemas of one
   * database do not wake each other. The channel of public is that of earlier versions.
   */
  public static final String CHANNEL =
      "'hub_inbox' || CASE current_schema() WHEN 'public' THEN '' ELSE '_' || current_schema() END";

  private static final String ADD_COUNTS =
      """
      INSERT INTO inbox_tally (source, shard, stored, ignored) VALUES (?, ?, ?, ?)
      ON CONFLICT (source, shard) DO UPDATE
      SET stored = inbox_tally.stored + excluded.stored, ignored = inbox_tally.ignored + excluded.ignored
      """;

  private static final String MARK_STARTED =
      """
      UPDATE inbox_delivery SET begun = TRUE
      WHERE event_id = ANY (?::uuid[]) AND route = ? AND lease_token = ANY (?::uuid[])
      """;

  /**
   * A new entry of a waiting event replaces the one before; the log keeps its newest 50,000
   * characters. The lease token is the fence: a handler that lost its lease changes nothing, and
   * with the token still in place nobody else has written to the log since the claim.
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

  /** Whoever holds the lease of a lane owns what waits in it, too. */
  private static final String RENEW =
      """
      UPDATE inbox_delivery d SET due_at = clock_timestamp() + ? * interval '1 millisecond'
      FROM unnest(?::uuid[], ?::uuid[], ?::boolean[]) AS k (event_id, token, in_lane)
      WHERE d.event_id = k.event_id AND d.route = ? AND d.lease_token = k.token
        AND (NOT k.in_lane OR EXISTS (
          SELECT 1 FROM inbox_lane l WHERE l.route = d.route AND l.ordering_key = d.ordering_key AND l.lease_token = k.token))
      RETURNING d.event_id
      """;

  private static final String UNTIL_DUE =
      "SELECT (extract(epoch FROM min(due_at) - clock_timestamp()) * 1000)::bigint FROM inbox_delivery WHERE route = ? AND ordering_key IS NULL AND due_at >= CASE WHEN ? THEN statement_timestamp() ELSE ? END";

  private static final String NOTIFY =
      "SELECT pg_notify(" + CHANNEL + ", r) FROM unnest(?::text[]) AS r";

  /** Rows of each source's counts. */
  public static final int SHARDS = 16;

  private final short shard;
  private final Predicate<String> ordered;
  private final PostgresAppend append;
  private final DueFloor floor;
  private final PostgresClaims claims;

  /**
   * @param shard the row of each source's counts that this node adds to, 0 to 15
   * @param ordered whether a handler route, given its id, asks for order
   */
  public PostgresInbox(short shard, Predicate<String> ordered) {
    this(shard, ordered, new DueFloor(System::nanoTime, DueFloor.MARGIN));
  }

  PostgresInbox(short shard, Predicate<String> ordered, DueFloor floor) {
    this.floor = floor;
    this.claims = new PostgresClaims(floor);
    this.shard = shard;
    this.ordered = ordered;
    this.append = new PostgresAppend(shard, ordered);
  }

  @Override
  public InboxStore joining() {
    return new PostgresInbox((short) ((shard + 1) % SHARDS), ordered, floor);
  }

  @Override
  public void lockLanes(Connection connection, Collection<Lane> lanes) throws SQLException {
    PostgresLanes.lock(connection, lanes);
  }

  @Override
  public Set<ReplayKey> spend(Connection connection, Map<ReplayKey, String> keys)
      throws SQLException {
    return ReplayKeyTable.spendAll(connection, keys);
  }

  @Override
  public List<Receipt> append(Connection connection, List<RoutedEvent> events) throws SQLException {
    return append.receipts(connection, events, append.insert(connection, events));
  }

  @Override
  public void adjust(Connection connection, Map<String, SourceCounts> changes) throws SQLException {
    if (changes.isEmpty()) {
      return;
    }
    try (PreparedStatement add = connection.prepareStatement(ADD_COUNTS)) {
      for (Map.Entry<String, SourceCounts> entry : changes.entrySet()) {
        SourceCounts counts = entry.getValue();
        Jdbc.bind(add, entry.getKey(), shard, counts.stored(), counts.ignored());
        add.addBatch();
      }
      add.executeBatch();
    }
  }

  @Override
  public void announce(Connection connection, Set<String> routes) throws SQLException {
    if (!routes.isEmpty()) {
      Jdbc.list(
          connection, NOTIFY, row -> true, texts(connection, List.copyOf(routes), route -> route));
    }
  }

  @Override
  public List<Delivery> claim(Connection connection, ClaimQuery query) throws SQLException {
    return claims.claim(connection, query);
  }

  @Override
  public Optional<Delivery> takeOver(Connection connection, ClaimQuery query) throws SQLException {
    return PostgresClaims.takeOver(connection, query);
  }

  @Override
  public boolean isAnyAbandoned(Connection connection, String route) throws SQLException {
    return PostgresClaims.isAnyAbandoned(connection, route);
  }

  @Override
  public void markStarted(Connection connection, String route, List<Delivery> started)
      throws SQLException {
    Jdbc.update(
        connection,
        MARK_STARTED,
        PostgresLanes.array(connection, "uuid", started, Delivery::eventId),
        route,
        PostgresLanes.array(connection, "uuid", started, Delivery::token));
  }

  /**
   * In one round trip, because lanes are locked until the commit. Still statements of their own:
   * what promotes has to see what was added to a lane before it was locked.
   */
  @Override
  public List<Outcome> finish(Connection connection, List<Outcome> outcomes) throws SQLException {
    record Key(UUID event, String route) {}
    List<Outcome> sorted =
        outcomes.stream().sorted(Comparator.comparing(Outcome::eventId)).toList();
    List<LeasedLane> lanes = LeasedLane.of(sorted);
    Set<String> released =
        sorted.stream().filter(Outcome::isReleased).map(Outcome::route).collect(toSet());
    RoundTrip trip = new RoundTrip();
    if (!lanes.isEmpty()) {
      PostgresLanes.lock(connection, trip, lanes);
    }
    List<Key> written =
        trip.read(
            row -> new Key(Jdbc.id(row), row.getString(2)), FINISH, finished(connection, sorted));
    List<Promoted> promoted =
        lanes.isEmpty() ? List.of() : PostgresLanes.promote(connection, trip, lanes);
    if (!released.isEmpty()) {
      // Another node may take what this one gives back, as when it stops.
      trip.add(NOTIFY, texts(connection, List.copyOf(released), route -> route));
    }
    trip.run(connection);
    lowerFloor(promoted);
    Set<Key> changed = Set.copyOf(written);
    return sorted.stream().filter(o -> changed.contains(new Key(o.eventId(), o.route()))).toList();
  }

  /** The next event of a lane may be older than what the claims look at. */
  private void lowerFloor(List<Promoted> promoted) {
    promoted.forEach(one -> floor.lower(one.route(), one.due()));
  }

  /** The parameters of {@link #FINISH}. */
  private static Object[] finished(Connection connection, List<Outcome> outcomes)
      throws SQLException {
    return new Object[] {
      PostgresLanes.array(connection, "uuid", outcomes, Outcome::eventId),
      texts(connection, outcomes, Outcome::route),
      PostgresLanes.array(connection, "uuid", outcomes, Outcome::token),
      texts(connection, outcomes, one -> one.state().text()),
      PostgresLanes.array(
          connection, "bigint", outcomes, one -> one.delay().map(Duration::toMillis).orElse(null)),
      PostgresLanes.array(connection, "int", outcomes, Outcome::refund),
      texts(connection, outcomes, one -> one.error().orElse(null)),
      PostgresLanes.array(connection, "boolean", outcomes, Outcome::keepsLastError),
      texts(connection, outcomes, Outcome::logLine),
      texts(connection, outcomes, Outcome::replacedLine)
    };
  }

  private static <T> Array texts(Connection connection, List<T> items, Function<T, Object> value)
      throws SQLException {
    return PostgresLanes.array(connection, "text", items, value);
  }

  @Override
  public Set<UUID> renew(Connection connection, String route, List<Delivery> leased, Duration lease)
      throws SQLException {
    List<LeasedLane> lanes = LeasedLane.ofLeased(leased);
    RoundTrip trip = new RoundTrip();
    if (!lanes.isEmpty()) {
      PostgresLanes.lock(connection, trip, lanes);
      PostgresLanes.renew(connection, trip, lanes, lease);
    }
    List<UUID> renewed =
        trip.read(
            Jdbc::id,
            RENEW,
            lease.toMillis(),
            PostgresLanes.array(connection, "uuid", leased, Delivery::eventId),
            PostgresLanes.array(connection, "uuid", leased, Delivery::token),
            PostgresLanes.array(connection, "boolean", leased, one -> one.lane().isPresent()),
            route);
    trip.run(connection);
    return new HashSet<>(renewed);
  }

  @Override
  public long millisUntilDue(Connection connection, String route, boolean ordered, boolean later)
      throws SQLException {
    OffsetDateTime from = floor.from(route);
    long untilDue =
        ordered
            ? PostgresLanes.millisUntilDue(connection, route, later, from)
            : Jdbc.first(
                    connection, UNTIL_DUE, row -> row.getObject(1, Long.class), route, later, from)
                .orElse(Long.MAX_VALUE);
    return Math.min(untilDue, floor.millisUntilAll(route));
  }

  @Override
  public void openLanes(Connection connection, Map<Lane, Long> heads) throws SQLException {
    PostgresLanes.open(connection, heads);
  }

  @Override
  public void settleLanes(Connection connection, Set<Lane> lanes) throws SQLException {
    lowerFloor(PostgresLanes.promote(connection, LeasedLane.free(lanes)));
  }

  @Override
  public int arrangeLanes(Connection connection, String route, boolean ordered)
      throws SQLException {
    floor.lookAtAll(route);
    return PostgresLanes.arrange(connection, route, ordered);
  }

  @Override
  public int releaseAll(Connection connection) {
    // Other nodes may hold the leases; they expire by themselves.
    return 0;
  }
}
