package hub.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import hub.catchup.StripeServer;
import hub.cli.Shell.Result;
import hub.testing.Store;
import hub.testing.Stripe;
import hub.testing.TestHub;
import hub.util.Json;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The command {@code catch-up} against a running hub. */
class CatchUpCommandTest {
  private static StripeServer stripe;
  private static TestHub hub;

  @BeforeAll
  static void start() {
    stripe = new StripeServer();
    hub =
        TestHub.on(Store.H2)
            .with("STRIPE_WEBHOOK_SECRET", Stripe.SECRET)
            .with("STRIPE_SECRET_KEY", StripeServer.KEY)
            .with("STRIPE_API_BASE", stripe.url())
            .routeFile("stripe/stripe-webhook.camel.yaml")
            .routeFile("stripe/stripe-catch-up.camel.yaml")
            .start();
    for (int i = 0; i < 3; i++) {
      stripe.add("evt_" + i, "charge.succeeded", Instant.now().minus(Duration.ofMinutes(50 + i)));
    }
  }

  @AfterAll
  static void stop() {
    hub.close();
    stripe.close();
  }

  @BeforeEach
  void empty() {
    hub.empty();
  }

  private static int events() {
    return Integer.parseInt(
        hub.query("SELECT count(*) FROM inbox_event WHERE source = 'stripe'").orElseThrow());
  }

  @Test
  void a_dry_run_counts_and_stores_nothing_and_a_run_stores_each_once() {
    Result dry = Shell.of(hub).run("catch-up", "stripe", "--since", "2h", "--dry-run");
    assertThat(dry.err()).isEmpty();
    assertThat(dry.code()).isZero();
    assertThat(dry.out()).contains("3 undelivered since", "3 missing, none stored (--dry-run)");
    assertThat(events()).isZero();

    Result run = Shell.of(hub).run("catch-up", "stripe", "--since", "2h");
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out()).contains("3 missing, 3 stored");
    assertThat(events()).isEqualTo(3);

    Result again = Shell.of(hub).run("catch-up", "stripe", "--since", "2h", "--json");
    JsonNode told = Json.own(again.out());
    assertThat(told.get("found").asInt()).isEqualTo(3);
    assertThat(told.get("missing").asInt()).isZero();
    assertThat(told.get("state").asText()).isEqualTo("done");
    assertThat(events()).isEqualTo(3);
  }

  @Test
  void what_cannot_be_caught_up_is_told_with_a_remedy() {
    Result unknown = Shell.of(hub).run("catch-up", "shop");
    assertThat(unknown.code()).isEqualTo(1);
    assertThat(unknown.err()).contains("No route catches up the source 'shop'", "stripe");
    assertThat(Shell.of(hub).run("catch-up", "stripe", "--since", "soon").code()).isEqualTo(2);
    Result far = Shell.of(hub).run("catch-up", "stripe", "--since", "90d", "--dry-run");
    assertThat(far.code()).isZero();
    assertThat(far.err()).contains("30 days");
  }
}
