package hub.inbox.db;

import static org.assertj.core.api.Assertions.assertThat;

import hub.config.Settings;
import hub.db.Database;
import hub.db.Jdbc;
import hub.inbox.engine.LeasedBytes;
import hub.testing.Store;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * How many pages a claim reads on PostgreSQL beside a hostile backlog, of which the planner knows
 * nothing. Slow: 100,000 events are stored.
 */
@Tag("postgres")
@Tag("slow")
@Tag("waits")
class LanePlanTest {
  private static final String ROUTE = "in-order";
  private static final int WAITING = 100_000;
  private static final int OTHERS = 1_000;
  private static final int LANES = 16;
  private static final int PAGES_A_LANE = 45;
  private static final int ROUNDS = 10;
  private static final int EACH_ROUND = 2_000;

  /** More than a claim that looks at all may take. */
  private static final long LONG_NANOS = TimeUnit.MILLISECONDS.toNanos(6);

  /** One look at an index, whose emptied pages are still there. */
  private static final int IDLE_PAGES = 10;

  private static final String EVENTS =
      """
      INSERT INTO inbox_event (id, source, provider_event_id, type, ordering_key, received_at, headers, payload, sequence)
      SELECT gen_random_uuid(), 'shop', ? || n, 'order', ? || n %% ?, now(), '{}', '', n + ?
      FROM generate_series(1, ?) AS n
      """
          .replace("%%", "%");

  private static final String DELIVERIES =
      """
      INSERT INTO inbox_delivery (event_id, route, source, ordering_key, sequence, status, attempts, due_at)
      SELECT id, 'in-order', source, ordering_key, sequence, 'received', 0, now() FROM inbox_event
      """;

  private static final String ONE_AFTER_ANOTHER =
      """
      UPDATE inbox_delivery SET due_at = now() - interval '1 hour' + sequence * interval '1 millisecond'
      WHERE sequence > ?
      """;

  private static final String BLOCK =
      """
      UPDATE inbox_delivery SET status = 'retrying', due_at = now() + interval '1 day'
      WHERE ordering_key LIKE 'waits%' AND sequence <= 5000
      """;

  private static final String PAGES =
      """
      SELECT sum(heap_blks_read + heap_blks_hit + idx_blks_read + idx_blks_hit)
      FROM pg_statio_user_tables WHERE relname IN ('inbox_lane', 'inbox_delivery', 'inbox_event')
      """;

  @TempDir Path folder;

  private final Map<String, String> settings = new HashMap<>();

  @BeforeEach
  void migrate() {
    settings.putAll(Store.POSTGRESQL.migrated(folder));
    settings.put("hub.data-dir", folder.toString());
  }

  private Optional<String> setting(String key) {
    return Optional.ofNullable(settings.get(key));
  }

  @Test
  void a_claim_reads_few_pages_however_much_waits() throws Exception {
    PostgresInbox inbox = new PostgresInbox((short) 0, ROUTE::equals);
    try (Database database = Database.open(new Settings(this::setting));
        Connection connection = database.dataSource().getConnection()) {
      leaveAlone(connection);
      Jdbc.update(connection, "ANALYZE");
      // So often that the server would keep a plan for tables that are empty.
      ClaimQuery query = query(LANES);
      for (int i = 0; i < 20; i++) {
        assertThat(inbox.claim(connection, query)).isEmpty();
      }
      Jdbc.update(connection, EVENTS, "w", "waits", 5_000, 0, WAITING);
      Jdbc.update(connection, EVENTS, "e", "key", 200, WAITING, OTHERS);
      Jdbc.update(connection, DELIVERIES);
      Jdbc.update(connection, BLOCK);
      assertThat(inbox.arrangeLanes(connection, ROUTE, true)).isEqualTo(5_200);

      int done = 0;
      while (done < OTHERS) {
        long before = pages(connection);
        List<Delivery> claimed = inbox.claim(connection, query);
        long read = pages(connection) - before;
        assertThat(claimed).isNotEmpty();
        // Half of them are those that the claim writes: a delivery's row and its indexes.
        assertThat(read).as("pages of the claim").isLessThanOrEqualTo(PAGES_A_LANE * LANES);

        before = pages(connection);
        List<Outcome> outcomes = claimed.stream().map(LanePlanTest::done).toList();
        assertThat(inbox.finish(connection, outcomes)).hasSameSizeAs(claimed);
        read = pages(connection) - before;
        assertThat(read).as("pages of the end").isLessThanOrEqualTo(PAGES_A_LANE * LANES);
        done += claimed.size();
      }
      // As the server does by itself, here without new statistics.
      Jdbc.update(connection, "VACUUM inbox_lane");
      inbox.claim(connection, query);
      long before = pages(connection);
      assertThat(inbox.claim(connection, query)).isEmpty();
      assertThat(pages(connection) - before)
          .as("pages where nothing is due")
          .isLessThanOrEqualTo(IDLE_PAGES);
    }
  }

  /** Its snapshot sees what has ended since: no row of it, and no place in an index, may go. */
  @ParameterizedTest(name = "{0} lanes a round")
  // Where lanes have several events, claims also read what ended while a promotion was young.
  @CsvSource({EACH_ROUND + ", " + PAGES_A_LANE, "500, 55"})
  void a_claim_reads_few_pages_also_while_a_foreign_transaction_stays_open(int lanes, int pages)
      throws Exception {
    AtomicLong nanos = new AtomicLong();
    AtomicLong step = new AtomicLong();
    // No margin: how many events end within it depends on the machine.
    DueFloor floor = new DueFloor(() -> nanos.getAndAdd(step.get()), Duration.ZERO);
    PostgresInbox inbox = new PostgresInbox((short) 0, ROUTE::equals, floor);
    ClaimQuery query = query(LANES);
    try (Database database = Database.open(new Settings(this::setting));
        Connection connection = database.dataSource().getConnection();
        // Not one of the hub's, which the server ends when it stays open.
        Connection foreign =
            DriverManager.getConnection(
                setting("hub.database.url").orElseThrow(), "postgres", "postgres")) {
      leaveAlone(connection);
      foreign.setAutoCommit(false);
      foreign.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
      Jdbc.list(foreign, "SELECT 1", row -> true);
      long most = 0;
      for (int round = 0; round < ROUNDS; round++) {
        int first = round * EACH_ROUND;
        Jdbc.update(
            connection, EVENTS, "e" + round + "-", "key" + round + "-", lanes, first, EACH_ROUND);
        Jdbc.update(connection, DELIVERIES + " WHERE sequence > " + first);
        Jdbc.update(connection, ONE_AFTER_ANOTHER, first);
        assertThat(inbox.arrangeLanes(connection, ROUTE, true)).isEqualTo(lanes);
        // A look at all that takes too long, and no time passes after it.
        step.set(LONG_NANOS);
        List<Delivery> looked = inbox.claim(connection, query);
        step.set(0);
        inbox.finish(connection, looked.stream().map(LanePlanTest::done).toList());
        most = Math.max(most, mostPages(inbox, connection, query, EACH_ROUND - looked.size()));
      }
      assertThat(most).as("pages of a claim").isLessThanOrEqualTo(pages * LANES);
      foreign.rollback();
    }
  }

  /** Works {@code due} events off; returns how many pages a claim of them read at most. */
  private static long mostPages(
      PostgresInbox inbox, Connection connection, ClaimQuery query, int due) throws SQLException {
    long most = 0;
    for (int done = 0; done < due; ) {
      long before = pages(connection);
      List<Delivery> claimed = inbox.claim(connection, query);
      most = Math.max(most, pages(connection) - before);
      assertThat(claimed).isNotEmpty();
      inbox.finish(connection, claimed.stream().map(LanePlanTest::done).toList());
      done += claimed.size();
    }
    return most;
  }

  /** A lane that became visible only when the floor had passed its due time. */
  @Test
  void what_lies_below_the_floor_is_claimed_when_all_is_looked_at() throws Exception {
    AtomicLong nanos = new AtomicLong();
    AtomicLong step = new AtomicLong(LONG_NANOS);
    DueFloor floor = new DueFloor(() -> nanos.getAndAdd(step.get()), DueFloor.MARGIN);
    PostgresInbox inbox = new PostgresInbox((short) 0, ROUTE::equals, floor);
    try (Database database = Database.open(new Settings(this::setting));
        Connection connection = database.dataSource().getConnection()) {
      Jdbc.update(connection, EVENTS, "e", "key", 1, 0, 1);
      Jdbc.update(connection, DELIVERIES);
      assertThat(inbox.arrangeLanes(connection, ROUTE, true)).isEqualTo(1);
      Jdbc.update(connection, "UPDATE inbox_lane SET due_at = now() + interval '1 hour'");
      assertThat(inbox.claim(connection, query(LANES))).isEmpty();
      step.set(0);
      Jdbc.update(connection, "UPDATE inbox_lane SET due_at = now() - interval '1 minute'");

      assertThat(inbox.claim(connection, query(LANES))).isEmpty();
      assertThat(inbox.millisUntilDue(connection, ROUTE, true, false))
          .as("until all are looked at")
          .isBetween(1L, 50 * TimeUnit.NANOSECONDS.toMillis(LONG_NANOS));

      nanos.addAndGet(Duration.ofSeconds(10).toNanos());
      assertThat(inbox.millisUntilDue(connection, ROUTE, true, false)).isEqualTo(100);
      assertThat(inbox.claim(connection, query(LANES))).hasSize(1);
    }
  }

  /** No statistics, no vacuum: what the server itself reads for them would be counted, too. */
  private static void leaveAlone(Connection connection) throws SQLException {
    for (String table : List.of("inbox_event", "inbox_delivery", "inbox_lane")) {
      Jdbc.update(connection, "ALTER TABLE " + table + " SET (autovacuum_enabled = false)");
    }
  }

  /** As when a key has many events, and those of others are newer. */
  @Test
  void what_a_node_promotes_is_claimed_at_once_though_it_lies_below_the_floor() throws Exception {
    AtomicLong nanos = new AtomicLong();
    DueFloor floor = new DueFloor(() -> nanos.getAndAdd(LONG_NANOS), DueFloor.MARGIN);
    PostgresInbox inbox = new PostgresInbox((short) 0, ROUTE::equals, floor);
    try (Database database = Database.open(new Settings(this::setting));
        Connection connection = database.dataSource().getConnection()) {
      Jdbc.update(connection, EVENTS, "a", "busy", 1, 0, 3);
      Jdbc.update(connection, EVENTS, "b", "other", 2, 3, 2);
      Jdbc.update(connection, DELIVERIES);
      Jdbc.update(
          connection,
          "UPDATE inbox_delivery SET due_at = now() - interval '1 minute' WHERE ordering_key LIKE 'busy%'");
      assertThat(inbox.arrangeLanes(connection, ROUTE, true)).isEqualTo(3);

      List<Delivery> first = inbox.claim(connection, query(1));
      // What is oldest now is a minute newer than the next of the lane.
      assertThat(inbox.claim(connection, query(1))).hasSize(1);
      for (String next : List.of("a2", "a3")) {
        inbox.finish(connection, first.stream().map(LanePlanTest::done).toList());
        first = inbox.claim(connection, query(1));
        assertThat(first).extracting(Delivery::providerEventId).containsExactly(next);
      }
    }
  }

  private static ClaimQuery query(int limit) {
    return new ClaimQuery(
        ROUTE, true, 1, limit, LeasedBytes.CLAIM, true, 10, true, Duration.ofMinutes(1));
  }

  private static Outcome done(Delivery one) {
    return Outcome.done(one, ROUTE, Instant.now(), 1, Optional.empty());
  }

  /** All that the connection has read so far. */
  private static long pages(Connection connection) throws SQLException {
    Jdbc.list(connection, "SELECT pg_stat_force_next_flush()", row -> true);
    return Jdbc.first(connection, PAGES, row -> row.getLong(1)).orElseThrow();
  }
}
