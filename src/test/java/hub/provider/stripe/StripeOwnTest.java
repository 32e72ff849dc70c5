package hub.provider.stripe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import hub.config.Settings;
import hub.provider.email.MailServer;
import hub.testing.LogLines;
import hub.testing.Payload;
import hub.testing.Store;
import hub.testing.TestHub;
import hub.util.Json;
import java.util.Map;
import java.util.Optional;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The shipped handlers act on the platform's own events of the right mode, and on no others. */
@Tag("postgres")
@Tag("waits")
class StripeOwnTest {
  private static final Payload FAILED = Payload.of("stripe/invoice.payment_failed.json");
  private static final Payload UPDATED = Payload.of("stripe/customer.subscription.updated.json");
  private static final String SUBSCRIPTION = "sub_1QyHubExample";
  private static final String LIVE = "sk_live_of_the_tests";

  private static TestHub.Builder mailing(Store store, MailServer server) {
    return StripeHub.builder(store)
        .with("EMAIL_TRANSPORT", "smtp")
        .with("EMAIL_FROM", "hub@example.com")
        .with("SMTP_URL", "smtp://localhost:" + server.port())
        .routeFile("policies/every-route.camel.yaml")
        .routeFile("email/*.camel.yaml");
  }

  /** The only attempt of the event with this Stripe id. */
  private static JsonNode attempt(StripeHub stripe, String id) {
    String event =
        stripe
            .hub
            .query("SELECT id FROM inbox_event WHERE provider_event_id = ?", id)
            .orElseThrow();
    JsonNode shown = stripe.hub.json("/api/admin/events/" + event);
    assertThat(shown.at("/status").asText()).isEqualTo("done");
    return shown.at("/handlers/0/attempts/0");
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void an_event_of_test_mode_does_nothing_in_a_live_hub_and_its_attempt_says_why(Store store) {
    try (MailServer server = MailServer.open();
        LogLines told = LogLines.of("hub.operators");
        StripeHub stripe = StripeHub.of(mailing(store, server).with("STRIPE_SECRET_KEY", LIVE))) {
      stripe.deliver(FAILED.with("/id", "evt_test"));
      stripe.deliver(UPDATED.with("/id", "evt_test_subscription"));
      stripe.settle();

      JsonNode attempt = attempt(stripe, "evt_test");
      assertThat(attempt.at("/outcome").asText()).isEqualTo("done");
      assertThat(attempt.at("/error").isNull()).isTrue();
      assertThat(attempt.at("/note").asText())
          .contains("test mode", "livemode", "STRIPE_SECRET_KEY", "live")
          .doesNotContain(LIVE);
      assertThat(attempt(stripe, "evt_test_subscription").at("/note").asText())
          .contains("test mode");
      assertThat(stripe.hub.query("SELECT count(*) FROM subscription")).contains("0");
      assertThat(stripe.hub.query("SELECT count(*) FROM inbox_event WHERE source = 'email'"))
          .contains("0");
      assertThat(stripe.hub.get("/api/payments/subscriptions/" + SUBSCRIPTION).statusCode())
          .isEqualTo(404);
      assertThat(told.lines()).isEmpty();

      stripe.deliver(FAILED.with("/id", "evt_live").with("/livemode", true));
      stripe.settle();
      await().until(() -> server.deliveries.size() == 1);

      assertThat(attempt(stripe, "evt_live").at("/note").isNull()).isTrue();
      assertThat(stripe.row(SUBSCRIPTION, "last_failed_attempts")).contains("1");
      assertThat(told.lines()).hasSize(1);
    }
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void an_event_of_a_connected_account_does_nothing(Store store) {
    try (MailServer server = MailServer.open();
        StripeHub stripe = StripeHub.of(mailing(store, server))) {
      stripe.deliver(FAILED.with("/id", "evt_1").with("/account", "acct_other"));
      stripe.deliver(UPDATED.with("/id", "evt_2").with("/account", "acct_other"));
      stripe.settle();

      assertThat(attempt(stripe, "evt_1").at("/note").asText())
          .contains("acct_other", "hub.stripe.accounts");
      assertThat(attempt(stripe, "evt_2").at("/note").asText()).contains("acct_other");
      assertThat(stripe.hub.query("SELECT count(*) FROM subscription")).contains("0");
      assertThat(stripe.hub.query("SELECT count(*) FROM inbox_event WHERE source = 'email'"))
          .contains("0");
    }
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void the_rows_of_two_accounts_never_mix(Store store) {
    try (StripeHub stripe =
        StripeHub.of(StripeHub.builder(store).with("hub.stripe.accounts", "any"))) {
      Payload theirs = UPDATED.with("/data/object/status", "past_due");
      stripe.deliver(
          theirs.with("/id", "evt_1").with("/account", "acct_1").with("/created", 4_000_000_000L));
      stripe.deliver(FAILED.with("/id", "evt_2").with("/account", "acct_2"));
      stripe.settle();
      assertThat(stripe.hub.get("/api/payments/subscriptions/" + SUBSCRIPTION).statusCode())
          .as("of the platform's own nothing is known")
          .isEqualTo(404);
      stripe.deliver(UPDATED.with("/id", "evt_3"));
      stripe.deliver(
          theirs
              .with("/id", "evt_4")
              .with("/account", "acct_2")
              .with("/data/object/status", "unpaid"));
      stripe.settle();
      stripe.handleAllAgain();

      assertThat(status(stripe, "")).contains("active");
      assertThat(status(stripe, "acct_1")).contains("past_due");
      assertThat(status(stripe, "acct_2")).contains("unpaid");
      assertThat(
              stripe.hub.query(
                  "SELECT account FROM subscription WHERE last_failed_invoice_id IS NOT NULL"))
          .contains("acct_2");
      assertThat(
              Json.own(stripe.hub.get("/api/payments/subscriptions/" + SUBSCRIPTION).body())
                  .get("status")
                  .asText())
          .isEqualTo("active");
    }
  }

  private static Optional<String> status(StripeHub stripe, String account) {
    return stripe.hub.query(
        "SELECT status FROM subscription WHERE id = ? AND account = ?", SUBSCRIPTION, account);
  }

  @ParameterizedTest
  @CsvSource({
    "auto, '',             true,  yes", "auto, '',             false, yes",
    "auto, rk_live_1,      true,  yes", "auto, rk_live_1,      false, no",
    "auto, sk_test_1,      true,  no", "auto, sk_test_1,      false, yes",
    "auto, rk_test_1,      true,  no", "live, sk_test_1,      true,  yes",
    "live, '',             false, no", "test, sk_live_1,      false, yes",
    "test, '',             true,  no", "any,  sk_live_1,      false, yes",
  })
  void the_setting_and_the_key_say_which_mode_counts(
      String setting, String key, boolean livemode, String counts) {
    Map<String, String> settings = Map.of("hub.stripe.livemode", setting, "STRIPE_SECRET_KEY", key);
    CamelContext context = new DefaultCamelContext();
    context
        .getRegistry()
        .bind(Settings.BEAN, new Settings(name -> Optional.ofNullable(settings.get(name))));
    OwnEventFilter filter = new OwnEventFilter();
    filter.setCamelContext(context);
    filter.start();
    Exchange event = new DefaultExchange(context);
    event.setVariable("livemode", livemode);

    filter.process(event);

    assertThat(event.isRouteStop()).isEqualTo(counts.equals("no"));
  }

  @Test
  void a_value_that_means_nothing_keeps_the_hub_from_starting() {
    assertThatThrownBy(
            () -> StripeHub.of(StripeHub.builder(Store.H2).with("hub.stripe.livemode", "true")))
        .hasStackTraceContaining("hub.stripe.livemode must be auto, live, test or any, not 'true'");
  }

  private static final String OWN_HANDLERS =
      """
      - route:
          id: note-payout
          description: Tells of every payout, whosesoever it is.
          from:
            uri: inbox:stripe
            parameters:
              types: payout.paid
            steps:
              - log:
                  logName: hub.test.payouts
                  message: "live ${variable.livemode} of ${variable.account}"
      - route:
          id: note-batch
          description: Takes several at once.
          from:
            uri: inbox:stripe
            parameters:
              types: payout.paid
              batch: 10
            steps:
              - log:
                  logName: hub.test.batches
                  message: "live ${body[0].variables[livemode]} of ${body[0].variables[account]}"
      - route:
          id: pay-merchant
          description: For connected accounts in test mode.
          from:
            uri: inbox:stripe
            parameters:
              types: payout.paid
            steps:
              - to:
                  uri: kamelet:stripe-own-action
                  parameters:
                    livemode: test
                    accounts: any
              - log:
                  logName: hub.test.merchants
                  message: paid ${variable.account}
      """;

  @Test
  void handlers_of_ones_own_know_account_and_mode_and_may_choose() {
    Payload payout = UPDATED.with("/type", "payout.paid").with("/account", "acct_1");
    try (LogLines payouts = LogLines.of("hub.test.payouts");
        LogLines batches = LogLines.of("hub.test.batches");
        LogLines merchants = LogLines.of("hub.test.merchants");
        StripeHub stripe =
            StripeHub.of(
                StripeHub.builder(Store.H2)
                    .with("STRIPE_SECRET_KEY", LIVE)
                    .route("own-handlers", OWN_HANDLERS))) {
      stripe.deliver(payout.with("/id", "evt_1"));
      stripe.settle();
      stripe.deliver(payout.with("/id", "evt_2").with("/livemode", true).without("/account"));
      stripe.settle();

      assertThat(payouts.lines())
          .containsExactly("INFO live false of acct_1", "INFO live true of ");
      assertThat(batches.lines())
          .containsExactly("INFO live false of acct_1", "INFO live true of ");
      assertThat(merchants.lines()).containsExactly("INFO paid acct_1");
    }
  }
}
