package hub.provider.stripe;

import com.fasterxml.jackson.databind.JsonNode;
import com.stripe.model.Subscription;
import hub.util.Json;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Finds what a payer's browser needs to finish a subscription's first step. */
public final class ClientSecrets {
  /**
   * Where it is, the first that is there: for the first payment since API 2025-03-31, for the first
   * payment before, for the payment method of a trial. The library knows no second of them.
   */
  private static final List<String> PLACES =
      List.of(
          "/latest_invoice/confirmation_secret/client_secret",
          "/latest_invoice/payment_intent/client_secret",
          "/pending_setup_intent/client_secret");

  private ClientSecrets() {}

  /**
   * @param subscription as Stripe answered with it
   * @return null when there is nothing for the payer to do
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
