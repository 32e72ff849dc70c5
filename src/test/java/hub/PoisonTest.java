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

/**
 * An event that brings its process down costs no other event its life. Slow: its hub dies and
 * starts again three times.
 */
@Execution(ExecutionMode.CONCURRENT)
@Tag("process")
@Tag("postgres")
@Tag("slow")
class PoisonTest {
  private static final int NEIGHBOURS = 12;
  private static final int CONCURRENCY = 4;

  /** Three attempts: one and two retries. */
  private static final String HANDLER =
      """
      - beans:
          - name: machine
            type: java.lang.Runtime
            factoryMethod: getRuntime
      - route:
          id: handle-slowly
          description: Takes its time, and halts the machine at one event.
          from:
            uri: inbox:stripe
            parameters:
              types: customer.subscription.*
              concurrency: %d
              leaseSeconds: 3
              retryDelaysSeconds: "1,1"
            steps:
              - choice:
                  when:
                    - simple:
                        expression: "${variable.providerEventId} == 'evt_poison'"
                      steps:
                        - delay:
                            constant:
                              expression: "300"
                        - bean:
                            ref: machine
                            method: halt(9)
              - delay:
                  constant:
                    expression: "1200"
      """
          .formatted(CONCURRENCY);

  @Test
  @Tag("faults")
  void an_event_that_kills_its_process_ends_dead_and_no_neighbour_does() throws Exception {
    endsDead(Store.POSTGRESQL);
  }

  @Test
  @Tag("faults")
  void the_same_on_an_embedded_database() throws Exception {
    endsDead(Store.H2);
  }

  private static void endsDead(Store store) throws Exception {
    try (HubProcess hub =
        HubProcess.on(store)
            .with("STRIPE_WEBHOOK_SECRET", Stripe.SECRET)
            .with("HUB_INBOX_POLL_SECONDS", "1")
            .routeFile("stripe/stripe-webhook.camel.yaml")
            .route("handle-slowly", HANDLER)
            .start()) {
      // The first ones are in hands when the poison comes, the others wait behind it.
      for (int i = 0; i < CONCURRENCY - 1; i++) {
        deliver(hub, "evt_" + i);
      }
      deliver(hub, "evt_poison");
      int crashes = 0;
      for (int i = CONCURRENCY - 1; i < NEIGHBOURS; i++) {
        crashes += deliver(hub, "evt_" + i);
      }
      for (String unfinished = "?"; !unfinished.equals("0"); ) {
        try {
          unfinished = hub.query("SELECT count(*) FROM inbox_delivery WHERE due_at IS NOT NULL");
          await().pollDelay(Duration.ofMillis(200)).until(() -> true);
        } catch (RuntimeException e) {
          crashes += startAgain(hub);
        }
        assertThat(crashes).as("crashes").isLessThan(6);
      }

      assertThat(status(hub, "= 'evt_poison'")).isEqualTo("dead 3");
      assertThat(crashes).isEqualTo(3);
      assertThat(
              hub.list(
                  "SELECT DISTINCT status FROM inbox_delivery d JOIN inbox_event e ON e.id = d.event_id WHERE e.provider_event_id <> 'evt_poison'"))
          .containsExactly("done");
      assertThat(
              hub.query(
                  "SELECT max(attempts) FROM inbox_delivery d JOIN inbox_event e ON e.id = d.event_id WHERE e.provider_event_id <> 'evt_poison'"))
          .as("those in hands at the first crash lost one attempt")
          .isEqualTo("2");
      assertThat(
              hub.query(
                  "SELECT count(*) FROM inbox_delivery d JOIN inbox_event e ON e.id = d.event_id WHERE attempts > 1 AND e.provider_event_id <> 'evt_poison'"))
          .as("and nobody else")
          .isIn("1", "2", "3");
    }
  }

  private static String status(HubProcess hub, String which) {
    return hub.query(
        "SELECT d.status || ' ' || least(d.attempts, 3) FROM inbox_delivery d JOIN inbox_event e ON e.id = d.event_id WHERE e.provider_event_id "
            + which);
  }

  /** Until it is acknowledged; answers how often the hub had to be started for that. */
  private static int deliver(HubProcess hub, String id) throws InterruptedException {
    String body = Stripe.subscription(id, "created", "sub_1", 1_700_000_000L);
    for (int starts = 0; ; ) {
      try {
        if (hub.send("POST", "/api/webhooks/stripe", body, "Stripe-Signature", Stripe.sign(body))
                .statusCode()
            == 200) {
          return starts;
        }
      } catch (IOException e) {
        starts += startAgain(hub);
      }
    }
  }

  /** It may die once more while it starts. */
  private static int startAgain(HubProcess hub) {
    for (int starts = 1; ; starts++) {
      hub.kill();
      try {
        hub.start();
        return starts;
      } catch (IllegalStateException e) {
        assertThat(starts).isLessThan(6);
      }
    }
  }
}
