package hub.webhook.verify;

import hub.webhook.verify.WebhookScheme.Format;
import hub.webhook.verify.WebhookScheme.Places;
import hub.webhook.verify.WebhookScheme.Proof;
import hub.webhook.verify.WebhookScheme.Signed;
import java.util.List;
import java.util.Map;

/** How Stripe signs its webhooks. */
final class StripeScheme {
  static final WebhookScheme SCHEME =
      new WebhookScheme(
          "stripe",
          "Stripe's events. Its `v0` is a signature for tests that proves nothing, and is skipped.",
          "https://docs.stripe.com/webhooks/signature",
          Proof.HMAC,
          List.of(new Places("header:Stripe-Signature", "field:t", "")),
          Format.fields("v1", ",", "=", "hex"),
          Signed.bySha256("{timestamp}.{body}"),
          SecretForm.TEXT,
          new EventFields(List.of("$.id"), List.of("$.type"), List.of("$.data.object.id")),
          Map.of("livemode", "$.livemode", "account", "$.account"),
          List.of(),
          false);

  private StripeScheme() {}
}
