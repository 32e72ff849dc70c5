package hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.stripe.net.Webhook;
import hub.testing.Store;
import hub.testing.TestHub;
import java.time.Instant;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Tag("postgres")
class FirstSliceTest {
  private static final String SECRET = "whsec_of_the_first_slice";
  private static final String BODY =
      "{\"id\":\"evt_1\",\"type\":\"customer.created\",\"data\":{\"object\":{\"id\":\"cus_1\"}}}";

  @ParameterizedTest
  @EnumSource(Store.class)
  void a_signed_webhook_is_stored_once_and_handled_once(Store store) throws Exception {
    try (TestHub hub =
        TestHub.on(store)
            .with("STRIPE_WEBHOOK_SECRET", SECRET)
            .routeFile("stripe/stripe-webhook.camel.yaml")
            .route(
                "note-customer",
                """
                - route:
                    id: note-customer
                    description: Notes a customer.
                    from:
                      uri: inbox:stripe
                      parameters:
                        types: customer.*
                      steps:
                        - log:
                            message: "${variable.type} ${variable.orderingKey}"
                """)
            .start()) {
      var first = hub.post("/api/webhooks/stripe", BODY, "Stripe-Signature", sign(BODY));
      var second = hub.post("/api/webhooks/stripe", BODY, "Stripe-Signature", sign(BODY));

      assertThat(first.statusCode()).as(first.body()).isEqualTo(200);
      assertThat(first.body()).contains("\"status\":\"accepted\"");
      assertThat(second.body()).isEqualTo(first.body().replace("accepted", "duplicate"));
      await()
          .until(
              () ->
                  hub.query("SELECT status FROM inbox_delivery")
                      .equals(java.util.Optional.of("done")));
      assertThat(hub.query("SELECT attempts FROM inbox_delivery")).contains("1");
    }
  }

  private static String sign(String body) throws Exception {
    long now = Instant.now().getEpochSecond();
    return "t=" + now + ",v1=" + Webhook.Util.computeHmacSha256(SECRET, now + "." + body);
  }
}
