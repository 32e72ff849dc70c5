package hub.inbox.db;

import static org.assertj.core.api.Assertions.assertThat;

import hub.config.Settings;
import hub.db.Database;
import hub.db.Jdbc;
import hub.inbox.engine.LeasedBytes;
import hub.testing.Store;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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

  @Test
  void a_claim_reads_few_pages_however_much_waits() throws Exception {
    Map<String, String> settings = new HashMap<>(Store.POSTGRESQL.migrated(folder));
    settings.put("hub.data-dir", folder.toString());
    PostgresInbox inbox = new PostgresInbox((short) 0, ROUTE::equals);
    try (Database database =
            Database.open(new Settings(key -> Optional.ofNullable(settings.get(key))));
        Connection connection = database.dataSource().getConnection()) {
      Jdbc.update(connection, "ALTER TABLE inbox_delivery SET (autovacuum_enabled = false)");
      Jdbc.update(connection, "ALTER TABLE inbox_lane SET (autovacuum_enabled = false)");
      // Its reading would be counted, too.
      Jdbc.update(connection, "ALTER TABLE inbox_event SET (autovacuum_enabled = false)");
      Jdbc.update(connection, "ANALYZE");
      // So often that the server would keep a plan for tables that are empty.
      ClaimQuery query =
          new ClaimQuery(
              ROUTE, true, 1, LANES, LeasedBytes.CLAIM, true, 10, true, Duration.ofMinutes(1));
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

  private static Outcome done(Delivery one) {
    return Outcome.done(one, ROUTE, Instant.now(), 1, Optional.empty());
  }

  /** All that the connection has read so far. */
  private static long pages(Connection connection) throws SQLException {
    Jdbc.list(connection, "SELECT pg_stat_force_next_flush()", row -> true);
    return Jdbc.first(connection, PAGES, row -> row.getLong(1)).orElseThrow();
  }
}
