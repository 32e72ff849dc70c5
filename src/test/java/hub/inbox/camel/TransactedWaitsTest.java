package hub.inbox.camel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import hub.inbox.InboxVariables;
import hub.testing.FaultyLine;
import hub.testing.Store;
import hub.testing.TestHub;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.Appender;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.Logger;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Property;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** An event of a transacted handler that waits, or fails in the database, holds up nobody else. */
@Tag("postgres")
@Tag("waits")
class TransactedWaitsTest {
  private static final String PASS_ON =
      """
      - route:
          id: pass-on
          description: Passes each event on to a source whose handler asks for order.
          from:
            uri: inbox:things
            parameters:
              concurrency: 4
              transacted: true
              retryDelaysSeconds: "0,3600"
            steps:
              - process:
                  ref: before
              - to:
                  id: append-to-others
                  uri: inbox:others
              - process:
                  ref: after
      """;

  private static final String TAKE =
      """
      - route:
          id: take
          description: Takes what was passed on.
          from:
            uri: inbox:others
            parameters:
              orderBy: orderingKey
            steps:
              - log:
                  message: taken
      """;

  private final Trouble before = new Trouble();
  private final Trouble after = new Trouble();

  private TestHub passingOn(Store store) throws Exception {
    return TestHub.on(store)
        .bind("before", before)
        .bind("after", after)
        .route("pass-on", PASS_ON)
        .route("take", TAKE)
        .start();
  }

  private static long count(TestHub hub, String condition) {
    return hub.query("SELECT count(*) FROM inbox_delivery WHERE " + condition)
        .map(Long::valueOf)
        .orElseThrow();
  }

  private static void awaitDone(TestHub hub, String route, int events) {
    await()
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(20))
        .ignoreExceptions()
        .until(() -> count(hub, "status = 'done' AND route = '%s'".formatted(route)) == events);
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void others_append_to_a_lane_while_a_handler_is_slow_after_its_append(Store store)
      throws Exception {
    CountDownLatch appended = new CountDownLatch(1);
    CountDownLatch stored = new CountDownLatch(1);
    after.plan =
        exchange -> {
          appended.countDown();
          stored.await();
        };
    try (TestHub hub = passingOn(store)) {
      hub.append("things", "e", "x", "k", "{}");
      appended.await();
      hub.append("others", "o", "x", "k", "{}");
      stored.countDown();
      awaitDone(hub, "take", 2);
      awaitDone(hub, "pass-on", 1);

      assertThat(hub.query("SELECT sum(stored) FROM inbox_tally WHERE source = 'others'"))
          .contains("2");
      assertThat(hub.query("SELECT max(attempts) FROM inbox_delivery")).contains("1");
    }
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void an_event_that_somebody_else_stores_meanwhile_is_stored_once(Store store) throws Exception {
    CountDownLatch appended = new CountDownLatch(1);
    CountDownLatch stored = new CountDownLatch(1);
    Set<Object> receipts = ConcurrentHashMap.newKeySet();
    before.plan = exchange -> exchange.setVariable(InboxVariables.PROVIDER_EVENT_ID, "same");
    after.plan =
        exchange -> {
          receipts.add(exchange.getVariable(InboxVariables.RECEIPT));
          appended.countDown();
          stored.await();
        };
    try (TestHub hub = passingOn(store)) {
      hub.append("things", "e", "x", "k", "{}");
      appended.await();
      String first = hub.append("others", "same", "x", "k", "{}");
      stored.countDown();
      awaitDone(hub, "pass-on", 1);
      awaitDone(hub, "take", 1);

      assertThat(receipts).as("the first run was rolled back").hasSize(2);
      assertThat(receipts.toString()).contains(first);
      assertThat(hub.query("SELECT sum(stored) FROM inbox_tally WHERE source = 'others'"))
          .contains("1");
      assertThat(hub.query("SELECT max(attempts) FROM inbox_delivery")).contains("1");
    }
  }

  @Test
  void an_append_that_the_database_refuses_fails_its_own_event_only() throws Exception {
    AtomicInteger runs = new AtomicInteger();
    before.plan =
        exchange -> {
          if (exchange.getVariable(InboxVariables.PROVIDER_EVENT_ID).equals("e7")) {
            runs.incrementAndGet();
            exchange.setVariable(InboxVariables.REQUEST_HEADERS, "\0");
          }
        };
    try (TestHub hub = passingOn(Store.POSTGRESQL)) {
      hub.context().getRouteController().suspendRoute("pass-on");
      IntStream.range(0, 20).forEach(i -> hub.append("things", "e" + i, "x", "k" + i, "{}"));
      hub.context().getRouteController().resumeRoute("pass-on");
      awaitDone(hub, "pass-on", 19);
      awaitDone(hub, "take", 19);
      await().until(() -> count(hub, "attempts = 2 AND status = 'retrying'") == 1);

      assertThat(count(hub, "attempts > 1")).isOne();
      assertThat(runs.get()).as("in a shared commit and alone, twice").isLessThanOrEqualTo(4);
    }
  }

  private TestHub counting(Store store, String parameters) throws Exception {
    return counting(TestHub.on(store), parameters);
  }

  private TestHub counting(TestHub.Builder builder, String parameters) throws Exception {
    TestHub hub =
        builder
            .bind("before", before)
            .route("count", countingRoute("count", "things", parameters))
            .start();
    hub.update("CREATE TABLE note (id int PRIMARY KEY)");
    hub.update("CREATE TABLE counter (id varchar(1) PRIMARY KEY, n int NOT NULL)");
    hub.update("INSERT INTO counter (id, n) VALUES ('a', 0), ('b', 0)");
    return hub;
  }

  private static String countingRoute(String id, String source, String parameters) {
    return """
        - route:
            id: %1$s
            description: Notes each number of the body, and counts in the row of the type.
            from:
              uri: inbox:%2$s
              parameters: {transacted: true, retryDelaysSeconds: "3600", %3$s}
              steps:
                - to:
                    id: %1$s-in-row
                    uri: sql:UPDATE counter SET n = n + 1 WHERE id = :#${variable.type}
                - process:
                    ref: before
                - split:
                    expression:
                      tokenize:
                        token: ","
                    steps:
                      - to:
                          id: %1$s-note
                          uri: sql:INSERT INTO note (id) VALUES (CAST(:#${body} AS int))
        """
        .formatted(id, source, parameters);
  }

  /** Locks a row for as long as the connection has its transaction. */
  private static Connection holding(TestHub hub, String row) throws SQLException {
    Connection holder = hub.database().dataSource().getConnection();
    holder.setAutoCommit(false);
    try (Statement hold = holder.createStatement()) {
      hold.execute("SET LOCAL idle_in_transaction_session_timeout = 0");
      hold.execute("SELECT 1 FROM counter WHERE id = '%s' FOR UPDATE".formatted(row));
    }
    return holder;
  }

  @Test
  void a_row_that_somebody_holds_keeps_only_its_own_event() throws Exception {
    try (TestHub hub = counting(Store.POSTGRESQL, "concurrency: 4");
        Connection holder = holding(hub, "b")) {
      hub.append("things", "held", "b", "k", "-1");
      for (int i = 0; i < 60; i++) {
        hub.append("things", "e" + i, "a", "k" + i, "" + i);
        TimeUnit.MILLISECONDS.sleep(20);
      }
      awaitDone(hub, "count", 60);
      assertThat(count(hub, "status = 'processing'")).as("still waits").isOne();
      await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> count(hub, "status = 'retrying' AND last_error LIKE '%lock timeout%'") == 1);
      holder.rollback();

      assertThat(count(hub, "attempts > 1")).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4})
  void a_row_that_many_events_want_stops_no_handler(int concurrency) throws Exception {
    String parameters = "concurrency: " + concurrency + ", orderBy: orderingKey";
    // Four connections for handlers, one of them for waits.
    TestHub.Builder builder =
        TestHub.on(Store.POSTGRESQL)
            .with("hub.database.pool-connections", "10")
            .route("count-more", countingRoute("count-more", "more", parameters));
    try (TestHub hub = counting(builder, parameters);
        Connection holder = holding(hub, "b")) {
      for (int i = 0; i < 24; i++) {
        hub.append(i % 2 == 0 ? "things" : "more", "held" + i, "b", "held" + i % 20, "-" + i);
      }
      await().until(() -> count(hub, "attempts > 0") > 0);
      for (int i = 1; i <= 60; i++) {
        hub.append(i % 2 == 0 ? "things" : "more", "e" + i, "a", "k" + i % 10, "" + i);
      }
      awaitDone(hub, "count", 30);
      awaitDone(hub, "count-more", 30);
      assertThat(count(hub, "last_error IS NOT NULL")).as("had to give up first").isZero();
      holder.rollback();
      awaitDone(hub, "count", 42);
      awaitDone(hub, "count-more", 42);

      assertThat(hub.query("SELECT max(attempts) FROM inbox_delivery")).contains("1");
      assertThat(hub.query("SELECT n FROM counter WHERE id = 'b'")).contains("24");
    }
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void the_first_failure_of_an_event_counts(Store store) throws Exception {
    AtomicInteger runs = new AtomicInteger();
    before.plan = exchange -> runs.incrementAndGet();
    try (TestHub hub = counting(store, "concurrency: 2")) {
      hub.update("INSERT INTO note (id) VALUES (1)");
      hub.append("things", "e", "a", "k", "1,2,3");
      await().until(() -> count(hub, "status = 'retrying'") == 1);

      assertThat(runs).hasValue(1);
      assertThat(hub.query("SELECT last_error FROM inbox_delivery").orElseThrow())
          .containsIgnoringCase(store == Store.H2 ? "primary key violation" : "duplicate key");
    }
  }

  @Test
  @Tag("faults")
  void a_handler_has_as_long_as_its_lease_between_two_statements() throws Exception {
    before.plan =
        exchange ->
            TimeUnit.SECONDS.sleep(Long.parseLong(exchange.getMessage().getBody(String.class)));
    try (TestHub hub = counting(Store.POSTGRESQL, "leaseSeconds: 13")) {
      hub.append("things", "slow", "a", "k", "11");
      awaitDone(hub, "count", 1);
      hub.append("things", "too slow", "a", "k", "15");
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> count(hub, "status = 'retrying' AND attempts = 1") == 1);

      assertThat(hub.query("SELECT last_error FROM inbox_delivery WHERE status = 'retrying'").get())
          .contains("took more than 13 s between two statements")
          .contains("set transacted: false");
      assertThat(hub.query("SELECT n FROM counter WHERE id = 'a'")).contains("1");
    }
  }

  @Test
  @Tag("faults")
  void an_outage_longer_than_the_lease_is_not_the_handlers_fault() throws Exception {
    TestHub.Builder builder = TestHub.on(Store.POSTGRESQL);
    AtomicInteger runs = new AtomicInteger();
    CountDownLatch away = new CountDownLatch(1);
    try (FaultyLine line = builder.line();
        TestHub hub = counting(builder.over(line), "leaseSeconds: 2")) {
      before.plan =
          exchange -> {
            switch (runs.incrementAndGet()) {
              case 1 -> {
                line.cut();
                away.countDown();
              }
              case 2 -> {
                line.cut();
                line.mend();
              }
              default -> {}
            }
          };
      hub.append("things", "e", "a", "k", "1");
      away.await();
      // As long as a handler has between two statements.
      TimeUnit.SECONDS.sleep(11);
      line.mend();
      awaitDone(hub, "count", 1);

      assertThat(runs).hasValue(3);
      assertThat(hub.query("SELECT max(attempts) FROM inbox_delivery")).contains("1");
    }
  }

  @Test
  void an_error_that_nobody_expects_costs_an_attempt_and_no_worker() throws Exception {
    AtomicInteger runs = new AtomicInteger();
    before.plan =
        exchange -> {
          if (runs.incrementAndGet() == 1) {
            throw new SQLException("ends the transaction", "40P01");
          }
        };
    Logger logger = (Logger) LogManager.getLogger(TransactedBatch.class);
    Appender full =
        new AbstractAppender("full", null, null, false, Property.EMPTY_ARRAY) {
          @Override
          public void append(LogEvent event) {
            logger.removeAppender(this);
            throw new IllegalStateException("no room for a line");
          }
        };
    full.start();
    logger.addAppender(full);
    try (TestHub hub = counting(Store.H2, "concurrency: 1, leaseSeconds: 2")) {
      hub.append("things", "first", "a", "k", "1");
      hub.append("things", "second", "a", "l", "2");
      awaitDone(hub, "count", 2);

      assertThat(hub.query("SELECT n FROM counter WHERE id = 'a'")).contains("2");
      assertThat(hub.query("SELECT max(attempts) FROM inbox_delivery")).contains("2");
    } finally {
      logger.removeAppender(full);
    }
  }
}
