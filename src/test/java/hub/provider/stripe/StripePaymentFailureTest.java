package hub.provider.stripe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import hub.testing.Hubs;
import hub.testing.LogLines;
import hub.testing.Payload;
import hub.testing.Store;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Tag("postgres")
@Tag("waits")
class StripePaymentFailureTest {
  private static final Hubs HUBS = StripeHub.shared();

  private static final String SUBSCRIPTION = "sub_1QyHubExample";
  private static final Payload FAILED = Payload.of("stripe/invoice.payment_failed.json");
  private static final Payload FAILED_2024 = Payload.of("stripe/invoice.payment_failed-2024.json");
  private static final Payload ONE_OFF = Payload.of("stripe/invoice.payment_failed-one-off.json");
  private static final Payload UPDATED = Payload.of("stripe/customer.subscription.updated.json");
  private static final String[] FAILURE = {
    "last_failed_invoice_id", "last_failed_attempts", "last_payment_failed_at"
  };

  @AfterAll
  static void stop() {
    HUBS.close();
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void a_failed_payment_is_noted_beside_the_status_and_operators_are_told_once(Store store) {
    try (StripeHub stripe = StripeHub.on(HUBS, store);
        LogLines told = LogLines.of("hub.operators")) {
      stripe.deliver(UPDATED);
      stripe.settle();
      stripe.deliver(FAILED);
      stripe.deliver(FAILED);
      stripe.settle();
      stripe.handleAllAgain();

      assertThat(
              stripe.row(SUBSCRIPTION, "status", "last_failed_invoice_id", "last_failed_attempts"))
          .contains("active in_1QyHubExample 1");
      assertThat(told.lines())
          .containsExactly(
              "WARN payment of invoice in_1QyHubExample for subscription sub_1QyHubExample failed");
    }
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void a_failure_that_comes_before_its_subscription_is_kept_and_makes_no_subscription(Store store) {
    try (StripeHub stripe = StripeHub.on(HUBS, store)) {
      stripe.deliver(FAILED_2024);
      stripe.settle();
      var early = stripe.hub.get("/api/payments/subscriptions/" + SUBSCRIPTION);
      Optional<String> failure = stripe.row(SUBSCRIPTION, FAILURE);

      stripe.deliver(UPDATED);
      stripe.settle();

      assertThat(early.statusCode()).isEqualTo(404);
      assertThat(failure).hasValueSatisfying(text -> assertThat(text).startsWith("in_1QyHub"));
      assertThat(stripe.row(SUBSCRIPTION, FAILURE)).isEqualTo(failure);
      assertThat(stripe.hub.get("/api/payments/subscriptions/" + SUBSCRIPTION).body())
          .contains("\"status\":\"active\"");
    }
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void an_older_failure_does_not_hide_a_newer_one(Store store) {
    try (StripeHub stripe = StripeHub.on(HUBS, store)) {
      stripe.deliver(
          FAILED
              .with("/id", "evt_second")
              .with("/created", 2_000)
              .with("/data/object/id", "in_second"));
      stripe.settle();
      stripe.deliver(FAILED.with("/created", 1_000).with("/data/object/id", "in_first"));
      stripe.settle();

      assertThat(stripe.row(SUBSCRIPTION, "last_failed_invoice_id")).contains("in_second");
    }
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void a_replay_mends_what_an_uncorrected_route_noted(Store store) {
    try (StripeHub stripe = StripeHub.on(HUBS, store)) {
      stripe.deliver(FAILED);
      stripe.settle();
      Optional<String> right = stripe.row(SUBSCRIPTION, FAILURE);
      stripe.hub.update(
          "UPDATE subscription SET last_failed_invoice_id = 'wrong', last_failed_attempts = 99");

      stripe.handleAllAgain();

      assertThat(stripe.row(SUBSCRIPTION, FAILURE)).isEqualTo(right);
    }
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void an_invoice_without_a_subscription_is_nothing_to_do(Store store) {
    try (StripeHub stripe = StripeHub.on(HUBS, store);
        LogLines told = LogLines.of("hub.operators")) {
      stripe.deliver(ONE_OFF);
      stripe.settle();

      assertThat(stripe.hub.query("SELECT count(*) FROM subscription")).contains("0");
      assertThat(told.lines()).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void an_event_that_does_not_say_what_it_is_about_is_parked_with_a_readable_reason(Store store) {
    try (StripeHub stripe =
        StripeHub.of(StripeHub.builder(store).with("hub.inbox.retry-delays-seconds", "0"))) {
      stripe.deliver(UPDATED.without("/data/object/id"));
      stripe.deliver(FAILED.with("/data/object/id", null));
      await()
          .until(
              () ->
                  stripe
                      .hub
                      .query("SELECT count(*) FROM inbox_delivery WHERE status = 'dead'")
                      .equals(Optional.of("3")));

      assertThat(reason(stripe, "stripe-subscription-updated")).contains("$.data.object.id");
      assertThat(reason(stripe, "stripe-record-payment-failure")).contains("$.data.object.id");
      assertThat(reason(stripe, "stripe-email-payment-failure")).contains("$.data.object.id");
    }
  }

  private static String reason(StripeHub stripe, String route) {
    return stripe
        .hub
        .query("SELECT last_error FROM inbox_delivery WHERE route = ?", route)
        .orElseThrow();
  }
}
