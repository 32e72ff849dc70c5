package hub.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Measures how fast an ordered handler with one SQL statement works off backlogs of one key and of
 * many, also behind keys that wait for a retry, and checks that each event ran once and in order;
 * run by {@code mvn -Pbench verify}.
 *
 * <p>System properties: {@code bench.only}: names of stores as a regular expression.
 */
class LanesBench extends HandlingBenchmark {
  private static final String NOTE = "note-in-order";
  private static final String WAIT = "wait-a-little";
  private static final int WAITING_KEYS = 5_000;

  /** Of a backlog the hub's JVM needs this part to compile what runs. */
  private static final int COLD_PART = 5;

  private static final Map<BenchStore, String> NEW_ID =
      Map.of(BenchStore.H2, "RANDOM_UUID(7)", BenchStore.POSTGRESQL, "uuidv7()");
  private static final Map<BenchStore, String> SERIES =
      Map.of(
          BenchStore.H2, "SYSTEM_RANGE(?, ?) s (n)",
          BenchStore.POSTGRESQL, "generate_series(?, ?) AS s (n)");

  private static final String EVENTS =
      """
      INSERT INTO inbox_event (id, source, provider_event_id, type, ordering_key, received_at, headers, payload, sequence)
      SELECT %s, 'lanes', ? || n, 'order', ? || MOD(n, ?), CURRENT_TIMESTAMP, '{}', CAST('{}' AS %s), n
      FROM %s
      """;

  private static final String DELIVERIES =
      """
      INSERT INTO inbox_delivery (event_id, route, source, ordering_key, sequence, status, attempts, due_at)
      SELECT e.id, ?, e.source, e.ordering_key, e.sequence, 'received', 0, CURRENT_TIMESTAMP
      FROM inbox_event e
      WHERE NOT EXISTS (SELECT 1 FROM inbox_delivery d WHERE d.event_id = e.id)
      """;

  /** The first of each waiting key has one of the first numbers. */
  private static final String BLOCK =
      """
      UPDATE inbox_delivery SET status = 'retrying', attempts = 1, due_at = CURRENT_TIMESTAMP + INTERVAL '1' DAY
      WHERE ordering_key LIKE 'waits%%' AND sequence <= %d
      """
          .formatted(WAITING_KEYS);

  /** An event that ran although one before it in its lane had not. */
  private static final String OUT_OF_ORDER =
      """
      SELECT count(*) FROM (
        SELECT number, LAG(number) OVER (PARTITION BY ordering_key ORDER BY place) AS previous FROM noted) AS n
      WHERE previous > number
      """;

  /**
   * @param keys of the events that are due, in turn
   * @param waiting events behind the first one of their key, which waits for its retry
   * @param until how many events are waited for
   */
  private record Backlog(
      String name,
      String handler,
      int keys,
      int events,
      int waiting,
      int until,
      boolean isTransacted) {}

  @ParameterizedTest
  @EnumSource(BenchStore.class)
  void backlogs_of_ordered_events_are_worked_off(BenchStore store) throws Exception {
    assumeAsked(store);
    Rate many = drain(store, new Backlog("128-keys", NOTE, 128, 100_000, 0, 100_000, true));
    HandlingPage.add(
        store,
        "128 keys, 100,000 due, warm",
        "≥ 2,000/s",
        "%,.0f/s (%,.0f/s with the first seconds)",
        many.warm(),
        many.whole());
    Rate behind =
        drain(store, new Backlog("behind-waiting", NOTE, 128, 100_000, 100_000, 100_000, true));
    HandlingPage.add(
        store,
        "the same beside 100,000 events of 5,000 keys that wait for a retry / alone",
        "> 0.9",
        "%.2f (%,.0f/s)",
        behind.warm() / many.warm(),
        behind.warm());
    for (int events : new int[] {5_000, 100_000}) {
      oneKey(store, events, true, "≥ 500/s", "several events a commit");
      oneKey(store, events, false, "≥ 150/s", "each event a commit");
    }
    double waiting = drain(store, new Backlog("waits", WAIT, 128, 5_000, 0, 5_000, false)).whole();
    HandlingPage.add(
        store,
        "a handler that waits 20 ms, 10 at a time, 5,000 due / 500/s, which is all that can be",
        "",
        "%.2f (%,.0f/s)",
        waiting / 500,
        waiting);
  }

  private static void oneKey(
      BenchStore store, int events, boolean isTransacted, String target, String commits)
      throws Exception {
    String name = "one-key-" + events + "-" + isTransacted;
    int until = Math.min(events, 10_000);
    double rate = drain(store, new Backlog(name, NOTE, 1, events, 0, until, isTransacted)).whole();
    HandlingPage.add(
        store, "one key, %,d due, %s".formatted(events, commits), target, "%,.0f/s", rate);
  }

  /**
   * Events that are done a second.
   *
   * @param whole from the hub's start on
   * @param warm once a {@value #COLD_PART}th of them was done
   */
  private record Rate(double whole, double warm) {}

  /** Works a backlog off. */
  private static Rate drain(BenchStore store, Backlog backlog) throws Exception {
    Path folder = work.resolve(store + "-" + backlog.name());
    Files.createDirectories(folder.resolve("routes").resolve("kamelets"));
    for (String route : List.of(backlog.handler(), "bench-done", "bench-answers")) {
      String file = route + ".camel.yaml";
      try (InputStream in = LanesBench.class.getResourceAsStream(file)) {
        String yaml = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        Files.writeString(
            folder.resolve("routes").resolve(file),
            yaml.replace("transacted: true", "transacted: " + backlog.isTransacted()));
      }
    }
    String database = (store + "_" + backlog.name()).toLowerCase(Locale.ROOT).replace('-', '_');
    Map<String, String> environment = store.fresh(database);
    HubProcess.start(folder, environment).close();
    try (Connection connection = store.connect(environment, folder)) {
      fill(connection, store, backlog);
    }
    Rate rate = rate(folder, environment, backlog.until());
    try (Connection connection = store.connect(environment, folder)) {
      assertThat(number(connection, OUT_OF_ORDER)).as("out of order").isZero();
      assertThat(number(connection, "SELECT count(*) - count(DISTINCT number) FROM noted"))
          .as("events that ran twice")
          .isZero();
    }
    return rate;
  }

  private static Rate rate(Path folder, Map<String, String> environment, int until)
      throws IOException, InterruptedException {
    try (HubProcess hub = HubProcess.start(folder, environment)) {
      long begun = System.nanoTime();
      int cold = until / COLD_PART;
      awaitDone(hub, cold);
      long warm = System.nanoTime();
      awaitDone(hub, until);
      long end = System.nanoTime();
      return new Rate(until * 1e9 / (end - begun), (until - cold) * 1e9 / (end - warm));
    }
  }

  private static void awaitDone(HubProcess hub, int least)
      throws IOException, InterruptedException {
    long begun = System.nanoTime();
    while (hub.get("/api/admin/bench/done?least=" + least) != 200) {
      TimeUnit.MILLISECONDS.sleep(100);
      assertThat(System.nanoTime() - begun).isLessThan(TimeUnit.MINUTES.toNanos(10));
    }
  }

  private static void fill(Connection connection, BenchStore store, Backlog backlog)
      throws SQLException {
    String bytes = store == BenchStore.H2 ? "varbinary" : "bytea";
    String sql = EVENTS.formatted(NEW_ID.get(store), bytes, SERIES.get(store));
    try (Statement statement = connection.createStatement();
        PreparedStatement insert = connection.prepareStatement(sql);
        PreparedStatement deliver = connection.prepareStatement(DELIVERIES)) {
      String serial = store == BenchStore.H2 ? "bigint AUTO_INCREMENT" : "bigserial";
      statement.execute(
          "CREATE TABLE noted (place "
              + serial
              + " PRIMARY KEY, ordering_key varchar(255), number bigint)");
      int waiting = backlog.waiting();
      if (waiting > 0) {
        insert(insert, "w", "waits", WAITING_KEYS, 1, waiting);
      }
      insert(insert, "e", "key", backlog.keys(), waiting + 1, waiting + backlog.events());
      deliver.setString(1, backlog.handler());
      deliver.executeUpdate();
      statement.execute(BLOCK);
      statement.execute("ALTER SEQUENCE inbox_sequence RESTART WITH 1000000");
    }
  }

  private static void insert(
      PreparedStatement insert, String id, String key, int keys, int from, int to)
      throws SQLException {
    insert.setString(1, id);
    insert.setString(2, key);
    insert.setInt(3, keys);
    insert.setInt(4, from);
    insert.setInt(5, to);
    insert.executeUpdate();
  }

  private static long number(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getLong(1);
    }
  }
}
