package hub.catchup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import hub.testing.LogLines;
import hub.testing.SettableClock;
import hub.testing.Store;
import hub.testing.Stripe;
import hub.testing.TestHub;
import hub.util.HubClock;
import hub.util.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What Stripe could not deliver is fetched, once, and told. */
@Tag("postgres")
@Tag("waits")
class StripeCatchUpTest {
  private static final String HANDLER =
      """
      - route:
          id: keep-subscription
          from:
            uri: inbox:stripe
            parameters: {types: 'customer.subscription.updated,customer.subscription.deleted'}
            steps:
              - log: {message: "kept ${variable.providerEventId}"}
      """;

  /** The shipped one, but looked at each second. */
  private static final String ALERT = alert();

  private static String alert() {
    try {
      return Files.readString(Path.of("routes/alerts/alert-webhooks-missed.camel.yaml"))
          .replace("above: 0", "above: 0\n        everySeconds: 1");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static TestHub.Builder hub(Store store, StripeServer stripe, SettableClock clock) {
    return TestHub.on(store)
        .bind(HubClock.BEAN, clock)
        .with("STRIPE_WEBHOOK_SECRET", Stripe.SECRET)
        .with("STRIPE_SECRET_KEY", StripeServer.KEY)
        .with("STRIPE_API_BASE", stripe.url())
        .routeFile("stripe/stripe-webhook.camel.yaml")
        .routeFile("stripe/stripe-catch-up.camel.yaml")
        .route("keep-subscription", HANDLER);
  }

  private static ObjectNode update(StripeServer stripe, String id, Instant at) {
    return stripe.add(id, "customer.subscription.updated", at);
  }

  private static Optional<String> count(TestHub hub) {
    return hub.query("SELECT count(*) FROM inbox_event WHERE source = 'stripe'");
  }

  private static JsonNode ended(TestHub hub, String wish) {
    HttpResponse<String> started = hub.operate("/api/admin/catch-ups", wish);
    assertThat(started.statusCode()).as(started.body()).isEqualTo(202);
    String path = "/api/admin/catch-ups/" + Json.own(started.body()).get("id").asText();
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> !List.of("waiting", "running").contains(hub.json(path).get("state").asText()));
    return hub.json(path);
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void what_was_missed_in_a_downtime_is_there_once_after_the_start_marked_and_told(Store store) {
    SettableClock clock = SettableClock.running();
    try (StripeServer stripe = new StripeServer()) {
      Instant before = clock.instant().minus(Duration.ofMinutes(10));
      TestHub first = hub(store, stripe, clock).start();
      try {
        CatchUpRuns.awaitNoted(first);
        for (int i = 0; i < 200; i++) {
          ObjectNode event = update(stripe, "evt_delivered_" + i, before);
          assertThat(first.stripe("stripe", event.toString()).body()).contains("accepted");
          if (i % 2 == 0) { // of the others Stripe saw no answer
            stripe.delivered("evt_delivered_" + i);
          }
        }
        for (int i = 0; i < 500; i++) {
          update(stripe, "evt_missed_" + i, before.plusSeconds(i));
        }
        assertThat(stripe.queries).as("a new source has missed nothing").isEmpty();
        JsonNode dry =
            ended(first, "{\"source\":\"stripe\",\"since\":\"" + before + "\",\"dryRun\":true}");
        assertThat(dry.get("state").asText()).as(dry.toString()).isEqualTo("done");
        assertThat(dry.get("found").asLong()).isEqualTo(600);
        assertThat(dry.get("missing").asLong()).isEqualTo(500);
        assertThat(dry.get("appended").asLong()).isZero();
        assertThat(count(first)).contains("200");
      } finally {
        first.close();
      }
      clock.advance(Duration.ofMinutes(31));

      try (TestHub again =
          hub(store, stripe, clock)
              .with("hub.data-dir", first.folder().resolve("data").toString())
              .beside(first)
              .route("alert-webhooks-missed", ALERT)
              .start()) {
        await().atMost(Duration.ofSeconds(30)).until(() -> count(again).equals(Optional.of("700")));
        assertThat(again.query("SELECT count(*) FROM inbox_arrival")).contains("500");
        assertThat(
                again.query(
                    "SELECT count(*) FROM inbox_arrival a JOIN inbox_event e ON e.id = a.event_id WHERE e.provider_event_id LIKE 'evt_missed_%' AND a.arrived_by = 'catch-up'"))
            .contains("500");
        assertThat(
                again.query(
                    "SELECT provider_event_id FROM inbox_event WHERE provider_event_id LIKE 'evt_missed_%' ORDER BY sequence LIMIT 1"))
            .as("the oldest first")
            .contains("evt_missed_0");
        JsonNode shown = again.json("/api/admin/events?q=evt_missed_499").at("/events/0");
        assertThat(shown.at("/arrivedBy").asText()).isEqualTo("catch-up");
        JsonNode detail = again.json("/api/admin/events/" + shown.at("/id").asText());
        assertThat(detail.at("/arrivedBy").asText()).isEqualTo("catch-up");
        assertThat(detail.at("/orderingKey").asText()).isEqualTo("sub_evt_missed_499");
        assertThat(detail.at("/payload").asText()).contains("\"id\":\"evt_missed_499\"");
        assertThat(
                again
                    .json("/api/admin/events?q=evt_delivered_199")
                    .at("/events/0/arrivedBy")
                    .isNull())
            .isTrue();

        String late = Json.own(detail.at("/payload").asText()).toString();
        assertThat(
                again
                    .post(
                        "/api/webhooks/stripe",
                        late,
                        "Stripe-Signature",
                        Stripe.sign(late, clock.instant()))
                    .body())
            .contains("duplicate");
        JsonNode second = ended(again, "{\"source\":\"stripe\"}");
        assertThat(second.get("missing").asLong()).isZero();
        assertThat(second.get("found").asLong()).isEqualTo(600);
        assertThat(count(again)).contains("700");
        await()
            .atMost(Duration.ofSeconds(90))
            .until(() -> again.get("/api/admin/alerts").body().contains("stripe: 500"));
      }
    }
  }

  @Test
  void what_is_not_ours_or_may_still_come_is_left_alone() {
    SettableClock clock = SettableClock.running();
    try (StripeServer stripe = new StripeServer()) {
      Instant old = clock.instant().minus(Duration.ofHours(1));
      update(stripe, "evt_too_old", clock.instant().minus(Duration.ofHours(73)));
      update(stripe, "evt_other_account", old).put("account", "acct_other");
      update(stripe, "evt_live", old).put("livemode", true);
      stripe.add("evt_other_type", "charge.succeeded", old);
      update(stripe, "evt_missed", old);
      update(stripe, "evt_young", clock.instant().minus(Duration.ofMinutes(29)));
      try (TestHub hub = hub(Store.H2, stripe, clock).start()) {
        CatchUpRuns.awaitFirstRun(hub);
        assertThat(hub.query("SELECT provider_event_id FROM inbox_event WHERE source = 'stripe'"))
            .contains("evt_missed");
        assertThat(count(hub)).contains("1");
        assertThat(stripe.queries.get(0))
            .contains(
                "delivery_success=false",
                "limit=100",
                "types[]=customer.subscription.deleted",
                "types[]=customer.subscription.updated");

        JsonNode run = ended(hub, "{\"source\":\"stripe\",\"since\":\"72h\"}");
        assertThat(run.get("appended").asLong())
            .as("an operator does not wait for Stripe's own retry")
            .isEqualTo(1);
        JsonNode far =
            ended(
                hub,
                "{\"source\":\"stripe\",\"dryRun\":true,\"since\":\""
                    + clock.instant().minus(Duration.ofDays(40))
                    + "\"}");
        assertThat(far.get("note").asText()).contains("keeps 30 days");
        assertThat(far.get("missing").asLong()).isEqualTo(1);
        HttpResponse<String> unknown = hub.operate("/api/admin/catch-ups", "{\"source\":\"shop\"}");
        assertThat(unknown.statusCode()).isEqualTo(404);
        assertThat(unknown.body()).contains("source-unknown", "catch-up-source", "stripe");
        assertThat(hub.manage("/observe/metrics").body())
            .contains("hub_catch_up_events_total{outcome=\"appended\",source=\"stripe\"} 2.0");
      }
    }
  }

  @Test
  void other_accounts_and_modes_are_fetched_where_the_handlers_act_on_them() {
    SettableClock clock = SettableClock.running();
    try (StripeServer stripe = new StripeServer()) {
      Instant old = clock.instant().minus(Duration.ofHours(1));
      update(stripe, "evt_other_account", old).put("account", "acct_other");
      update(stripe, "evt_live", old).put("livemode", true);
      update(stripe, "evt_before_the_first_start", clock.instant().minus(Duration.ofHours(7)));
      update(stripe, "evt_missed", old);
      try (TestHub hub =
          hub(Store.H2, stripe, clock)
              .with("hub.stripe.accounts", "any")
              .with("hub.stripe.livemode", "any")
              .start()) {
        CatchUpRuns.awaitFirstRun(hub);
        assertThat(
                hub.query(
                    "SELECT listagg(provider_event_id, ' ') WITHIN GROUP (ORDER BY provider_event_id) FROM inbox_event WHERE source = 'stripe'"))
            .as("not what was sent long before the source was new")
            .contains("evt_live evt_missed evt_other_account");
        assertThat(ended(hub, "{\"source\":\"stripe\"}").get("appended").asLong())
            .as("the history, by hand")
            .isEqualTo(1);
      }
    }
  }

  @Test
  void a_list_that_breaks_off_is_stored_so_far_and_goes_on_where_it_broke() {
    SettableClock clock = SettableClock.running();
    try (StripeServer stripe = new StripeServer()) {
      for (int i = 0; i < 250; i++) {
        update(stripe, "evt_" + i, clock.instant().minus(Duration.ofHours(1)));
      }
      stripe.failingStatus = 402;
      stripe.failsFromPage = 2;
      try (TestHub hub = hub(Store.H2, stripe, clock).with("hub.call.retries", "0").start()) {
        CatchUpRuns.awaitFirstRun(hub);
        assertThat(count(hub)).contains("100");
        assertThat(hub.query("SELECT state FROM catch_up_run WHERE since < until"))
            .contains("failed");
        assertThat(hub.query("SELECT error FROM catch_up_run WHERE since < until").orElseThrow())
            .contains("stripe", "out of order");

        stripe.failingStatus = 503;
        clock.advance(Duration.ofMinutes(2));
        await()
            .atMost(Duration.ofSeconds(20))
            .until(() -> hub.query("SELECT failures FROM catch_up").equals(Optional.of("2")));
        JsonNode failing = hub.json("/api/admin/polls").at("/polls/0");
        assertThat(failing.at("/kind").asText()).isEqualTo("catch-up");
        assertThat(failing.at("/source").asText()).isEqualTo("stripe");
        assertThat(failing.at("/status").asText()).isEqualTo("failing");
        assertThat(failing.at("/lastError").asText()).contains("stripe", "503");
        assertThat(failing.at("/failingSince").asText()).isNotEmpty();
        assertThat(failing.at("/nextRunAt").asText()).isNotEmpty();

        stripe.failingStatus = 0;
        clock.advance(Duration.ofMinutes(5));
        await().atMost(Duration.ofSeconds(30)).until(() -> count(hub).equals(Optional.of("250")));
        await()
            .atMost(Duration.ofSeconds(20))
            .until(() -> hub.query("SELECT failures FROM catch_up").equals(Optional.of("0")));
      }
    }
  }

  @Test
  void a_page_that_comes_again_and_an_event_without_an_id_fail_aloud_and_lose_nothing() {
    SettableClock clock = SettableClock.running();
    try (StripeServer stripe = new StripeServer();
        LogLines log = LogLines.of("hub.catchup")) {
      Instant old = clock.instant().minus(Duration.ofHours(1));
      for (int i = 0; i < 101; i++) {
        update(stripe, "evt_" + i, old);
      }
      stripe.stuck = true;
      try (TestHub hub = hub(Store.H2, stripe, clock).start()) {
        CatchUpRuns.awaitFirstRun(hub);
        assertThat(count(hub)).contains("100");
        assertThat(log.lines().toString()).contains("same page again");

        stripe.stuck = false;
        update(stripe, "evt_nameless", old).remove("id");
        JsonNode run = ended(hub, "{\"source\":\"stripe\"}");
        assertThat(run.get("state").asText()).isEqualTo("failed");
        assertThat(run.get("error").asText()).contains("without an id");
        assertThat(count(hub)).contains("101");
      }
    }
  }

  @Test
  void a_refused_key_is_told_with_its_remedy_and_none_does_nothing() {
    SettableClock clock = SettableClock.running();
    try (StripeServer stripe = new StripeServer();
        LogLines log = LogLines.of("hub.catchup")) {
      try (TestHub hub =
          hub(Store.H2, stripe, clock).with("STRIPE_SECRET_KEY", "sk_test_wrong").start()) {
        CatchUpRuns.awaitFirstRun(hub);
        assertThat(log.lines().toString())
            .contains("Invalid API Key", "STRIPE_SECRET_KEY must be", "permission to read events")
            .doesNotContain("sk_test_wrong");
      }
      int asked = stripe.queries.size();
      try (TestHub hub = hub(Store.H2, stripe, clock).without("STRIPE_SECRET_KEY").start()) {
        await().until(() -> log.lines().toString().contains("until STRIPE_SECRET_KEY is set"));
        HttpResponse<String> refused =
            hub.operate("/api/admin/catch-ups", "{\"source\":\"stripe\"}");
        assertThat(refused.statusCode()).isEqualTo(503);
        assertThat(refused.body()).contains("not-configured", "STRIPE_SECRET_KEY");
        assertThat(stripe.queries).hasSize(asked);
      }
    }
  }

  @Test
  void a_route_of_ones_own_sees_each_new_event_once() {
    SettableClock clock = SettableClock.running();
    try (StripeServer stripe = new StripeServer();
        LogLines log = LogLines.of("missed")) {
      for (int i = 0; i < 3; i++) {
        update(stripe, "evt_" + i, clock.instant().minus(Duration.ofMinutes(i + 1)));
      }
      String route =
          """
          - route:
              id: shop-catch-up
              from:
                uri: kamelet:catch-up-source
                parameters: {source: shop, provider: stripe, types: 'customer.*', olderThanMinutes: 0}
                steps:
                  - log: {logName: missed, message: "${variable.type} ${variable.providerEventId} ${body}"}
                  - throwException: {exceptionType: java.lang.IllegalStateException, message: broken}
          """;
      try (TestHub hub =
          TestHub.on(Store.H2)
              .bind(HubClock.BEAN, clock)
              .with("STRIPE_SECRET_KEY", StripeServer.KEY)
              .with("STRIPE_API_BASE", stripe.url())
              .route("shop-catch-up", route)
              .start()) {
        CatchUpRuns.awaitFirstRun(hub);
        await().atMost(Duration.ofSeconds(20)).until(() -> log.lines().size() == 3);
        assertThat(log.lines().toString())
            .contains("customer.subscription.updated evt_1 {\"id\":\"evt_1\"");
        ended(hub, "{\"source\":\"shop\"}");
        assertThat(log.lines()).hasSize(3);
        assertThat(hub.query("SELECT count(*) FROM inbox_event WHERE source = 'shop'"))
            .contains("3");
      }
    }
  }

  @Test
  void a_restart_before_the_first_run_of_a_new_source_is_no_downtime() {
    SettableClock clock = SettableClock.running();
    try (StripeServer stripe = new StripeServer();
        LogLines log = LogLines.of("hub.catchup")) {
      update(stripe, "evt_of_before", clock.instant().minus(Duration.ofHours(1)));
      TestHub first = hub(Store.H2, stripe, clock).start();
      try {
        CatchUpRuns.awaitNoted(first);
      } finally {
        first.close();
      }
      clock.advance(Duration.ofMinutes(5));
      int told = log.lines().size();

      try (TestHub again =
          hub(Store.H2, stripe, clock)
              .with("hub.data-dir", first.folder().resolve("data").toString())
              .start()) {
        await().atMost(Duration.ofSeconds(20)).until(() -> log.lines().size() > told);
        assertThat(log.lines().get(told)).contains("outcome=new");
        assertThat(stripe.queries).isEmpty();
        assertThat(count(again)).contains("0");
      }
    }
  }

  @Test
  void a_look_back_beyond_the_retention_stops_the_start() {
    assertThatThrownBy(
            () ->
                TestHub.on(Store.H2)
                    .with("hub.inbox.retention-days", "2")
                    .routeFile("stripe/stripe-catch-up.camel.yaml")
                    .start())
        .hasStackTraceContaining("lookbackHours")
        .hasStackTraceContaining("hub.inbox.retention-days (2)");
  }
}
