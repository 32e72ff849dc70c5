package hub.inbox.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import hub.inbox.camel.BatchedEvent;
import hub.testing.Store;
import hub.testing.TestHub;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A handler that gets its events in batches. */
@Execution(ExecutionMode.CONCURRENT)
@Tag("postgres")
class BatchTest {
  /** Keeps the batches it gets and runs the test's behaviour with each. */
  private static final class Taker implements Processor {
    interface Behaviour {
      void with(List<BatchedEvent> batch) throws Exception;
    }

    final List<List<BatchedEvent>> batches = new CopyOnWriteArrayList<>();
    volatile Behaviour behaviour = batch -> {};

    @Override
    @SuppressWarnings("unchecked")
    public void process(Exchange exchange) throws Exception {
      List<BatchedEvent> batch = exchange.getMessage().getBody(List.class);
      batches.add(batch);
      behaviour.with(batch);
    }
  }

  private static TestHub hub(Store store, Taker taker, int batchMillis) {
    return TestHub.on(store)
        .bind("taker", taker)
        .route(
            "take-batches",
            """
            - route:
                id: take-batches
                description: Takes ten at once.
                from:
                  uri: inbox:things
                  parameters:
                    batch: 10
                    batchMillis: %d
                    concurrency: 2
                    retryDelaysSeconds: "0,0"
                  steps:
                    - process:
                        ref: taker
            """
                .formatted(batchMillis))
        .start();
  }

  private static void append(TestHub hub, int from, int to) {
    IntStream.range(from, to)
        .parallel()
        .forEach(i -> hub.append("things", "t" + i, "thing", "", "{}"));
  }

  private static void awaitStates(TestHub hub, String states) {
    await()
        .atMost(Duration.ofSeconds(15))
        .untilAsserted(
            () ->
                assertThat(
                        hub.query(
                            "SELECT string_agg(s, ', ') FROM (SELECT status || attempts || '=' || count(*) AS s FROM inbox_delivery GROUP BY status, attempts ORDER BY 1) q"))
                    .contains(states));
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void a_full_batch_goes_at_once_and_the_rest_when_it_has_waited(Store store) {
    Taker taker = new Taker();
    try (TestHub hub = hub(store, taker, 1_500)) {
      append(hub, 0, 25);
      awaitStates(hub, "done1=25");

      assertThat(taker.batches.stream().map(List::size)).containsExactlyInAnyOrder(10, 10, 5);
      assertThat(taker.batches.stream().flatMap(List::stream).map(BatchedEvent::id))
          .doesNotHaveDuplicates()
          .hasSize(25);
    }
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void a_failed_batch_is_tried_again_but_for_what_was_done_or_parked(Store store) {
    Taker taker = new Taker();
    taker.behaviour =
        batch -> {
          if (batch.get(0).attempt() == 1) {
            batch.get(0).done();
            batch.get(1).park("no good");
            throw new IllegalStateException("hiccup");
          }
        };
    try (TestHub hub = hub(store, taker, 3_000)) {
      append(hub, 0, 10);
      awaitStates(hub, "dead1=1, done1=1, done2=8");

      assertThat(hub.query("SELECT last_error FROM inbox_delivery WHERE status = 'dead'"))
          .contains("no good");
      assertThat(hub.query("SELECT min(last_error) FROM inbox_delivery WHERE attempts = 2"))
          .hasValueSatisfying(error -> assertThat(error).contains("hiccup"));
    }
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void a_batch_that_keeps_failing_is_parked(Store store) {
    Taker taker = new Taker();
    taker.behaviour =
        batch -> {
          throw new IllegalStateException("never");
        };
    try (TestHub hub = hub(store, taker, 100)) {
      append(hub, 0, 3);
      awaitStates(hub, "dead3=3");
    }
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void what_is_gathered_goes_out_when_the_hub_stops(Store store) {
    Taker taker = new Taker();
    TestHub hub = hub(store, taker, 60_000);
    append(hub, 0, 4);
    await()
        .until(
            () ->
                hub.query("SELECT count(*) FROM inbox_delivery WHERE status = 'processing'")
                    .equals(Optional.of("4")));
    assertThat(taker.batches).isEmpty();

    hub.close();

    assertThat(taker.batches.stream().map(List::size)).containsExactly(4);
  }
}
