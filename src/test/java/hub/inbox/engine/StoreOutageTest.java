package hub.inbox.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import hub.inbox.camel.Dispatcher;
import hub.testing.FaultyLine;
import hub.testing.LogLines;
import hub.testing.Store;
import hub.testing.TestHub;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.apache.camel.Processor;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The store becomes unavailable and comes back. Slow: a server gets a test write every eight
 * seconds.
 */
@Tag("postgres")
@Tag("slow")
@Tag("waits")
class StoreOutageTest {
  private static final String HANDLER =
      """
      - route:
          id: note-%1$s
          description: Counts.
          from:
            uri: inbox:shop
            steps:
              - process: {ref: count}
      """;

  @Test
  void the_wait_doubles_with_every_failure_in_a_row() {
    assertThat(LongStream.iterate(0, Dispatcher::nextBackoff).limit(9))
        .containsExactly(0L, 100L, 200L, 400L, 800L, 1600L, 3200L, 5000L, 5000L);
  }

  @Test
  void a_full_disk_and_a_server_that_only_reads_are_outages() {
    for (String state : List.of("08006", "57P01", "53100", "53300", "25006")) {
      StoreOutage storeOutage = new StoreOutage(() -> {}, Clock::systemUTC);
      assertThat(storeOutage.recordIfOutage(new SQLException("no", state), storeOutage.now()))
          .as(state)
          .isTrue();
      assertThat(storeOutage.mayTakeOver()).as(state).isFalse();
    }
    StoreOutage none = new StoreOutage(() -> {}, Clock::systemUTC);
    assertThat(none.recordIfOutage(new SQLException("no", "22001"), none.now())).isFalse();
    assertThat(none.mayTakeOver()).isTrue();
  }

  private static Timing timing(AtomicLong nanos) {
    return new Timing() {
      @Override
      public Clock clock() {
        return Clock.systemUTC();
      }

      @Override
      public long nanos() {
        return nanos.get();
      }
    };
  }

  @Test
  void an_answer_to_what_was_asked_before_does_not_end_an_outage() {
    AtomicLong clock = new AtomicLong(1_000);
    StoreOutage storeOutage =
        new StoreOutage(
            () -> {
              throw new SQLException("gone", "08006");
            },
            timing(clock));
    long before = storeOutage.now();
    clock.addAndGet(1);
    storeOutage.recordIfOutage(new SQLException("gone", "08006"), storeOutage.now());

    storeOutage.recordAnswer(before);
    assertThat(storeOutage.isAway()).isTrue();

    clock.addAndGet(1);
    storeOutage.recordAnswer(storeOutage.now());
    assertThat(storeOutage.isAway()).isFalse();
  }

  @Test
  void an_error_of_what_was_asked_before_the_end_does_not_begin_another_outage() {
    AtomicLong clock = new AtomicLong(1_000);
    SQLException gone = new SQLException("gone", "08006");
    StoreOutage storeOutage =
        new StoreOutage(
            () -> {
              throw gone;
            },
            timing(clock));
    storeOutage.recordIfOutage(gone, storeOutage.now());
    long during = storeOutage.now();
    clock.addAndGet(1);
    storeOutage.recordAnswer(storeOutage.now());

    try (LogLines lines = LogLines.of("hub.inbox")) {
      assertThat(storeOutage.recordIfOutage(gone, during)).as("the store's absence").isTrue();
      assertThat(storeOutage.isAway()).isFalse();
      assertThat(lines.lines()).isEmpty();
    }

    clock.addAndGet(1);
    assertThat(storeOutage.recordIfOutage(gone, storeOutage.now())).isTrue();
    assertThat(storeOutage.isAway()).isTrue();
  }

  @Test
  void what_was_done_while_the_server_only_read_is_written_first_and_not_done_again()
      throws Exception {
    AtomicInteger effects = new AtomicInteger();
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch readOnly = new CountDownLatch(1);
    Processor effect =
        exchange -> {
          begun.countDown();
          readOnly.await();
          effects.incrementAndGet();
        };
    String handler =
        HANDLER.formatted("a").replace("steps:", "parameters: {leaseSeconds: 2}\n      steps:");
    try (TestHub hub =
        TestHub.on(Store.POSTGRESQL).bind("count", effect).route("note-a", handler).start()) {
      hub.append("shop", "1", "any", null, "{}");
      begun.await();
      String name = hub.query("SELECT current_database()").orElseThrow();
      server(hub, "ALTER DATABASE " + name + " SET default_transaction_read_only = on");
      server(
          hub,
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '" + name + "'");
      await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> hub.database().trouble().orElse("").contains("takes no write"));
      readOnly.countDown();
      // Longer than its lease.
      await().pollDelay(Duration.ofSeconds(4)).until(() -> true);
      assertThat(hub.query("SELECT status FROM inbox_delivery")).hasValue("processing");

      server(hub, "ALTER DATABASE " + name + " RESET default_transaction_read_only");
      await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> hub.query("SELECT status FROM inbox_delivery").orElseThrow().equals("done"));
      assertThat(effects).hasValue(1);
      assertThat(hub.query("SELECT attempts FROM inbox_delivery")).hasValue("1");
    }
  }

  /** Runs a statement on the server, outside of the hub's database. */
  private static void server(TestHub hub, String sql) throws SQLException {
    String url =
        hub.context()
            .resolvePropertyPlaceholders("{{hub.database.url}}")
            .replaceFirst("/[a-z0-9]+\\?", "/postgres?");
    try (var connection = DriverManager.getConnection(url, "postgres", "postgres");
        var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @Test
  void an_outage_is_told_once_however_many_handlers_there_are_and_so_is_its_end() throws Exception {
    AtomicInteger count = new AtomicInteger();
    Processor counting = exchange -> count.incrementAndGet();
    TestHub.Builder builder =
        TestHub.on(Store.POSTGRESQL).bind("count", counting).with("hub.inbox.poll-seconds", "1");
    List.of("a", "b", "c", "d").forEach(n -> builder.route("note-" + n, HANDLER.formatted(n)));
    try (FaultyLine line = builder.line();
        TestHub hub = builder.over(line).start();
        LogLines lines = LogLines.of("hub.inbox")) {
      line.cut();
      await().until(() -> !lines.lines().isEmpty());
      // Long enough for each handler to have tried several times.
      await().pollDelay(Duration.ofSeconds(4)).until(() -> true);
      line.mend();
      await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> lines.lines().stream().anyMatch(text -> text.contains("outcome=back")));

      assertThat(lines.lines())
          .hasSize(2)
          .first()
          .asString()
          .startsWith("WARN inbox=store outcome=away");
      hub.append("shop", "1", "any", null, "{}");
      await().until(() -> count.get() == 4);
    }
  }
}
