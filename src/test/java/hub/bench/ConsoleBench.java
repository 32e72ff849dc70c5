package hub.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import hub.testing.Store;
import hub.testing.TestHub;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Measures how long the console's lists take among many small events in PostgreSQL; run by {@code
 * mvn -Pbench verify -Dit.test=ConsoleBench}. Fails when the middle of nine answers takes longer
 * than it may: 100 ms for a list, 200 ms for what the overview asks for.
 *
 * <p>System properties: {@code bench.console.events} (10000000), {@code bench.console.report}: the
 * page to write, {@code bench.console.url}: JDBC address of a database that an earlier run has
 * filled.
 */
class ConsoleBench {
  private static final int EVENTS = Integer.getInteger("bench.console.events", 10_000_000);
  private static final String FILLED = System.getProperty("bench.console.url", "");
  private static final int BATCH = 500_000;
  private static final int ROUNDS = 9;
  private static final long LIST_MILLIS = 100;
  private static final long OVERVIEW_MILLIS = 200;

  /**
   * Of each million a thousand in a row are dead, as after an outage, and one in a thousand
   * retries; a tenth has no handler.
   */
  private static final String EVENT =
      """
      INSERT INTO inbox_event (id, source, provider_event_id, type, received_at, headers, payload)
      SELECT CAST(lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '7'
               || lpad(to_hex(n % 4096), 3, '0') || '8' || lpad(to_hex(n), 15, '0') AS uuid),
             'source' || n % 5, 'evt_' || n, 'type' || n % 7 || '.' || CASE WHEN n % 100000 = 7 THEN 'rare' ELSE 'usual' END,
             at, '{"content-type":"application/json"}', convert_to('{"id":"evt_' || n || '"}', 'UTF8')
      FROM (SELECT n, now() - (? - n) * interval '200 milliseconds' AS at FROM generate_series(?::bigint, ?::bigint) AS s (n)) t
      """;

  private static final String DELIVERY =
      """
      INSERT INTO inbox_delivery (event_id, route, source, status, attempts, due_at, finished_at, last_error, attempt_log)
      SELECT id, 'handler-' || source, source, status, 1,
             CASE WHEN status = 'retrying' THEN now() + interval '1 day' END,
             CASE WHEN status <> 'retrying' THEN received_at END,
             CASE WHEN status <> 'done' THEN 'send: IllegalStateException: order ' || provider_event_id || ' of shelf ' || n % 20 || 'a: HTTP 503' END,
             ''
      FROM (SELECT e.*, CASE WHEN n / 1000 % 1000 = 1 THEN 'dead' WHEN n % 1000 = 2 THEN 'retrying' ELSE 'done' END AS status
            FROM (SELECT f.*, CAST(substr(provider_event_id, 5) AS bigint) AS n FROM inbox_event f) e) x
      WHERE n % 10 <> 9
      """;

  private static final String TALLY =
      """
      INSERT INTO inbox_tally
      SELECT e.source, 0, count(*), count(*) FILTER (WHERE CAST(substr(provider_event_id, 5) AS bigint) % 10 = 9)
      FROM inbox_event e GROUP BY e.source
      """;

  private record Measured(String what, long millis, long most) {}

  private final List<Measured> all = new ArrayList<>();

  @BeforeAll
  static void giveTheServerMemory() {
    System.setProperty(Store.SHARED_BUFFERS, "1GB");
  }

  @Test
  void lists_answer_among_many_events() throws Exception {
    TestHub.Builder builder = TestHub.on(Store.POSTGRESQL).with("hub.inbox.retention-days", "3650");
    if (!FILLED.isEmpty()) {
      builder.with("hub.database.url", FILLED);
    }
    try (TestHub hub = builder.start()) {
      if (FILLED.isEmpty()) {
        fill(hub);
      }
      measureLists(hub);
      measureOverview(hub);
    }
    String report = report();
    System.out.println(report);
    Path page =
        Path.of(
            System.getProperty(
                "bench.console.report", "src/docs/reference/performance-console.md"));
    Files.createDirectories(page.toAbsolutePath().getParent());
    Files.writeString(page, report);
    assertThat(all)
        .allSatisfy(one -> assertThat(one.millis()).as(one.what()).isLessThan(one.most()));
  }

  private static void fill(TestHub hub) throws SQLException {
    try (Connection connection = hub.database().dataSource().getConnection()) {
      // The pool's connections wait 30 s for an answer, and this takes longer.
      connection.setNetworkTimeout(Runnable::run, 0);
      try (PreparedStatement events = connection.prepareStatement(EVENT)) {
        for (int from = 1; from <= EVENTS; from += BATCH) {
          events.setInt(1, EVENTS);
          events.setInt(2, from);
          events.setInt(3, Math.min(from + BATCH - 1, EVENTS));
          events.executeUpdate();
        }
      }
      try (Statement statement = connection.createStatement()) {
        statement.executeUpdate(DELIVERY);
        statement.executeUpdate(TALLY);
        statement.execute("VACUUM (ANALYZE)");
      }
    }
  }

  private void measureLists(TestHub hub) {
    JsonNode first = hub.json("/api/admin/events?limit=200");
    String cursor = first.get("nextCursor").asText();
    String id = first.get("events").get(150).get("id").asText();
    Map<String, String> lists = new LinkedHashMap<>();
    lists.put("newest", "");
    lists.put("a source", "source=source3");
    lists.put("a page by its cursor", "cursor=" + cursor);
    lists.put("a type", "type=type3.usual");
    lists.put("a rare type", "type=type0.rare");
    lists.put("types by a pattern", "type=*.rare");
    lists.put("a type of a source", "source=source1&type=type*");
    lists.put("dead", "status=dead");
    lists.put("dead of a source", "status=dead&source=source1");
    lists.put("retrying", "status=retrying");
    lists.put("received, of which there are none", "status=received");
    lists.put("done", "status=done");
    lists.put("ignored", "status=ignored");
    lists.put("an hour of last week", "since=%s&until=%s".formatted(ago(7), ago(6)));
    lists.put("text: an id", "q=" + id);
    lists.put("text: a provider's id", "q=evt_4711");
    lists.put("text: part of a type", "q=rare");
    lists.put("text: part of an error", "q=order%20evt_1");
    lists.put("text that is nowhere", "q=there-is-no-such-text");
    lists.put("text among the dead", "q=evt_1&status=dead");
    lists.put("text in a week", "q=order&since=" + ago(7));
    lists.forEach(
        (what, query) -> measure(hub, what, LIST_MILLIS, "/api/admin/events?limit=50&" + query));
    measure(hub, "dead letters", LIST_MILLIS, "/api/admin/dead-letters");
    measure(hub, "dead letters of a source", LIST_MILLIS, "/api/admin/dead-letters?source=source1");
  }

  private static String ago(int days) {
    return LocalDate.now(ZoneOffset.UTC).minusDays(days).toString();
  }

  private void measureOverview(TestHub hub) {
    measure(
        hub,
        "overview",
        OVERVIEW_MILLIS,
        "/api/admin/stats",
        "/api/admin/integrations",
        "/api/admin/alerts",
        "/api/admin/figures?range=hour");
  }

  private void measure(TestHub hub, String what, long most, String... paths) {
    List<Long> millis = new ArrayList<>();
    for (int i = 0; i < ROUNDS; i++) {
      long begun = System.nanoTime();
      for (String path : paths) {
        hub.json(path);
      }
      millis.add((System.nanoTime() - begun) / 1_000_000);
    }
    millis.sort(null);
    Measured measured = new Measured(what, millis.get(ROUNDS / 2), most);
    System.out.println(measured + " of " + millis);
    all.add(measured);
  }

  private String report() throws Exception {
    StringBuilder page =
        new StringBuilder(
            """
            # Performance of the console

            Written by `mvn -Pbench verify -Dit.test=ConsoleBench`.

            Measured on %s on %s: PostgreSQL with %,d events of five sources and fourteen types, of each million a thousand in a \
            row dead, one in a thousand retrying, a tenth ignored; 1 GB of shared buffers. Milliseconds of the middle of %d answers of 50 events, over HTTP.

            | asked for | ms | may take |
            |---|---:|---:|
            """
                .formatted(Machine.described(), LocalDate.now(ZoneOffset.UTC), EVENTS, ROUNDS));
    all.forEach(
        one ->
            page.append(
                String.format(
                    Locale.ROOT, "| %s | %d | %d |%n", one.what(), one.millis(), one.most())));
    return page.toString();
  }
}
