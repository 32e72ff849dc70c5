package hub.webhook.verify;

import hub.webhook.verify.WebhookScheme.Format;
import hub.webhook.verify.WebhookScheme.Places;
import hub.webhook.verify.WebhookScheme.Proof;
import hub.webhook.verify.WebhookScheme.Signed;
import java.util.List;
import java.util.Map;

/** How GitHub signs its webhooks. */
final class GithubScheme {
  static final WebhookScheme SCHEME =
      new WebhookScheme(
          "github",
          "GitHub's webhooks. The older header with a SHA-1 signature is never read.",
          "https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries",
          Proof.HMAC,
          List.of(Places.inHeader("X-Hub-Signature-256")),
          Format.whole("sha256=", "hex"),
          Signed.bySha256("{body}"),
          SecretForm.TEXT,
          new EventFields(
              List.of("header:X-GitHub-Delivery"), List.of("header:X-GitHub-Event"), List.of()),
          Map.of(),
          List.of(),
          false);

  private GithubScheme() {}
}
