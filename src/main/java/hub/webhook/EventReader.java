package hub.webhook;

import com.fasterxml.jackson.databind.JsonNode;
import hub.util.Form;
import hub.util.Json;
import hub.util.Sha256;
import hub.webhook.verify.EventFields;
import hub.webhook.verify.RejectionReason;
import hub.webhook.verify.SignedRequest;
import hub.webhook.verify.VerifiedRequest;
import hub.webhook.verify.WebhookRejectedException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Optional;

/** Reads an event's id, type and ordering key from a verified request. Thread-safe. */
final class EventReader {
  /** The fields of an event in the inbox. */
  record Fields(String id, String type, Optional<String> orderingKey) {}

  private final FieldReader id;
  private final FieldReader type;
  private final FieldReader orderingKey;
  private final boolean needsJson;

  EventReader(EventFields fields) {
    this.id = new FieldReader(fields.eventId());
    this.type = new FieldReader(fields.eventType());
    this.orderingKey = new FieldReader(fields.orderingKey());
    this.needsJson = id.readsBody() || type.readsBody();
  }

  /**
   * The fields of a body that is one event.
   *
   * @throws WebhookRejectedException {@link RejectionReason#PAYLOAD_INVALID} when the body is
   *     empty, or should be JSON and is not; {@link RejectionReason#EVENT_ID_MISSING} when there is
   *     no event id
   */
  Fields read(WebhookRequest request, SignedRequest signed, VerifiedRequest verified)
      throws WebhookRejectedException {
    requireBody(request, needsJson);
    return read(request, signed, request.json(), request.body(), verified);
  }

  /**
   * The fields of one of several events.
   *
   * @param element the request, with the event's JSON
   * @param payload the event's bytes
   */
  Fields readElement(
      WebhookRequest request,
      SignedRequest element,
      JsonNode json,
      byte[] payload,
      VerifiedRequest verified)
      throws WebhookRejectedException {
    return read(request, element, Optional.of(json), payload, verified);
  }

  /**
   * @param needsJson whether the body must be JSON, or a form
   */
  static void requireBody(WebhookRequest request, boolean needsJson)
      throws WebhookRejectedException {
    if (request.body().length == 0) {
      throw new WebhookRejectedException(RejectionReason.PAYLOAD_INVALID, "the body is empty");
    }
    String contentType = request.contentType();
    if (request.json().isEmpty()
        && (contentType.contains("json") || (needsJson && !isForm(contentType)))) {
      throw new WebhookRejectedException(
          RejectionReason.PAYLOAD_INVALID, "the body " + complaint(request.body()));
    }
  }

  private Fields read(
      WebhookRequest request,
      SignedRequest signed,
      Optional<JsonNode> json,
      byte[] payload,
      VerifiedRequest verified)
      throws WebhookRejectedException {
    FieldReader.Source source = source(request, signed, json, payload, verified);
    String eventId =
        id.read(source)
            .orElseThrow(
                () ->
                    json.isEmpty() && id.readsBody()
                        ? new WebhookRejectedException(
                            RejectionReason.PAYLOAD_INVALID,
                            "the body is not the JSON that holds the event's id")
                        : new WebhookRejectedException(
                            RejectionReason.EVENT_ID_MISSING,
                            "the request has no event id where this source's is expected"));
    return new Fields(eventId, type.read(source).orElse("event"), orderingKey.read(source));
  }

  /** The fault of a body that is not JSON. Repeated names are allowed here. */
  private static String complaint(byte[] body) {
    return Json.complaint(body).replace(" with unique names", "");
  }

  private static boolean isForm(String contentType) {
    return Form.isForm(contentType) || contentType.startsWith("multipart/form-data");
  }

  private static FieldReader.Source source(
      WebhookRequest request,
      SignedRequest signed,
      Optional<JsonNode> json,
      byte[] payload,
      VerifiedRequest verified) {
    return new FieldReader.Source() {
      @Override
      public Optional<JsonNode> json() {
        return json;
      }

      @Override
      public Optional<String> header(String name) {
        return request.header(name);
      }

      @Override
      public Optional<String> form(String name) {
        return request.parsedForm().flatMap(fields -> fields.field(name));
      }

      @Override
      public String hash() {
        return EventReader.hash(payload, verified);
      }

      @Override
      public SignedRequest request() {
        return signed;
      }
    };
  }

  private static String hash(byte[] payload, VerifiedRequest verified) {
    MessageDigest digest = Sha256.digest();
    verified
        .timestamp()
        .ifPresent(
            time ->
                digest.update((time.getEpochSecond() + ":").getBytes(StandardCharsets.US_ASCII)));
    return HexFormat.of().formatHex(digest.digest(payload));
  }
}
