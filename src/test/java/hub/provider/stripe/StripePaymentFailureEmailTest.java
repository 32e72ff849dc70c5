package hub.provider.stripe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import hub.provider.email.MailServer;
import hub.testing.LogLines;
import hub.testing.Payload;
import hub.testing.Store;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Tag("postgres")
@Tag("waits")
class StripePaymentFailureEmailTest {
  private static final Payload FAILED = Payload.of("stripe/invoice.payment_failed.json");

  @ParameterizedTest
  @EnumSource(Store.class)
  void the_customer_is_told_once(Store store) {
    try (MailServer server = MailServer.open();
        StripeHub stripe =
            StripeHub.of(
                StripeHub.builder(store)
                    .with("EMAIL_TRANSPORT", "smtp")
                    .with("EMAIL_FROM", "hub@example.com")
                    .with("SMTP_URL", "smtp://localhost:" + server.port())
                    .routeFile("policies/every-route.camel.yaml")
                    .routeFile("email/*.camel.yaml"))) {
      stripe.deliver(FAILED);
      stripe.deliver(FAILED);
      stripe.settle();
      await().until(() -> server.deliveries.size() == 1);
      stripe.handleAllAgain();

      assertThat(server.deliveries).hasSize(1);
      assertThat(server.deliveries.get(0).recipients()).containsExactly("buchhaltung@example.com");
      assertThat(server.deliveries.get(0).part(0))
          .contains("invoice in_1QyHubExample")
          .contains("https://invoice.stripe.com/i/acct_example/test_example");
      assertThat(stripe.hub.query("SELECT count(*) FROM inbox_event WHERE source = 'email'"))
          .isEqualTo(Optional.of("1"));
    }
  }

  @Test
  void without_email_a_line_says_so_and_the_rest_goes_on() {
    try (StripeHub stripe = StripeHub.on(Store.H2);
        LogLines said = LogLines.of("hub.email")) {
      stripe.deliver(FAILED);
      stripe.settle();

      assertThat(said.lines()).hasSize(1);
      assertThat(said.lines().get(0)).contains("outcome=not-sent", "EMAIL_TRANSPORT");
      assertThat(stripe.row("sub_1QyHubExample", "last_failed_attempts")).contains("1");
    }
  }

  @Test
  void a_customer_without_a_usable_address_is_left_out() {
    try (MailServer server = MailServer.open();
        StripeHub stripe =
            StripeHub.of(
                StripeHub.builder(Store.H2)
                    .with("EMAIL_TRANSPORT", "smtp")
                    .with("EMAIL_FROM", "hub@example.com")
                    .with("SMTP_URL", "smtp://localhost:" + server.port()));
        LogLines said = LogLines.of("hub.email")) {
      stripe.deliver(FAILED.with("/data/object/customer_email", null));
      stripe.settle();

      assertThat(said.lines()).hasSize(1);
      assertThat(said.lines().get(0)).contains("outcome=not-sent", "to ");
    }
  }
}
