package hub.policies;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import hub.testing.Hubs;
import hub.testing.LogLines;
import hub.testing.Store;
import hub.testing.TestHub;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Tag("postgres")
@Tag("waits")
class RetryThenParkTest {
  private static final AtomicInteger MAILS = new AtomicInteger();
  private static final AtomicInteger CALLS = new AtomicInteger();
  private static final AtomicInteger FAILING_MAILS = new AtomicInteger();
  private static final AtomicInteger FAILING_CALLS = new AtomicInteger();

  /** A step without a guard of its own. */
  public static final class Mail implements Processor {
    @Override
    public void process(Exchange exchange) {
      if (FAILING_MAILS.getAndDecrement() > 0) {
        throw new IllegalStateException("mail server hiccup");
      }
      MAILS.incrementAndGet();
    }
  }

  /** A step that may be done again. */
  public static final class Call implements Processor {
    @Override
    public void process(Exchange exchange) {
      CALLS.incrementAndGet();
      if (FAILING_CALLS.getAndDecrement() > 0) {
        throw new IllegalStateException("provider hiccup");
      }
    }
  }

  private static final String HANDLER =
      """
      - beans:
          - name: mail
            type: "#class:hub.policies.RetryThenParkTest$Mail"
          - name: call
            type: "#class:hub.policies.RetryThenParkTest$Call"
      - route:
          id: mail-then-call
          description: Does one thing that must happen once, then one that may fail.
          routeConfigurationId: retry-then-park
          from:
            uri: inbox:none
            parameters:
              retryDelaysSeconds: 0,0
            steps:
              - idempotentConsumer:
                  idempotentRepository: "#idempotency"
                  completionEager: true
                  expression:
                    simple:
                      expression: ${variable.eventId}/mail
                  steps:
                    - process:
                        ref: mail
              - process:
                  ref: call
      """;

  @BeforeEach
  void reset() {
    MAILS.set(0);
    CALLS.set(0);
    FAILING_MAILS.set(0);
    FAILING_CALLS.set(0);
  }

  private static final Hubs HUBS = new Hubs(RetryThenParkTest::hub);

  @AfterAll
  static void stop() {
    HUBS.close();
  }

  private static TestHub hub(Store store) {
    return TestHub.on(store)
        .route("mail-then-call", HANDLER)
        .routeFile("policies/retry-then-park.camel.yaml")
        .start();
  }

  private static void send(TestHub hub) {
    hub.context().createProducerTemplate().sendBody("inbox:none?id=random", "{}");
    await()
        .until(
            () ->
                hub.query("SELECT count(*) FROM inbox_delivery WHERE due_at IS NULL")
                    .equals(Optional.of("1")));
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void a_hiccup_is_over_within_one_attempt_and_doubles_nothing(Store store) {
    TestHub hub = HUBS.emptied(store);
    try (LogLines noise =
        LogLines.of("org.apache.camel.processor.errorhandler.DefaultErrorHandler")) {
      FAILING_MAILS.set(1);
      FAILING_CALLS.set(1);

      send(hub);

      assertThat(hub.query("SELECT status || attempts FROM inbox_delivery")).contains("done1");
      assertThat(MAILS).hasValue(1);
      assertThat(CALLS).hasValue(2);
      assertThat(noise.lines()).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void a_later_attempt_skips_what_was_done_and_does_what_was_not(Store store) {
    TestHub hub = HUBS.emptied(store);
    FAILING_CALLS.set(4);

    send(hub);

    assertThat(hub.query("SELECT status || attempts FROM inbox_delivery")).contains("done2");
    assertThat(MAILS).hasValue(1);
    assertThat(CALLS).hasValue(5);
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void a_step_that_failed_is_done_by_the_next_attempt(Store store) {
    TestHub hub = HUBS.emptied(store);
    FAILING_MAILS.set(3);

    send(hub);

    assertThat(hub.query("SELECT status || attempts FROM inbox_delivery")).contains("done2");
    assertThat(MAILS).hasValue(1);
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void what_keeps_failing_is_parked_when_the_schedule_ends(Store store) {
    TestHub hub = HUBS.emptied(store);
    try (LogLines noise =
        LogLines.of("org.apache.camel.processor.errorhandler.DefaultErrorHandler")) {
      FAILING_CALLS.set(Integer.MAX_VALUE);

      send(hub);

      assertThat(hub.query("SELECT status || attempts FROM inbox_delivery")).contains("dead3");
      assertThat(hub.query("SELECT last_error FROM inbox_delivery"))
          .hasValueSatisfying(
              error -> assertThat(error).endsWith("IllegalStateException: provider hiccup"));
      assertThat(MAILS).hasValue(1);
      assertThat(CALLS).hasValue(9);
      assertThat(noise.lines()).as("the inbox tells it in one line").isEmpty();
    }
  }
}
