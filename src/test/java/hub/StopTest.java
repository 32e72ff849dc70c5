package hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import hub.testing.HubProcess;
import hub.testing.Store;
import hub.testing.Stripe;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A hub that is told to stop while handlers are busy. Slow: a stop takes the seconds that it may.
 */
@Execution(ExecutionMode.CONCURRENT)
@Tag("process")
@Tag("postgres")
@Tag("slow")
class StopTest {
  private static final Duration SOON = Duration.ofSeconds(20);

  /** So long that a share of it is enough for ending a process on a machine that is busy. */
  private static final int STOP_SECONDS = 12;

  /** Fails at first, so that the second attempt is its last. */
  private static final String BUSY =
      """
      - route:
          id: busy-%1$s
          description: Takes far longer than a stop may.
          from:
            uri: inbox:stripe
            parameters:
              retryDelaysSeconds: "0"
            steps:
              - choice:
                  when:
                    - simple:
                        expression: "${variable.attempt} == 1"
                      steps:
                        - throwException:
                            message: not yet
                            exceptionType: java.lang.IllegalStateException
              - delay:
                  constant:
                    expression: "40000"
      """;

  private static final String STUCK =
      """
      - route:
          id: stuck
          description: Waits where no interrupt is heard.
          from:
            uri: inbox:stripe
            steps:
              - to:
                  uri: sql:SELECT pg_sleep(40)
      """;

  private static HubProcess.Builder hub(Store store) {
    return HubProcess.on(store)
        .with("STRIPE_WEBHOOK_SECRET", Stripe.SECRET)
        .with("CAMEL_MAIN_SHUTDOWNTIMEOUT", Integer.toString(STOP_SECONDS))
        .routeFile("stripe/stripe-webhook.camel.yaml");
  }

  private static void post(HubProcess hub) throws IOException {
    String body = Stripe.subscription("evt_1", "updated", "sub_1", 1_700_000_000L);
    assertThat(
            hub.send("POST", "/api/webhooks/stripe", body, "Stripe-Signature", Stripe.sign(body))
                .statusCode())
        .isEqualTo(200);
  }

  private static void awaitShares(HubProcess hub, String... shares) {
    await()
        .atMost(SOON)
        .pollInterval(Duration.ofMillis(50))
        .untilAsserted(
            () ->
                assertThat(
                        hub.list(
                            "SELECT route || ' ' || status || ' ' || attempts FROM inbox_delivery"))
                    .containsExactlyInAnyOrder(shares));
  }

  private static void stop(HubProcess hub) {
    hub.terminate();
    assertThat(hub.waitFor(Duration.ofSeconds(STOP_SECONDS)))
        .as("gone within camel.main.shutdownTimeout: %s", hub.output())
        .isTrue();
    assertThat(hub.exitCode()).isZero();
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  @Tag("faults")
  void a_stop_in_the_midst_of_the_last_attempt_fits_its_time_and_spends_nothing(Store store)
      throws Exception {
    try (HubProcess hub =
        hub(store)
            .route("busy-a", BUSY.formatted("a"))
            .route("busy-b", BUSY.formatted("b"))
            .start()) {
      post(hub);
      awaitShares(hub, "busy-a processing 2", "busy-b processing 2");

      stop(hub);
      hub.start();

      awaitShares(hub, "busy-a processing 2", "busy-b processing 2");
      assertThat(hub.output())
          .contains("outcome=released")
          .doesNotContain("outcome=dead", "stop=forced");
    }
  }

  @Test
  void a_handler_that_hears_no_interrupt_does_not_hold_up_the_stop() throws Exception {
    try (HubProcess hub = hub(Store.POSTGRESQL).route("stuck", STUCK).start()) {
      post(hub);
      awaitShares(hub, "stuck processing 1");

      stop(hub);
      hub.start();

      awaitShares(hub, "stuck processing 1");
    }
  }

  @Test
  void an_idle_hub_ends_with_0_when_it_is_told_to_stop() throws Exception {
    try (HubProcess hub = hub(Store.H2).start()) {
      stop(hub);
    }
  }
}
