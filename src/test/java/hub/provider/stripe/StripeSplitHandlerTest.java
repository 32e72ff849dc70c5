package hub.provider.stripe;

import static org.assertj.core.api.Assertions.assertThat;

import hub.testing.LogLines;
import hub.testing.Payload;
import hub.testing.Store;
import hub.testing.TestHub;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The handler of failed payments of an earlier version became two. */
@Tag("postgres")
class StripeSplitHandlerTest {
  private static final String FORMER = "stripe-invoice-payment-failed";
  private static final Payload FAILED = Payload.of("stripe/invoice.payment_failed.json");

  @TempDir Path folder;

  private TestHub.Builder withEmail(TestHub.Builder builder) {
    return builder
        .with("hub.data-dir", folder.resolve("data").toString())
        .with("EMAIL_TRANSPORT", "smtp")
        .with("EMAIL_FROM", "hub@example.com")
        .with("SMTP_URL", "smtp://localhost:1");
  }

  private TestHub.Builder former(Store store) throws IOException {
    return withEmail(TestHub.on(store))
        .with("STRIPE_WEBHOOK_SECRET", "whsec_of+the&tests")
        .routeFile("policies/retry-then-park.camel.yaml")
        .routeFile("stripe/stripe-webhook.camel.yaml")
        .route(
            FORMER,
            Files.readString(Path.of("src/test/resources/upgrade", FORMER + ".camel.yaml")));
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void what_the_one_handler_left_is_finished_and_no_effect_happens_twice(Store store)
      throws Exception {
    try (LogLines told = LogLines.of("hub.operators")) {
      StripeHub before = StripeHub.of(former(store));
      before.deliver(FAILED);
      before.settle();
      before.hub.context().getRouteController().suspendRoute(FORMER);
      before.deliver(
          FAILED
              .with("/id", "evt_left")
              .with("/data/object/id", "in_left")
              .with("/data/object/parent/subscription_details/subscription", "sub_left"));
      // As after a crash between the effects of the first one and its completion.
      before.hub.update(
          "UPDATE inbox_delivery SET status = 'retrying', due_at = CURRENT_TIMESTAMP WHERE status = 'done'");
      before.hub.update(
          "INSERT INTO inbox_lane (route, ordering_key, head, due_at) SELECT DISTINCT route, ordering_key, 0, CURRENT_TIMESTAMP FROM inbox_delivery WHERE status = 'retrying' AND ordering_key IS NOT NULL");
      assertThat(emails(before.hub)).hasValue("1");
      before.close();

      try (StripeHub after = StripeHub.of(withEmail(StripeHub.builder(store)).beside(before.hub))) {
        after.settle();

        assertThat(
                after.hub.query(
                    "SELECT count(*) FROM inbox_delivery WHERE route = 'stripe-record-payment-failure' AND keyed_as = '"
                        + FORMER
                        + "'"))
            .hasValue("2");
        assertThat(after.row("sub_left", "last_failed_invoice_id")).contains("in_left");
        assertThat(emails(after.hub)).as("one for each event").hasValue("2");
        assertThat(told.lines())
            .isEqualTo(
                List.of(
                    "WARN payment of invoice in_1QyHubExample for subscription sub_1QyHubExample failed",
                    "WARN payment of invoice in_left for subscription sub_left failed"));

        after.deliver(FAILED.with("/id", "evt_new").with("/data/object/id", "in_new"));
        after.settle();
        assertThat(emails(after.hub)).hasValue("3");
      }
    }
  }

  private static Optional<String> emails(TestHub hub) {
    return hub.query("SELECT count(*) FROM inbox_event WHERE source = 'email'");
  }
}
