package hub.provider.stripe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.stripe.net.Webhook;
import hub.testing.Hubs;
import hub.testing.Payload;
import hub.testing.Store;
import hub.testing.TestHub;
import java.security.GeneralSecurityException;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/** A hub with the shipped Stripe routes, and Stripe on the other side. */
final class StripeHub implements AutoCloseable {
  private static final String SECRET = "whsec_of+the&tests";

  final TestHub hub;
  private final boolean shared;

  private StripeHub(TestHub hub, boolean shared) {
    this.hub = hub;
    this.shared = shared;
  }

  static TestHub.Builder builder(Store store) {
    return TestHub.on(store)
        .with("STRIPE_WEBHOOK_SECRET", SECRET)
        .with("hub.inbox.poll-seconds", "1")
        .routeFile("policies/retry-then-park.camel.yaml")
        .routeFile("stripe/stripe-webhook.camel.yaml")
        .routeFile("stripe/stripe-subscription-created.camel.yaml")
        .routeFile("stripe/stripe-subscription-updated.camel.yaml")
        .routeFile("stripe/stripe-subscription-deleted.camel.yaml")
        .routeFile("stripe/stripe-record-subscription.camel.yaml")
        .routeFile("stripe/stripe-read-failed-invoice.camel.yaml")
        .routeFile("stripe/stripe-record-payment-failure.camel.yaml")
        .routeFile("stripe/stripe-queue-failure-email.camel.yaml")
        .routeFile("stripe/stripe-email-payment-failure.camel.yaml")
        .routeFile("stripe/stripe-get-subscription.camel.yaml");
  }

  static StripeHub on(Store store) {
    return of(builder(store));
  }

  /** Shared by the tests of a class, one after another. */
  static Hubs shared() {
    return new Hubs(store -> builder(store).start());
  }

  /** Empties the hub; closing leaves it running. */
  static StripeHub on(Hubs hubs, Store store) {
    return new StripeHub(hubs.emptied(store), true);
  }

  static StripeHub of(TestHub.Builder builder) {
    return new StripeHub(builder.start(), false);
  }

  /** Delivers an event as Stripe does; it must be accepted. */
  void deliver(Payload payload) {
    String body = payload.text();
    var answer = hub.post("/api/webhooks/stripe", body, "Stripe-Signature", sign(body));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
  }

  static String sign(String body) {
    long now = Instant.now().getEpochSecond();
    try {
      return "t=" + now + ",v1=" + Webhook.Util.computeHmacSha256(SECRET, now + "." + body);
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  /** Waits until every handler has handled every event successfully. */
  void settle() {
    await()
        .until(
            () ->
                hub.query("SELECT count(*) FROM inbox_delivery WHERE status <> 'done'")
                    .equals(Optional.of("0")));
  }

  /** Columns of a subscription's row, joined by blanks; empty without a row. */
  Optional<String> row(String id, String... columns) {
    String texts =
        Arrays.stream(columns)
            .map(column -> "COALESCE(CAST(" + column + " AS varchar), 'null')")
            .collect(Collectors.joining(" || ' ' || "));
    return hub.query("SELECT " + texts + " FROM subscription WHERE id = ?", id);
  }

  /** Has every event handled once more, as after a crash between an effect and its receipt. */
  void handleAllAgain() {
    try {
      hub.database()
          .inTransaction(
              connection -> {
                try (Statement statement = connection.createStatement()) {
                  statement.executeUpdate(
                      "UPDATE inbox_delivery SET status = 'retrying', due_at = CURRENT_TIMESTAMP");
                  statement.executeUpdate("DELETE FROM inbox_lane");
                  return statement.executeUpdate(
                      "INSERT INTO inbox_lane (route, ordering_key, head, due_at) SELECT DISTINCT route, ordering_key, 0, CURRENT_TIMESTAMP FROM inbox_delivery WHERE ordering_key IS NOT NULL");
                }
              });
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
    settle();
  }

  @Override
  public void close() {
    if (!shared) {
      hub.close();
    }
  }
}
