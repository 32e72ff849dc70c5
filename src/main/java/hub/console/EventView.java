package hub.console;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import hub.inbox.ProofHeaders;
import hub.inbox.db.EventState;
import hub.inbox.db.NewEvent;
import hub.inbox.engine.LeftOut;
import hub.util.Json;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;

/**
 * An event as operators see it.
 *
 * @param arrivedBy {@code catch-up}, when the provider could not deliver it and the hub fetched it
 * @param deliveries in order of their routes; none: the event is ignored
 */
record EventView(
    UUID id,
    String source,
    String providerEventId,
    String type,
    Optional<String> orderingKey,
    Instant receivedAt,
    Optional<String> arrivedBy,
    List<DeliveryView> deliveries) {

  private EventState state() {
    return EventState.ofDeliveries(deliveries.stream().map(DeliveryView::state).toList());
  }

  /** The highest number of attempts of a handler. */
  private int attempts() {
    return deliveries.stream().mapToInt(DeliveryView::attempts).max().orElse(0);
  }

  /** When the last handler finished; empty while one is unfinished. */
  private Optional<Instant> processedAt() {
    return deliveries.stream().anyMatch(deliveryView -> deliveryView.state().isOpen())
        ? Optional.empty()
        : deliveries.stream()
            .flatMap(deliveryView -> deliveryView.finishedAt().stream())
            .max(Comparator.naturalOrder());
  }

  private Optional<Instant> nextAttemptAt() {
    return deliveries.stream()
        .filter(deliveryView -> deliveryView.state() == EventState.RETRYING)
        .flatMap(deliveryView -> deliveryView.dueAt().stream())
        .min(Comparator.naturalOrder());
  }

  /** The most recent error: of the handler that is due next, else of the one that finished last. */
  private Optional<String> lastError() {
    return deliveries.stream()
        .filter(deliveryView -> deliveryView.lastError().isPresent())
        .max(
            Comparator.comparing(
                deliveryView ->
                    deliveryView.dueAt().or(deliveryView::finishedAt).orElse(Instant.EPOCH)))
        .flatMap(DeliveryView::lastError);
  }

  /** One entry of the list. Every field is present; a field that does not apply is null. */
  ObjectNode summary() {
    return Json.object()
        .put("id", id.toString())
        .put("source", source)
        .put("providerEventId", providerEventId)
        .put("type", type)
        .put("status", state().text())
        .put("attempts", attempts())
        .put("receivedAt", Json.time(receivedAt))
        .put("processedAt", processedAt().map(Json::time).orElse(null))
        .put("nextAttemptAt", nextAttemptAt().map(Json::time).orElse(null))
        .put("lastError", lastError().orElse(null))
        .put("orderingKey", orderingKey.orElse(null))
        .put("arrivedBy", arrivedBy.orElse(null));
  }

  /**
   * All details. A payload that is not UTF-8 is in {@code payloadBase64}, and {@code payload} is
   * null; otherwise {@code payloadBase64} is null.
   *
   * @param leftOut handlers of the source that have no part in it
   */
  ObjectNode detail(String headers, byte[] payload, List<LeftOut> leftOut) {
    Optional<String> text = utf8(payload);
    ObjectNode detail = summary();
    detail.set("headers", ProofHeaders.masked(headers));
    detail.put("payload", text.orElse(null));
    detail.put(
        "payloadBase64", text.isPresent() ? null : Base64.getEncoder().encodeToString(payload));
    ArrayNode handlers = detail.putArray("handlers");
    for (DeliveryView deliveryView : deliveries) {
      ArrayNode attempts =
          handlers
              .addObject()
              .put("route", deliveryView.route())
              .put("status", deliveryView.state().text())
              .putArray("attempts");
      deliveryView.attemptLog().lines().map(Json::own).forEach(line -> attempts.add(attempt(line)));
    }
    ArrayNode others = detail.putArray("leftOut");
    for (LeftOut one : leftOut) {
      others
          .addObject()
          .put("route", one.route())
          .put("because", one.why().name().toLowerCase(Locale.ROOT))
          .put("types", one.types().isBlank() ? null : one.types())
          .put("when", one.when().isBlank() ? null : one.when());
    }
    return detail;
  }

  /** As conditions see it. */
  NewEvent stored(String headers, byte[] payload) {
    return new NewEvent(
        source, providerEventId, type, orderingKey, receivedAt, headers, payload, false);
  }

  /** One row of the log; a row about waiting represents {@code times} consecutive attempts. */
  private static ObjectNode attempt(JsonNode line) {
    ObjectNode attempt =
        Json.object()
            .put("at", Json.time(Instant.parse(line.path("at").asText())))
            .put("durationMs", line.path("durationMs").asLong())
            .put("outcome", line.path("outcome").asText())
            .put("error", line.path("error").asText(null))
            .put("note", line.path("note").asText(null))
            // Rows written before this field existed count as the schedule's.
            .put("by", line.path("by").asText("schedule"));
    if (line.hasNonNull("until")) {
      attempt
          .put("times", line.path("times").asInt(1))
          .put("until", Json.time(Instant.parse(line.get("until").asText())));
    }
    return attempt;
  }

  private static Optional<String> utf8(byte[] bytes) {
    try {
      return Optional.of(
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }
}
