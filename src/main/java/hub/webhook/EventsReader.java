package hub.webhook;

import com.fasterxml.jackson.databind.JsonNode;
import hub.inbox.ProvenEvent;
import hub.util.Json;
import hub.webhook.verify.RejectionReason;
import hub.webhook.verify.SignatureVerifier;
import hub.webhook.verify.SignedRequest;
import hub.webhook.verify.VerifiedRequest;
import hub.webhook.verify.WebhookRejectedException;
import hub.webhook.verify.WebhookScheme;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Verifies a request and reads its event, or its events where a body holds several. Thread-safe.
 */
final class EventsReader {
  /** More would make one commit too long for its sender to wait. */
  private static final int MOST_EVENTS = 1000;

  /**
   * @param first the fields of the only event or of the first; null when there is none
   * @param events all, where a body may hold several
   * @param replayKey the request's token that is good once
   */
  record Read(
      VerifiedRequest verified,
      EventReader.Fields first,
      List<ProvenEvent> events,
      Optional<String> replayKey) {}

  private final WebhookScheme.Payload payload;
  private final EventReader reader;
  private final Optional<JsonElements> elements;
  private final boolean isEachProven;
  private final boolean isOracle;

  /**
   * @throws IllegalArgumentException when the path of the events cannot be read
   */
  EventsReader(WebhookScheme scheme) {
    this.payload = scheme.payload();
    this.reader = new EventReader(scheme.event());
    this.elements =
        payload.each().isEmpty() ? Optional.empty() : Optional.of(new JsonElements(payload.each()));
    this.isEachProven = scheme.provesElements();
    this.isOracle = scheme.responses().isOracle();
  }

  /** Whether a body may hold several events. */
  boolean areSeveral() {
    return elements.isPresent();
  }

  /**
   * @throws WebhookRejectedException when the request or one of its events is not proven, or has no
   *     id
   */
  Read read(WebhookRequest request, SignedRequest signed, SignatureVerifier verifier)
      throws WebhookRejectedException {
    if (elements.isPresent()) {
      return readAll(request, signed, verifier, elements.get());
    }
    VerifiedRequest verified = verifier.verify(signed);
    requireNoChallenge(request);
    EventReader.Fields fields = reader.read(request, signed, verified);
    return new Read(verified, fields, List.of(), replayKey(signed));
  }

  /**
   * The hub signs challenges of callers that are not verified, and these are never JSON objects or
   * arrays. Nothing else is taken as an event, so that a signed challenge cannot be sent as one.
   */
  private void requireNoChallenge(WebhookRequest request) throws WebhookRejectedException {
    if (isOracle && request.json().filter(JsonNode::isContainerNode).isEmpty()) {
      throw new WebhookRejectedException(
          RejectionReason.PAYLOAD_INVALID, "the body is not a JSON object or array");
    }
  }

  private Read readAll(
      WebhookRequest request, SignedRequest signed, SignatureVerifier verifier, JsonElements path)
      throws WebhookRejectedException {
    VerifiedRequest verified =
        isEachProven ? new VerifiedRequest("", Optional.<Instant>empty()) : verifier.verify(signed);
    EventReader.requireBody(request, true);
    List<byte[]> parts = parts(request, path);
    if (parts.isEmpty() && isEachProven) {
      throw new WebhookRejectedException(
          RejectionReason.SIGNATURE_MISSING, "the body holds no event, and so no signature");
    }
    EventReader.Fields first = null;
    List<ProvenEvent> events = new ArrayList<>();
    for (byte[] part : parts) {
      JsonNode json =
          Json.parseLastWins(part)
              .orElseThrow(
                  () ->
                      new WebhookRejectedException(
                          RejectionReason.PAYLOAD_INVALID, "an event of the body is not JSON"));
      SignedRequest element = WebhookRequest.element(signed, json);
      if (isEachProven) {
        verified = verifier.verify(element);
      }
      EventReader.Fields fields = reader.readElement(request, element, json, part, verified);
      first = first == null ? fields : first;
      events.add(new ProvenEvent(fields.id(), fields.type(), fields.orderingKey(), part));
    }
    return new Read(verified, first, events, replayKey(signed));
  }

  private static List<byte[]> parts(WebhookRequest request, JsonElements path)
      throws WebhookRejectedException {
    byte[] payload =
        request
            .payload()
            .orElseThrow(
                () ->
                    new WebhookRejectedException(
                        RejectionReason.PAYLOAD_INVALID,
                        "the form has not one field with the events"));
    List<byte[]> parts;
    try {
      parts = path.in(payload);
    } catch (IOException e) {
      throw new WebhookRejectedException(
          RejectionReason.PAYLOAD_INVALID, "the body is not a JSON document with a list of events");
    }
    if (parts.size() > MOST_EVENTS) {
      throw new WebhookRejectedException(
          RejectionReason.PAYLOAD_INVALID, "the body holds more than " + MOST_EVENTS + " events");
    }
    return parts;
  }

  private Optional<String> replayKey(SignedRequest signed) throws WebhookRejectedException {
    if (payload.replayKey().isEmpty()) {
      return Optional.empty();
    }
    Optional<String> token =
        signed.details().json(payload.replayKey()).filter(text -> !text.isBlank());
    if (token.isEmpty()) {
      throw new WebhookRejectedException(
          RejectionReason.SIGNATURE_MISSING, payload.replayKey() + " is missing");
    }
    return token;
  }
}
