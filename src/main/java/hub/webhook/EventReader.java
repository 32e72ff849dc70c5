package hub.webhook;

import com.fasterxml.jackson.databind.JsonNode;
import hub.http.HeaderNames;
import hub.util.Form;
import hub.util.Json;
import hub.util.Sha256;
import hub.webhook.verify.EventFields;
import hub.webhook.verify.RejectionReason;
import hub.webhook.verify.VerifiedRequest;
import hub.webhook.verify.WebhookRejectedException;
import io.vertx.core.MultiMap;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Reads the event's id, type and ordering key from a verified request. Thread-safe. */
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
   * @throws WebhookRejectedException {@link RejectionReason#PAYLOAD_INVALID} when the body is
   *     empty, or should be JSON and is not; {@link RejectionReason#EVENT_ID_MISSING} when there is
   *     no event id
   */
  Fields read(MultiMap headers, byte[] body, VerifiedRequest verifiedRequest)
      throws WebhookRejectedException {
    if (body.length == 0) {
      throw new WebhookRejectedException(RejectionReason.PAYLOAD_INVALID, "the body is empty");
    }
    String contentType =
        Optional.ofNullable(headers.get(HeaderNames.CONTENT_TYPE))
            .orElse("")
            .toLowerCase(Locale.ROOT);
    Optional<Form> form = Form.of(contentType, body);
    Optional<JsonNode> json =
        Json.parseLastWins(body).or(() -> form.flatMap(Form::payload).flatMap(Json::parseLastWins));
    if (json.isEmpty() && (contentType.contains("json") || (needsJson && !isForm(contentType)))) {
      throw new WebhookRejectedException(
          RejectionReason.PAYLOAD_INVALID, "the body " + complaint(body));
    }
    FieldReader.Source source = source(headers, body, verifiedRequest, json, form);
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
      MultiMap headers,
      byte[] body,
      VerifiedRequest verifiedRequest,
      Optional<JsonNode> json,
      Optional<Form> form) {
    return new FieldReader.Source() {
      @Override
      public Optional<JsonNode> json() {
        return json;
      }

      @Override
      public Optional<String> header(String name) {
        List<String> values = headers.getAll(name);
        return values.size() == 1 && !values.get(0).isBlank()
            ? Optional.of(values.get(0).trim())
            : Optional.empty();
      }

      @Override
      public Optional<String> form(String name) {
        return form.flatMap(fields -> fields.field(name));
      }

      @Override
      public String hash() {
        return EventReader.hash(body, verifiedRequest);
      }
    };
  }

  private static String hash(byte[] body, VerifiedRequest verifiedRequest) {
    MessageDigest digest = Sha256.digest();
    verifiedRequest
        .timestamp()
        .ifPresent(
            time ->
                digest.update((time.getEpochSecond() + ":").getBytes(StandardCharsets.US_ASCII)));
    return HexFormat.of().formatHex(digest.digest(body));
  }
}
