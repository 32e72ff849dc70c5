package hub.webhook.verify;

import hub.webhook.verify.WebhookScheme.Format;
import hub.webhook.verify.WebhookScheme.Places;
import hub.webhook.verify.WebhookScheme.Proof;
import hub.webhook.verify.WebhookScheme.Signed;
import java.util.List;
import java.util.Map;

/** How senders sign by the Standard Webhooks specification, and by Svix, which it comes from. */
final class StandardWebhooksScheme {
  static final WebhookScheme SCHEME =
      new WebhookScheme(
          "standard-webhooks",
          "Senders that follow Standard Webhooks, and those that send by Svix."
              + " Signatures of other versions, such as the asymmetric `v1a`, are skipped.",
          "https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md",
          Proof.HMAC,
          List.of(
              new Places(
                  "header:webhook-signature", "header:webhook-timestamp", "header:webhook-id"),
              new Places("header:svix-signature", "header:svix-timestamp", "header:svix-id")),
          Format.fields("v1", " ", ",", "base64"),
          Signed.bySha256("{id}.{timestamp}.{body}"),
          new SecretForm(SecretForm.Kind.BASE64, "whsec_", 24, 64),
          new EventFields(
              List.of("header:webhook-id", "header:svix-id"), List.of("$.type"), List.of()),
          Map.of(),
          List.of(),
          false);

  private StandardWebhooksScheme() {}
}
