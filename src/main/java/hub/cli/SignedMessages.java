package hub.cli;

import hub.webhook.OutgoingWebhook;
import hub.webhook.verify.Signer;
import hub.webhook.verify.WebhookRejectedException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Makes signed requests, each with a new id and the time of its making.
 *
 * @param kind what is sent
 * @param headers of one's own, which win over the sample's and the signer's
 * @param changes of the body, as {@code --set} takes them
 */
record SignedMessages(
    SendMessage kind,
    SendTarget target,
    Signer signer,
    Map<String, String> headers,
    List<String> changes,
    Clock clock) {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  /**
   * A request to send.
   *
   * @param note tells that the sample is one of another type
   */
  record Message(HttpRequest request, Optional<String> note) {}

  /**
   * @throws CommandFailedException when it cannot be made or signed
   */
  Message next() {
    SendMessage.Event event = kind.to(target.signed(), signer.secret(), clock.instant());
    OutgoingWebhook message = event.message();
    message.headers().putAll(headers); // some are signed
    SendMessage.change(message, changes);
    sign(event);
    message.headers().putAll(headers);
    return new Message(request(message), event.note());
  }

  private void sign(SendMessage.Event event) {
    try {
      signer.sign(event.message(), event.id(), event.type(), clock.instant());
    } catch (WebhookRejectedException | IllegalStateException | IllegalArgumentException e) {
      throw CommandFailedException.failed(
          "A request of scheme " + kind.scheme().name() + " cannot be signed: " + e.getMessage());
    }
  }

  private HttpRequest request(OutgoingWebhook message) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(target.called(message.url())))
            .timeout(TIMEOUT)
            .POST(HttpRequest.BodyPublishers.ofByteArray(message.body()));
    message
        .headers()
        .forEach(
            (name, value) -> {
              try {
                request.header(name, value);
              } catch (IllegalArgumentException e) {
                throw CommandFailedException.wrongUsage("The header " + name + " cannot be sent.");
              }
            });
    return request.build();
  }
}
