package hub.webhook;

import hub.webhook.verify.WebhookScheme;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;

/**
 * A scheme's sample with its values filled in.
 *
 * @param sample of the scheme
 * @param id stands for <code>{uuid}</code>
 * @param type stands for <code>{type}</code>
 * @param secret stands for <code>{secret}</code>, for senders whose token is in the body
 */
public record SampleEvent(
    WebhookScheme scheme,
    WebhookScheme.Sample sample,
    String id,
    String type,
    String secret,
    Instant now) {

  /** A message to the address, not signed yet. */
  public OutgoingWebhook to(String url) {
    return to(url, filled(sample.body()).getBytes(StandardCharsets.UTF_8));
  }

  /** The same with another body. */
  public OutgoingWebhook to(String url, byte[] body) {
    OutgoingWebhook message =
        new OutgoingWebhook(
            url,
            sample.contentType(),
            body,
            scheme.provesElements() ? first() : "$",
            scheme.payload().form());
    for (Map.Entry<String, String> header : sample.headers().entrySet()) {
      message.put("header:" + header.getKey(), filled(header.getValue()));
    }
    return message;
  }

  /** JSONPath of the body's first event. */
  private String first() {
    return scheme.payload().each().replace("[*]", "[0]");
  }

  private String filled(String text) {
    return text.replace("{uuid}", id)
        .replace("{type}", type)
        .replace("{secret}", secret)
        .replace("{now}", now.truncatedTo(ChronoUnit.MILLIS).toString())
        .replace("{seconds}", Long.toString(now.getEpochSecond()))
        .replace("{millis}", Long.toString(now.toEpochMilli()));
  }
}
