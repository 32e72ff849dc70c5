package hub.monitoring.alert;

import hub.call.http.BoundedHttpClient;
import hub.call.http.ProviderResponse;
import hub.call.http.SendsHttp;
import hub.call.policy.Call;
import hub.call.policy.CallFailedException;
import hub.call.policy.CallFailure;
import hub.util.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.util.Optional;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Posts the text in the body to the webhook of {@code HUB_ALERT_SLACK_URL}; used inside {@code
 * provider-call-action}. The address is a secret, so no error shows it. Thread-safe.
 *
 * @see <a href="https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks">Slack:
 *     incoming webhooks</a>
 */
public final class PostToSlack implements Processor, SendsHttp {
  private static final String PROVIDER = "slack";

  private final AlertChannels channels;

  public PostToSlack(AlertChannels channels) {
    this.channels = channels;
  }

  @Override
  public void process(Exchange exchange) throws IOException {
    String text = exchange.getMessage().getBody(String.class);
    Optional<Call> call = Call.of(exchange);
    HttpRequest.Builder request =
        HttpRequest.newBuilder(address())
            .setHeader("Content-Type", "application/json")
            .setHeader("User-Agent", "integration-master")
            .POST(
                HttpRequest.BodyPublishers.ofByteArray(
                    Json.bytes(Json.object().put("text", escaped(text)))));
    BoundedHttpClient http =
        exchange
            .getContext()
            .getRegistry()
            .lookupByNameAndType(BoundedHttpClient.BEAN, BoundedHttpClient.class);
    ProviderResponse response = http.send(request, Call.timeLeft(exchange));
    call.ifPresent(known -> known.answered(response.status()));
    if (response.status() >= 300) {
      throw new CallFailedException(
          PROVIDER,
          CallFailure.ofStatus(
              response.status(), "", "HTTP " + response.status(), response.retryAfter()),
          null);
    }
  }

  private URI address() {
    try {
      return URI.create(channels.slackUrl().orElse(""));
    } catch (IllegalArgumentException e) {
      // Without the cause: its message shows the address.
      throw new IllegalStateException("HUB_ALERT_SLACK_URL is no http or https address");
    }
  }

  /** Escaped as Slack asks for, so that the text contains no mention or link. */
  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
