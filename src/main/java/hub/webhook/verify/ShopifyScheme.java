package hub.webhook.verify;

import hub.webhook.verify.WebhookScheme.Format;
import hub.webhook.verify.WebhookScheme.Places;
import hub.webhook.verify.WebhookScheme.Proof;
import hub.webhook.verify.WebhookScheme.Signed;
import java.util.List;
import java.util.Map;

/** How Shopify signs its webhooks. */
final class ShopifyScheme {
  static final WebhookScheme SCHEME =
      new WebhookScheme(
          "shopify",
          "Shopify's webhooks.",
          "https://shopify.dev/docs/apps/build/webhooks/subscribe/https",
          Proof.HMAC,
          List.of(Places.inHeader("X-Shopify-Hmac-Sha256")),
          Format.whole("", "base64"),
          Signed.bySha256("{body}"),
          SecretForm.TEXT,
          new EventFields(
              List.of("header:X-Shopify-Webhook-Id"), List.of("header:X-Shopify-Topic"), List.of()),
          Map.of(),
          List.of(),
          false);

  private ShopifyScheme() {}
}
