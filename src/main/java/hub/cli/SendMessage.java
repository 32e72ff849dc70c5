package hub.cli;

import hub.webhook.OutgoingWebhook;
import hub.webhook.SampleEvent;
import hub.webhook.SampleFields;
import hub.webhook.verify.EventFields;
import hub.webhook.verify.WebhookScheme;
import hub.webhook.verify.WebhookScheme.Sample;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Makes the webhook that is to be signed: the scheme's sample, or a body of one's own with the
 * sample's content type and headers.
 *
 * @param scheme with the parameters of its source
 * @param type that was asked for
 * @param id that was asked for
 * @param body in place of the sample's
 */
record SendMessage(
    WebhookScheme scheme, Optional<String> type, Optional<String> id, Optional<byte[]> body) {
  private static final String OTHER_TYPE = "sample.sent";

  /**
   * An event to send.
   *
   * @param note tells that the sample is one of another type
   */
  record Event(OutgoingWebhook message, String id, String type, Optional<String> note) {}

  /**
   * @param secret for senders whose token is in the body
   * @throws CommandFailedException when no sample can be made up
   */
  Event to(String url, String secret, Instant now) {
    Optional<Sample> ofType =
        scheme.samples().stream().filter(one -> type.equals(Optional.of(one.type()))).findFirst();
    Optional<Sample> sample = ofType.or(() -> scheme.samples().stream().findFirst());
    String wanted = type.or(() -> sample.map(Sample::type)).orElse(OTHER_TYPE);
    String name = id.orElseGet(() -> newId(sample.isPresent()));
    OutgoingWebhook message = message(sample, wanted, name, secret, url, now);
    boolean isOther = sample.isPresent() && !sample.equals(ofType) && type.isPresent();
    return new Event(
        message,
        name,
        wanted,
        isOther && body.isEmpty()
            ? Optional.of(
                "There is no sample of "
                    + wanted
                    + ": this is "
                    + sample.get().type()
                    + ", with the other type where that stands.")
            : Optional.empty());
  }

  private static String newId(boolean isPartOfSample) {
    String random = UUID.randomUUID().toString().replace("-", "");
    return isPartOfSample ? random : "evt_" + random;
  }

  private OutgoingWebhook message(
      Optional<Sample> sample, String wanted, String name, String secret, String url, Instant now) {
    EventFields fields = scheme.event();
    if (sample.isEmpty()) {
      byte[] bytes = body.orElseGet(() -> SampleBody.of(fields, name, wanted));
      return event(new Sample(wanted, "application/json", Map.of(), ""), name, wanted, secret, now)
          .to(url, bytes);
    }
    SampleEvent event = event(sample.get(), name, wanted, secret, now);
    if (body.isPresent()) {
      return event.to(url, body.get());
    }
    OutgoingWebhook message = event.to(url);
    SampleFields places = new SampleFields(scheme, message);
    if (id.isPresent() || !places.has(fields.eventId())) {
      places.put(fields.eventId(), name);
    }
    places.put(fields.eventType(), wanted);
    return message;
  }

  private SampleEvent event(Sample sample, String name, String wanted, String secret, Instant now) {
    return new SampleEvent(scheme, sample, name, wanted, secret, now);
  }

  /** Changes the body as {@code --set} asks for it. */
  static void change(OutgoingWebhook message, List<String> changes) {
    for (String change : changes) {
      int equals = change.indexOf('=');
      if (equals < 1) {
        throw CommandFailedException.wrongUsage("--set: write PATH=VALUE, such as data.amount=5");
      }
      try {
        message.change(change.substring(0, equals).strip(), change.substring(equals + 1));
      } catch (IllegalArgumentException e) {
        throw CommandFailedException.wrongUsage("--set " + change + ": " + e.getMessage());
      }
    }
  }
}
