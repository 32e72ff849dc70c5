package hub.provider.stripe;

import com.fasterxml.jackson.databind.JsonNode;
import com.stripe.model.Subscription;
import hub.util.Json;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Finds the client secret that a payer's browser needs to complete the start of a subscription. */
public final class ClientSecrets {
  /**
   * JSON pointers, of which the first one present counts: for the first payment since API
   * 2025-03-31, for the first payment before that version, and for the payment method of a trial.
   * stripe-java exposes only the first.
   */
  private static final List<String> PLACES =
      List.of(
          "/latest_invoice/confirmation_secret/client_secret",
          "/latest_invoice/payment_intent/client_secret",
          "/pending_setup_intent/client_secret");

  private ClientSecrets() {}

  /**
   * The client secret of the payment or setup that the payer has to confirm.
   *
   * @param subscription as returned by Stripe
   * @return null when the payer has nothing to do
   */
  public static String of(Subscription subscription) {
    byte[] answer = subscription.getLastResponse().body().getBytes(StandardCharsets.UTF_8);
    return Json.parse(answer).stream()
        .flatMap(json -> PLACES.stream().map(json::at))
        .filter(JsonNode::isTextual)
        .map(JsonNode::asText)
        .findFirst()
        .orElse(null);
  }
}
