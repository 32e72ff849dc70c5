package hub.catchup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import hub.testing.SettableClock;
import hub.testing.Store;
import hub.testing.Stripe;
import hub.testing.TestHub;
import hub.util.HubClock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Which of several nodes catches up. Slow: it waits for runs that must not happen. */
@Tag("postgres")
@Tag("slow")
class CatchUpNodesTest {
  private static final Duration SOON = Duration.ofSeconds(20);

  private static TestHub.Builder hub(
      TestHub.Builder builder, StripeServer api, SettableClock clock) {
    return builder
        .bind(HubClock.BEAN, clock)
        .with("STRIPE_WEBHOOK_SECRET", Stripe.SECRET)
        .with("STRIPE_SECRET_KEY", StripeServer.KEY)
        .with("STRIPE_API_BASE", api.url())
        .routeFile("stripe/stripe-webhook.camel.yaml")
        .routeFile("stripe/stripe-catch-up.camel.yaml");
  }

  private static void awaitEvents(TestHub hub, int number) {
    await()
        .atMost(SOON)
        .until(
            () ->
                hub.query("SELECT count(*) FROM inbox_event WHERE source = 'stripe'")
                    .equals(Optional.of(Integer.toString(number))));
  }

  @Test
  void one_node_runs_what_is_due_and_another_takes_over_from_one_that_has_died() {
    SettableClock clock = SettableClock.running();
    try (StripeServer api = new StripeServer();
        TestHub first = hub(TestHub.on(Store.POSTGRESQL), api, clock).start();
        TestHub second = hub(TestHub.on(Store.POSTGRESQL).beside(first), api, clock).start()) {
      CatchUpRuns.awaitNoted(first);
      // Both have looked at the schedule since their start.
      first.update("UPDATE catch_up SET ended_at = ?", clock.instant().atOffset(ZoneOffset.UTC));
      await().pollDelay(Duration.ofSeconds(3)).atMost(SOON).until(() -> true);
      int asked = api.queries.size();
      for (int i = 0; i < 150; i++) {
        api.add("evt_" + i, "charge.succeeded", clock.instant().minus(Duration.ofHours(1)));
      }
      first.update("UPDATE catch_up SET next_at = CURRENT_TIMESTAMP - INTERVAL '1' HOUR");
      awaitEvents(first, 150);
      await().pollDelay(Duration.ofSeconds(3)).atMost(SOON).until(() -> true);
      assertThat(api.queries.size() - asked).as("two pages, by one node").isEqualTo(2);

      first.update(
          "UPDATE catch_up SET next_at = CURRENT_TIMESTAMP - INTERVAL '1' HOUR, lease_token = ?, lease_until = ?",
          UUID.randomUUID(),
          clock.instant().plus(CatchUpDues.LEASE).atOffset(ZoneOffset.UTC));
      api.add("evt_late", "charge.succeeded", clock.instant().minus(Duration.ofHours(1)));
      await().pollDelay(Duration.ofSeconds(3)).atMost(SOON).until(() -> true);
      assertThat(api.queries.size() - asked).as("a node holds it").isEqualTo(2);
      first.context().stop();
      clock.advance(CatchUpDues.LEASE.plusSeconds(1));
      awaitEvents(second, 151);
      assertThat(second.query("SELECT count(DISTINCT provider_event_id) FROM inbox_event"))
          .contains("151");
    }
  }
}
