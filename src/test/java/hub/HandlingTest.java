package hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import hub.db.StoreUnavailableException;
import hub.testing.FaultyLine;
import hub.testing.Recorder;
import hub.testing.Recorder.Run;
import hub.testing.SettableClock;
import hub.testing.Store;
import hub.testing.TestHub;
import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.camel.Processor;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The contract's promises about how events are handled, on both stores. Slow: ten thousand events
 * are drained, and nothing is looked for in seconds without work.
 */
@Execution(ExecutionMode.CONCURRENT)
@Tag("postgres")
@Tag("slow")
class HandlingTest {
  private static final Duration SOON = Duration.ofSeconds(20);

  private static String handler(String id, String recorder, String... parameters) {
    String more = Stream.of(parameters).map(p -> "        " + p + "\n").reduce("", String::concat);
    return """
        - route:
            id: %1$s
            description: Handles the shop's events.
            from:
              uri: inbox:shop
        %3$s      steps:
                - process:
                    ref: %2$s
        """
        .formatted(id, recorder, more.isEmpty() ? "" : "      parameters:\n" + more);
  }

  private static TestHub.Builder hub(Store store, Recorder recorder, String... parameters) {
    return TestHub.on(store)
        .bind("recorder", recorder)
        .route("note-order", handler("note-order", "recorder", parameters));
  }

  private static String append(TestHub hub, String id) {
    return hub.append("shop", id, "order.created", null, "{}");
  }

  private static void appendAll(TestHub hub, int number) throws Exception {
    ExecutorService senders = Executors.newFixedThreadPool(32);
    List<Future<String>> answers =
        IntStream.range(0, number)
            .mapToObj(i -> senders.submit(() -> appendAsSender(hub, "e" + i)))
            .toList();
    for (Future<String> answer : answers) {
      answer.get(60, TimeUnit.SECONDS);
    }
    senders.shutdown();
  }

  /**
   * Appends again what was not stored, as a sender does that is answered 503: where other tests
   * keep the disk busy a commit may take longer than a sender waits.
   */
  private static String appendAsSender(TestHub hub, String id) {
    long end = System.nanoTime() + SOON.toNanos();
    while (true) {
      try {
        return append(hub, id);
      } catch (IllegalStateException e) {
        if (!(e.getCause() instanceof StoreUnavailableException) || System.nanoTime() > end) {
          throw e;
        }
      }
    }
  }

  /** Status and attempts of an event at a handler. */
  private static String status(TestHub hub, String event, String route) {
    return hub.query(
            "SELECT d.status || ' ' || d.attempts FROM inbox_delivery d JOIN inbox_event e ON e.id = d.event_id"
                + " WHERE e.provider_event_id = ? AND d.route = ?",
            event,
            route)
        .orElse("none");
  }

  private static void awaitStatus(TestHub hub, String event, String status) {
    await()
        .atMost(SOON)
        .untilAsserted(
            () -> assertThat(status(hub, event, "note-order")).as(event).isEqualTo(status));
  }

  private static void awaitAllDone(TestHub hub, int number) {
    await()
        .atMost(Duration.ofSeconds(60))
        .ignoreExceptions()
        .untilAsserted(
            () ->
                assertThat(
                        hub.query(
                            "SELECT count(*) FROM inbox_delivery WHERE status = 'done' AND attempts = 1"))
                    .contains("" + number));
  }

  private static void hold(CountDownLatch latch) throws InterruptedException {
    assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void handlers_take_the_types_they_name_and_what_nobody_takes_is_ignored(Store store) {
    Recorder customers = new Recorder();
    Recorder ends = new Recorder();
    try (TestHub hub =
        TestHub.on(store)
            .bind("customers", customers)
            .bind("ends", ends)
            .route("all-customers", handler("all-customers", "customers", "types: customer.*"))
            .route("all-ends", handler("all-ends", "ends", "types: \"*.deleted, invoice.paid\""))
            .start()) {
      for (String type :
          List.of(
              "customer.created",
              "customer.subscription.deleted",
              "invoice.paid",
              "invoice.paid.late",
              "customerXcreated",
              "customer",
              "a.b.c.deleted",
              "customer.with\nline")) {
        hub.append("shop", type, type, null, "{}");
      }
      hub.append("other", "customer.created", "customer.created", null, "{}");

      await().atMost(SOON).until(() -> customers.runs().size() == 3 && ends.runs().size() == 3);
      assertThat(customers.runs())
          .extracting(Run::event)
          .containsExactlyInAnyOrder(
              "customer.created",
              "customer.subscription.deleted",
              hub.query(
                      "SELECT provider_event_id FROM inbox_event WHERE type LIKE 'customer.with%'")
                  .orElseThrow());
      assertThat(ends.runs())
          .extracting(Run::event)
          .containsExactlyInAnyOrder(
              "customer.subscription.deleted", "invoice.paid", "a.b.c.deleted");
      assertThat(hub.query("SELECT sum(ignored) FROM inbox_tally")).contains("4");
      assertThat(
              hub.query(
                  "SELECT count(*) FROM inbox_event e WHERE NOT EXISTS (SELECT 1 FROM inbox_delivery d WHERE d.event_id = e.id)"))
          .contains("4");
    }
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void each_handler_of_an_event_is_retried_by_itself(Store store) {
    Recorder fails = new Recorder().doing(run -> failUntil(3, run));
    Recorder works = new Recorder();
    try (TestHub hub =
        TestHub.on(store)
            .bind("fails", fails)
            .bind("works", works)
            .route("fail-twice", handler("fail-twice", "fails", "retryDelaysSeconds: 0,0,0"))
            .route("work-once", handler("work-once", "works"))
            .start()) {
      append(hub, "e");
      await().atMost(SOON).until(() -> status(hub, "e", "fail-twice").equals("done 3"));
      assertThat(status(hub, "e", "work-once")).isEqualTo("done 1");
      assertThat(works.runs()).hasSize(1);
      assertThat(fails.runs()).extracting(Run::attempt).containsExactly(1, 2, 3);
      assertThat(
              hub.query("SELECT attempt_log FROM inbox_delivery WHERE route = 'fail-twice'")
                  .orElseThrow()
                  .lines())
          .hasSize(3);
    }
  }

  private static void failUntil(int attempt, Run run) {
    if (run.attempt() < attempt) {
      throw new IllegalStateException("attempt " + run.attempt());
    }
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void a_failing_event_is_retried_by_the_schedule_and_is_dead_after_the_last(Store store) {
    Recorder recorder = new Recorder().doing(run -> failUntil(99, run));
    try (TestHub hub = hub(store, recorder, "retryDelaysSeconds: 1,2").start()) {
      append(hub, "e");
      awaitStatus(hub, "e", "dead 3");
      List<Run> runs = recorder.runs();
      assertThat(runs).extracting(Run::attempt).containsExactly(1, 2, 3);
      assertThat(millisBetween(runs.get(0), runs.get(1))).isBetween(780L, 3_000L);
      assertThat(millisBetween(runs.get(1), runs.get(2))).isBetween(1_580L, 4_200L);
      assertThat(
              hub.query(
                  "SELECT last_error FROM inbox_delivery WHERE due_at IS NULL AND finished_at IS NOT NULL"))
          .hasValueSatisfying(
              error -> assertThat(error).endsWith("IllegalStateException: attempt 3"));
    }
  }

  private static long millisBetween(Run first, Run second) {
    return (second.beginNanos() - first.beginNanos()) / 1_000_000;
  }

  private static void poison(Run run) throws Exception {
    switch (run.event()) {
      case "half" -> throw new IllegalStateException("half a truck: \uD83D");
      case "cut" -> throw new IllegalStateException("x".repeat(999 - 23) + "🚚".repeat(50));
      case "nul" -> throw new IllegalStateException("nul \u0000 byte");
      case "long" -> throw new IllegalStateException("y".repeat(1_000_000));
      case "ring" -> {
        Exception a = new Exception("a");
        Exception b = new Exception("b", a);
        a.initCause(b);
        throw a;
      }
      case "error" -> throw new StackOverflowError();
      default -> {}
    }
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void a_poisonous_event_holds_up_nobody_and_ends_dead(Store store) throws Exception {
    List<String> poisons = List.of("half", "cut", "nul", "long", "ring", "error");
    Recorder recorder = new Recorder().doing(HandlingTest::poison);
    try (TestHub hub =
        hub(store, recorder, "retryDelaysSeconds: \"1\"", "concurrency: 2").start()) {
      poisons.forEach(id -> append(hub, id));
      appendAll(hub, 50);
      awaitAllDone(hub, 50);
      poisons.forEach(id -> awaitStatus(hub, id, "dead 2"));
      poisons.forEach(id -> assertThat(recorder.runs(id)).as(id).hasSize(2));
    }
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void events_of_one_key_run_one_after_another_and_of_different_keys_at_once(Store store) {
    CountDownLatch together = new CountDownLatch(3);
    Recorder recorder =
        new Recorder()
            .doing(
                run -> {
                  if (run.event().endsWith("0") && run.attempt() == 1) {
                    together.countDown();
                    hold(together);
                    if (run.key().equals("a")) {
                      throw new IllegalStateException("comes again in a second");
                    }
                  }
                });
    try (TestHub hub =
        hub(store, recorder, "orderBy: orderingKey", "retryDelaysSeconds: \"1\"").start()) {
      for (int i = 0; i < 6; i++) {
        for (String key : List.of("a", "b", "c")) {
          hub.append("shop", key + i, "order.changed", key, "{}");
        }
      }
      hub.append("shop", "free", "order.changed", null, "{}");
      await()
          .atMost(SOON)
          .until(
              () ->
                  hub.query("SELECT count(*) FROM inbox_delivery WHERE status = 'done'")
                      .orElseThrow()
                      .equals("19"));

      for (String key : List.of("a", "b", "c")) {
        List<Run> lane = recorder.runs().stream().filter(run -> run.key().equals(key)).toList();
        for (int i = 1; i < lane.size(); i++) {
          assertThat(recorder.endNanos(lane.get(i - 1)))
              .as(lane.get(i - 1) + " before " + lane.get(i))
              .isLessThanOrEqualTo(lane.get(i).beginNanos());
        }
        List<String> order = new ArrayList<>(IntStream.range(0, 6).mapToObj(i -> key + i).toList());
        if (key.equals("a")) {
          order.add(0, "a0");
        }
        assertThat(lane).extracting(Run::event).isEqualTo(order);
      }
      Run lastOfB = recorder.runs("b5").get(0);
      assertThat(lastOfB.beginNanos())
          .as("the other lanes do not wait for a's retry")
          .isLessThan(recorder.runs("a0").get(1).beginNanos());
    }
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void an_older_event_that_comes_back_waits_for_the_one_of_its_key_that_runs(Store store) {
    CountDownLatch release = new CountDownLatch(1);
    Recorder recorder =
        new Recorder()
            .doing(
                run -> {
                  if (run.event().equals("new")) {
                    hold(release);
                  }
                });
    try (TestHub hub = hub(store, recorder, "orderBy: orderingKey").start()) {
      String old = hub.append("shop", "old", "order.changed", "a", "{}");
      awaitStatus(hub, "old", "done 1");
      hub.append("shop", "new", "order.changed", "a", "{}");
      awaitStatus(hub, "new", "processing 1");
      assertThat(hub.operate("/api/admin/events/" + old + "/replay", "{}").statusCode())
          .isEqualTo(202);
      append(hub, "without key");
      awaitStatus(hub, "without key", "done 1");
      assertThat(status(hub, "old", "note-order")).isEqualTo("received 0");

      release.countDown();
      awaitStatus(hub, "old", "done 1");
      List<Run> again = recorder.runs("old");
      assertThat(again).hasSize(2);
      assertThat(again.get(1).beginNanos())
          .isGreaterThanOrEqualTo(recorder.endNanos(recorder.runs("new").get(0)));
    }
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void as_many_events_run_at_a_time_as_concurrency_says(Store store) throws Exception {
    CountDownLatch three = new CountDownLatch(3);
    Recorder recorder =
        new Recorder()
            .doing(
                run -> {
                  three.countDown();
                  hold(three);
                });
    try (TestHub hub = hub(store, recorder, "concurrency: 3").start()) {
      appendAll(hub, 40);
      awaitAllDone(hub, 40);
      assertThat(recorder.mostAtATime()).isEqualTo(3);
    }
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void a_suspended_handler_gives_back_what_it_has_not_begun_and_goes_on_when_resumed(Store store)
      throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    Recorder recorder = new Recorder().doing(run -> hold(release));
    try (TestHub hub = hub(store, recorder, "concurrency: 2").start()) {
      appendAll(hub, 30);
      await().atMost(SOON).until(() -> recorder.runs().size() == 2);
      CompletableSuspend suspend = new CompletableSuspend(hub);
      release.countDown();
      suspend.await();
      append(hub, "late");
      await()
          .atMost(SOON)
          .until(
              () ->
                  hub.query("SELECT count(*) FROM inbox_delivery WHERE status = 'processing'")
                      .orElseThrow()
                      .equals("0"));
      int ranBefore = recorder.runs().size();
      assertThat(ranBefore).isLessThan(31);
      assertThat(status(hub, "late", "note-order")).isEqualTo("received 0");
      assertThat(
              hub.query(
                  "SELECT count(*) FROM inbox_delivery WHERE status <> 'done' AND attempts > 0"))
          .as("attempts spent by what did not run")
          .contains("0");

      hub.context().getRouteController().resumeRoute("note-order");
      awaitAllDone(hub, 31);
      assertThat(recorder.runs()).hasSize(31);
    }
  }

  /** Suspends while the handler is busy. */
  private static final class CompletableSuspend {
    private final Thread thread;
    private final AtomicReference<Exception> failure = new AtomicReference<>();

    CompletableSuspend(TestHub hub) {
      thread =
          new Thread(
              () -> {
                try {
                  hub.context().getRouteController().suspendRoute("note-order");
                } catch (Exception e) {
                  failure.set(e);
                }
              });
      thread.start();
    }

    void await() throws Exception {
      thread.join(20_000);
      assertThat(thread.isAlive()).isFalse();
      assertThat(failure.get()).isNull();
    }
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  @Tag("faults")
  void a_handler_stopped_and_started_again_under_load_loses_nothing(Store store) throws Exception {
    Recorder recorder = new Recorder();
    try (TestHub hub = hub(store, recorder, "concurrency: 4").start()) {
      for (int i = 0; i < 8; i++) {
        int round = i;
        Thread load =
            new Thread(() -> IntStream.range(0, 100).forEach(n -> append(hub, round + "-" + n)));
        load.start();
        await().atMost(SOON).until(() -> recorder.runs().size() > round * 100);
        hub.context().getRouteController().stopRoute("note-order");
        hub.context().getRouteController().startRoute("note-order");
        load.join(20_000);
      }
      awaitAllDone(hub, 800);
      assertThat(recorder.runs()).hasSize(800);
    }
  }

  @Test
  void a_handler_stopped_by_force_gives_back_what_it_has_not_begun() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    Recorder recorder =
        new Recorder()
            .doing(
                run -> {
                  if (run.event().equals("stuck")) {
                    awaitUninterruptibly(release);
                  }
                });
    try (TestHub hub = hub(Store.H2, recorder, "concurrency: 1", "leaseSeconds: 600").start()) {
      hub.context().getExecutorServiceManager().setShutdownAwaitTermination(2_000);
      // Quick ones first, so that the handler takes many at a time.
      appendAll(hub, 300);
      awaitAllDone(hub, 300);
      append(hub, "stuck");
      await().atMost(SOON).until(() -> recorder.runs("stuck").size() == 1);
      IntStream.range(0, 20).forEach(i -> append(hub, "behind" + i));
      await()
          .atMost(SOON)
          .until(
              () ->
                  Integer.parseInt(
                          hub.query(
                                  "SELECT count(*) FROM inbox_delivery WHERE status = 'processing'")
                              .orElseThrow())
                      > 1);
      hub.context().getRouteController().stopRoute("note-order", 1, TimeUnit.SECONDS);
      hub.context().getRouteController().startRoute("note-order");

      await().atMost(Duration.ofSeconds(40)).until(() -> recorder.runs().size() == 321);
      release.countDown();
      awaitAllDone(hub, 321);
      assertThat(recorder.runs()).hasSize(321);
    }
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    boolean done = false;
    while (!done) {
      try {
        done = latch.await(30, TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        // As a driver that does not listen.
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void an_open_breaker_postpones_without_spending_an_attempt(Store store) throws Exception {
    CircuitBreaker breaker = CircuitBreaker.ofDefaults("provider");
    breaker.transitionToForcedOpenState();
    Recorder recorder =
        new Recorder()
            .doing(
                run -> {
                  if (!breaker.tryAcquirePermission()) {
                    throw new IllegalStateException(
                        "wrapped",
                        CallNotPermittedException.createCallNotPermittedException(breaker));
                  }
                });
    try (TestHub hub = hub(store, recorder, "retryDelaysSeconds: \"1\"").start()) {
      append(hub, "e");
      awaitStatus(hub, "e", "retrying 0");
      assertThat(hub.query("SELECT last_error FROM inbox_delivery").orElse(""))
          .contains("CallNotPermittedException");
      assertThat(
              hub.query(
                  "SELECT count(*) FROM inbox_delivery WHERE due_at BETWEEN CURRENT_TIMESTAMP + INTERVAL '15' SECOND AND CURRENT_TIMESTAMP + INTERVAL '37' SECOND"))
          .contains("1");
      for (int i = 0; i < 5; i++) {
        int runs = recorder.runs().size();
        comeAgainNow(hub);
        await().atMost(SOON).until(() -> recorder.runs().size() > runs);
        awaitStatus(hub, "e", "retrying 0");
      }
      breaker.transitionToClosedState();
      comeAgainNow(hub);
      awaitStatus(hub, "e", "done 1");
    }
  }

  private static void comeAgainNow(TestHub hub) throws Exception {
    hub.update("UPDATE inbox_delivery SET due_at = CURRENT_TIMESTAMP WHERE status = 'retrying'");
    hub.context().getRouteController().suspendRoute("note-order");
    hub.context().getRouteController().resumeRoute("note-order");
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void postponing_for_days_fills_no_column(Store store) throws Exception {
    Recorder recorder = new Recorder().doing(run -> failUntil(2, run));
    try (TestHub hub = hub(store, recorder, "retryDelaysSeconds: \"600\"").start()) {
      append(hub, "e");
      awaitStatus(hub, "e", "retrying 1");
      hub.update(
          "UPDATE inbox_delivery SET attempts = 0, attempt_log = ?",
          "{\"at\":\"2026-01-01T00:00:00Z\",\"outcome\":\"postponed\"}\n".repeat(20_000));
      comeAgainNow(hub);
      awaitStatus(hub, "e", "retrying 1");
      append(hub, "other");
      awaitStatus(hub, "other", "retrying 1");
      assertThat(
              hub.query(
                  "SELECT attempt_log FROM inbox_delivery d JOIN inbox_event e ON e.id = d.event_id WHERE e.provider_event_id = 'e'"))
          .hasValueSatisfying(
              log -> {
                assertThat(log.lines()).last().asString().contains("failed");
                assertThat(log.lines())
                    .allMatch(line -> line.startsWith("{") && line.endsWith("}"));
              });
    }
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void a_handler_longer_than_its_lease_keeps_it_and_runs_once(Store store) throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    Recorder recorder =
        new Recorder().doing(run -> assertThat(never.await(4, TimeUnit.SECONDS)).isFalse());
    try (TestHub hub =
        hub(store, recorder, "leaseSeconds: 1").with("hub.inbox.poll-seconds", "1").start()) {
      append(hub, "e");
      awaitStatus(hub, "e", "done 1");
      assertThat(recorder.runs()).hasSize(1);
    }
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void a_route_sees_the_raw_body_and_the_variables_of_the_event(Store store) {
    AtomicReference<List<Object>> seen = new AtomicReference<>();
    Processor look =
        exchange ->
            seen.set(
                Stream.of(
                        "eventId",
                        "providerEventId",
                        "source",
                        "type",
                        "attempt",
                        "receivedAt",
                        "orderingKey")
                    .map(exchange::getVariable)
                    .toList());
    Recorder recorder = new Recorder();
    try (TestHub hub =
        TestHub.on(store)
            .bind("recorder", recorder)
            .bind("look", look)
            .route("note-order", handler("note-order", "recorder"))
            .route("look-at-order", handler("look-at-order", "look"))
            .start()) {
      String id = hub.append("shop", "e", "order.created", "order-1", "{ \"raw\" : 1.0 }");
      await().atMost(SOON).until(() -> seen.get() != null && recorder.runs().size() == 1);
      assertThat(seen.get().subList(0, 5)).containsExactly(id, "e", "shop", "order.created", 1);
      assertThat(java.time.Instant.parse(seen.get().get(5).toString()))
          .isBetween(java.time.Instant.now().minusSeconds(60), java.time.Instant.now());
      assertThat(seen.get().get(6)).isEqualTo("order-1");
      assertThat(recorder.runs().get(0).body()).isEqualTo("{ \"raw\" : 1.0 }");
    }
  }

  @Test
  void a_database_that_goes_away_while_events_are_handled_loses_and_repeats_none()
      throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    Recorder recorder = new Recorder().doing(run -> hold(release));
    TestHub.Builder builder = hub(Store.POSTGRESQL, recorder, "concurrency: 5");
    try (FaultyLine line = builder.line();
        TestHub hub = builder.over(line).start()) {
      appendAll(hub, 60);
      await().atMost(SOON).until(() -> recorder.runs().size() == 5);
      line.cut();
      release.countDown();
      // Those in hand are through, and nobody can be told.
      await()
          .atMost(SOON)
          .until(
              () ->
                  recorder.runs().stream()
                      .allMatch(run -> recorder.endNanos(run) != Long.MAX_VALUE));
      line.mend();
      awaitAllDone(hub, 60);
      assertThat(recorder.runs()).hasSize(60);
    }
  }

  @Test
  void what_one_node_stores_another_handles_at_once() throws Exception {
    Recorder onFirst = new Recorder();
    Recorder onSecond = new Recorder();
    try (TestHub first =
        hub(Store.POSTGRESQL, onFirst).with("hub.inbox.poll-seconds", "60").start()) {
      TestHub.Builder builder =
          hub(Store.POSTGRESQL, onSecond).beside(first).with("hub.inbox.poll-seconds", "60");
      try (FaultyLine line = builder.line();
          TestHub second = builder.over(line).start()) {
        first.context().getRouteController().suspendRoute("note-order");
        for (int i = 0; i < 5; i++) {
          String id = "e" + i;
          append(first, id);
          await().atMost(Duration.ofSeconds(2)).until(() -> onSecond.runs(id).size() == 1);
        }
        // The line it listens on breaks: it listens again, and hears what it missed.
        line.cut();
        append(first, "missed");
        line.mend();
        await().atMost(Duration.ofSeconds(15)).until(() -> onSecond.runs("missed").size() == 1);
        awaitAllDone(second, 6);
        assertThat(onFirst.runs()).isEmpty();
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  @Tag("faults")
  void long_lanes_of_slow_events_leave_a_turn_to_other_keys(Store store) throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    Recorder recorder =
        new Recorder()
            .doing(
                run -> {
                  if (run.event().startsWith("slow")) {
                    assertThat(never.await(200, TimeUnit.MILLISECONDS)).isFalse();
                  }
                });
    try (TestHub hub = hub(store, recorder, "orderBy: orderingKey", "concurrency: 2").start()) {
      // Quick ones first, so that the handler takes many at a time.
      appendAll(hub, 300);
      awaitAllDone(hub, 300);
      hub.context().getRouteController().suspendRoute("note-order");
      for (int i = 0; i < 40; i++) {
        for (String key : List.of("a", "b")) {
          hub.append("shop", "slow " + key + i, "order.changed", key, "{}");
        }
      }
      hub.context().getRouteController().resumeRoute("note-order");
      await().atMost(SOON).until(() -> recorder.runs().size() > 304);
      for (String key : List.of("c", "d", "e")) {
        hub.append("shop", key, "order.changed", key, "{}");
      }
      await()
          .atMost(SOON)
          .until(() -> Stream.of("c", "d", "e").allMatch(key -> recorder.runs(key).size() == 1));
      // Counted, not timed: they take as long as the machine lets them.
      assertThat(recorder.runs().size())
          .as("of the 80 slow ones half are still to come")
          .isLessThan(300 + 3 + 45);
    }
  }

  @Test
  void two_nodes_whose_clocks_differ_by_a_minute_keep_the_order_of_the_store() {
    Recorder recorder = new Recorder();
    SettableClock ahead = SettableClock.running();
    ahead.advance(Duration.ofMinutes(1));
    try (TestHub first = hub(Store.POSTGRESQL, recorder, "orderBy: orderingKey").start();
        TestHub second =
            hub(Store.POSTGRESQL, recorder, "orderBy: orderingKey")
                .beside(first)
                .bind("clock", ahead)
                .start()) {
      List<String> order = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        TestHub node = i % 3 == 0 ? second : first;
        for (String key : List.of("a", "b", "c", "d")) {
          node.append("shop", key + i, "order.changed", key, "{}");
        }
        order.add(Integer.toString(i));
      }
      awaitAllDone(first, 160);
      for (String key : List.of("a", "b", "c", "d")) {
        assertThat(recorder.runs())
            .filteredOn(run -> run.key().equals(key))
            .extracting(run -> run.event().substring(1))
            .as(key)
            .isEqualTo(order);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  @Tag("faults")
  void a_backlog_of_ten_thousand_is_drained(Store store) throws Exception {
    Recorder recorder = new Recorder();
    try (TestHub hub = hub(store, recorder).start()) {
      hub.context().getRouteController().suspendRoute("note-order");
      appendAll(hub, 10_000);
      long begun = System.nanoTime();
      hub.context().getRouteController().resumeRoute("note-order");
      awaitAllDone(hub, 10_000);
      System.out.printf(
          "HandlingTest %s: 10000 events handled in %d ms%n",
          store, (System.nanoTime() - begun) / 1_000_000);
      assertThat(recorder.runs()).hasSize(10_000);
      assertThat(recorder.runs()).extracting(Run::event).doesNotHaveDuplicates();
    }
  }

  @Test
  void an_idle_hub_asks_its_database_next_to_nothing() throws Exception {
    Recorder recorder = new Recorder().doing(run -> failUntil(99, run));
    TestHub.Builder builder =
        hub(Store.POSTGRESQL, recorder, "orderBy: orderingKey", "retryDelaysSeconds: \"600\"");
    try (FaultyLine line = builder.line();
        TestHub hub = builder.over(line).start()) {
      // A lane that waits for its first event's retry is idle too.
      hub.append("shop", "first", "order.changed", "a", "{}");
      hub.append("shop", "second", "order.changed", "a", "{}");
      awaitStatus(hub, "first", "retrying 1");
      // Long enough for what comes every two, eight and ten seconds to even out.
      long before = line.requests();
      TimeUnit.SECONDS.sleep(24);
      assertThat(line.requests() - before).as("requests in 24 s").isLessThanOrEqualTo(80);
    }
  }

  @Test
  void an_interrupted_handler_does_not_take_the_embedded_database_with_it() {
    AtomicReference<TestHub> self = new AtomicReference<>();
    Recorder recorder =
        new Recorder()
            .doing(
                run -> {
                  if (run.event().equals("interrupted")) {
                    Thread.currentThread().interrupt();
                    self.get().update("UPDATE inbox_tally SET stored = stored + 1000");
                  }
                });
    try (TestHub hub = hub(Store.H2, recorder, "retryDelaysSeconds: \"1\"").start()) {
      self.set(hub);
      append(hub, "interrupted");
      await().atMost(SOON).until(() -> !recorder.runs("interrupted").isEmpty());
      append(hub, "next");
      awaitStatus(hub, "next", "done 1");
    }
  }
}
