package hub.webhook.verify;

import hub.webhook.verify.WebhookScheme.Format;
import hub.webhook.verify.WebhookScheme.Places;
import hub.webhook.verify.WebhookScheme.Proof;
import hub.webhook.verify.WebhookScheme.Signed;
import java.util.List;
import java.util.Map;

/** How Slack signs its requests. */
final class SlackScheme {
  static final WebhookScheme SCHEME =
      new WebhookScheme(
          "slack",
          "Slack's events, and its commands and buttons, which are forms without an event id."
              + " Forms are answered without a body, because Slack shows a person what it is answered.",
          "https://docs.slack.dev/authentication/verifying-requests-from-slack",
          Proof.HMAC,
          List.of(new Places("header:X-Slack-Signature", "header:X-Slack-Request-Timestamp", "")),
          Format.whole("v0=", "hex"),
          Signed.bySha256("v0:{timestamp}:{body}"),
          SecretForm.TEXT,
          new EventFields(
              List.of("$.event_id", "hash"),
              List.of("$.event.type", "$.type", "form:command='command'", "'form'"),
              List.of()),
          Map.of(),
          List.of(),
          true);

  private SlackScheme() {}
}
