package hub.inbox.camel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import hub.testing.FaultyLine;
import hub.testing.Store;
import hub.testing.TestHub;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Effects of a transacted handler, which have no guard of their own, happen exactly once. */
@Tag("postgres")
@Tag("waits")
class TransactedTest {
  /** Counts in two rows, in the order that the event's type names. */
  private static final String COUNT =
      """
      - route:
          id: count
          description: Counts each event in two rows.
          from:
            uri: inbox:things
            parameters:
              orderBy: orderingKey
              concurrency: 4
              transacted: %s
              retryDelaysSeconds: "0,0,0,0,0"
            steps:
              - to:
                  id: count-first
                  uri: sql:UPDATE counter SET n = n + 1 WHERE id = SUBSTRING(:#${variable.type} FROM 1 FOR 1)
              - process:
                  ref: trouble
              - to:
                  id: count-second
                  uri: sql:UPDATE counter SET n = n + 1 WHERE id = SUBSTRING(:#${variable.type} FROM 2 FOR 1)
      """;

  private final Trouble trouble = new Trouble();

  private TestHub.Builder counting(Store store) {
    return TestHub.on(store).bind("trouble", trouble).route("count", COUNT.formatted("true"));
  }

  private static void makeCounters(TestHub hub) {
    hub.update("CREATE TABLE counter (id varchar(1) PRIMARY KEY, n int NOT NULL)");
    hub.update("INSERT INTO counter (id, n) VALUES ('a', 0), ('b', 0)");
  }

  private static void append(TestHub hub, int events, int lanes, String... types) {
    IntStream.range(0, events)
        .parallel()
        .forEach(
            i ->
                hub.append(
                    "things", "t" + i, types[i % lanes % types.length], "k" + i % lanes, "{}"));
  }

  private static String counters(TestHub hub) {
    return hub.query("SELECT n FROM counter WHERE id = 'a'").orElseThrow()
        + " "
        + hub.query("SELECT n FROM counter WHERE id = 'b'").orElseThrow();
  }

  private static void awaitDone(TestHub hub, int events) {
    await()
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(20))
        .ignoreExceptions()
        .until(
            () ->
                hub.query("SELECT count(*) FROM inbox_delivery WHERE status = 'done'")
                    .filter(done -> Integer.parseInt(done) >= events)
                    .isPresent());
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void one_that_fails_undoes_its_own_effect_and_no_other(Store store) {
    AtomicInteger failures = new AtomicInteger();
    trouble.plan =
        exchange -> {
          int number =
              Integer.parseInt(exchange.getVariable("providerEventId", String.class).substring(1));
          if (number % 32 == 7 && exchange.getVariable("attempt", Integer.class) < 3) {
            failures.incrementAndGet();
            throw new IllegalStateException("not yet");
          }
        };
    try (TestHub hub = counting(store).start()) {
      makeCounters(hub);
      append(hub, 320, 16, "ab");
      awaitDone(hub, 320);

      assertThat(counters(hub)).isEqualTo("320 320");
      assertThat(failures).hasValue(20);
      assertThat(hub.query("SELECT sum(attempts) FROM inbox_delivery")).contains("340");
    }
  }

  /** H2 loses changes of a row that several transactions change at the same time. */
  @Test
  void on_an_embedded_database_no_two_transactions_run_at_the_same_time() {
    AtomicInteger running = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    trouble.plan =
        exchange -> {
          most.accumulateAndGet(running.incrementAndGet(), Math::max);
          TimeUnit.MILLISECONDS.sleep(2);
          running.decrementAndGet();
        };
    try (TestHub hub =
        counting(Store.H2)
            .route("count-too", COUNT.formatted("true").replace("id: count", "id: count-too"))
            .start()) {
      makeCounters(hub);
      append(hub, 64, 16, "ab");
      awaitDone(hub, 128);

      assertThat(most).hasValue(1);
      assertThat(counters(hub)).isEqualTo("128 128");
    }
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void a_deadlock_costs_nobody_an_attempt(Store store) {
    try (TestHub hub = counting(store).start()) {
      makeCounters(hub);
      append(hub, 200, 4, "ab", "ba");
      awaitDone(hub, 200);

      assertThat(counters(hub)).isEqualTo("200 200");
      assertThat(hub.query("SELECT sum(attempts) FROM inbox_delivery")).contains("200");
    }
  }

  @Test
  @Tag("faults")
  void lost_answers_to_commits_and_cut_lines_neither_repeat_nor_lose_an_effect() throws Exception {
    // What was claimed when the answer was lost is claimed again when its lease has run out.
    String shortLease = COUNT.formatted("true").replace("concurrency: 4", "leaseSeconds: 2");
    TestHub.Builder builder =
        TestHub.on(Store.POSTGRESQL).bind("trouble", trouble).route("count", shortLease);
    try (FaultyLine line = builder.line();
        TestHub hub = builder.over(line).start()) {
      makeCounters(hub);
      hub.context().getRouteController().suspendRoute("count");
      append(hub, 1_000, 50, "ab");
      trouble.plan = exchange -> TimeUnit.MILLISECONDS.sleep(1);
      hub.context().getRouteController().resumeRoute("count");
      for (int fault = 0; fault < 8; fault++) {
        awaitDone(hub, 100 * fault + 1);
        if (fault % 4 == 0) {
          line.cut();
          line.mend();
        } else {
          line.loseCommits(1);
        }
      }
      line.loseCommits(0);
      awaitDone(hub, 1_000);

      assertThat(counters(hub)).isEqualTo("1000 1000");
    }
  }

  /** One event takes 3 s in the database, among many that share its commits. */
  @Test
  void a_slow_statement_does_not_hold_its_neighbours_up() {
    try (TestHub hub =
        TestHub.on(Store.POSTGRESQL)
            .route(
                "doze",
                """
                - route:
                    id: doze
                    description: Sleeps for as long as the event's type says.
                    from:
                      uri: inbox:things
                      parameters:
                        orderBy: orderingKey
                        concurrency: 1
                        transacted: true
                      steps:
                        - to:
                            id: sleep
                            uri: sql:SELECT pg_sleep(CAST(:#${variable.type} AS int))
                """)
            .start()) {
      append(hub, 200, 200, "0");
      awaitDone(hub, 200);
      hub.context().getRouteController().suspendRoute("doze");
      IntStream.range(0, 20).forEach(i -> hub.append("things", "early" + i, "0", "a" + i, "{}"));
      hub.append("things", "slow", "3", "b", "{}");
      hub.context().getRouteController().resumeRoute("doze");
      awaitDone(hub, 220);

      assertThat(
              hub.query(
                  "SELECT status FROM inbox_delivery d JOIN inbox_event e ON e.id = d.event_id WHERE e.provider_event_id = 'slow'"))
          .contains("processing");
      awaitDone(hub, 221);
      assertThat(hub.query("SELECT max(attempts) FROM inbox_delivery")).contains("1");
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void keys_and_appends_are_committed_with_the_completion(Store store) {
    AtomicInteger failures = new AtomicInteger();
    trouble.plan =
        exchange -> {
          if (exchange.getVariable("attempt", Integer.class) == 1) {
            failures.incrementAndGet();
            throw new IllegalStateException("not yet");
          }
        };
    try (TestHub hub =
        TestHub.on(store)
            .bind("trouble", trouble)
            .route("pass-on", PASS_ON)
            .route("take", TAKE)
            .start()) {
      makeCounters(hub);
      append(hub, 40, 4, "ab");
      awaitDone(hub, 120);

      assertThat(failures).hasValue(40);
      assertThat(counters(hub)).as("one count by key, two by event").isEqualTo("1 80");
      assertThat(hub.query("SELECT count(*) FROM idempotency_key WHERE state = 'done'"))
          .contains("1");
      assertThat(hub.query("SELECT count(*) FROM inbox_event WHERE source = 'others'"))
          .contains("80");
    }
  }

  /** One key for all, and two appends for each, before the attempt fails. */
  private static final String PASS_ON =
      """
      - route:
          id: pass-on
          description: Counts once, and passes each event on twice.
          from:
            uri: inbox:things
            parameters:
              retryDelaysSeconds: "0,0,0,0,0"
            steps:
              - idempotentConsumer:
                  idempotentRepository: "#idempotency"
                  completionEager: true
                  expression:
                    constant:
                      expression: only-once
                  steps:
                    - to:
                        id: count-first
                        uri: sql:UPDATE counter SET n = n + 1 WHERE id = 'a'
              - to:
                  id: pass-on-once
                  uri: inbox:others
              - process:
                  ref: trouble
              - to:
                  id: pass-on-twice
                  uri: inbox:others
      """;

  private static final String TAKE =
      """
      - route:
          id: take
          description: Counts what was passed on.
          from:
            uri: inbox:others
            steps:
              - to:
                  id: count-second
                  uri: sql:UPDATE counter SET n = n + 1 WHERE id = 'b'
      """;
}
