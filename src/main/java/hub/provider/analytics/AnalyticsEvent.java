package hub.provider.analytics;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import hub.util.Json;
import java.time.Instant;

/**
 * An action of a person, or properties of a person, as stored in the inbox.
 *
 * @param id a UUID, by which providers recognise duplicates
 * @param time when it happened; by default when the hub received it
 * @param event the action's name; {@code $identify} for properties of the person
 * @param properties of the action or the person
 */
record AnalyticsEvent(String id, Instant time, String userId, String event, ObjectNode properties) {
  static final String TRACK = "analytics.track";
  static final String IDENTIFY = "analytics.identify";
  static final String IDENTIFY_EVENT = "$identify";

  /** Reads the payload that {@link #bytes} wrote. */
  static AnalyticsEvent of(byte[] payload) {
    JsonNode node =
        Json.parse(payload)
            .orElseThrow(() -> new IllegalArgumentException("the event is not an analytics event"));
    return new AnalyticsEvent(
        node.path("id").asText(),
        Instant.parse(node.path("time").asText()),
        node.path("userId").asText(),
        node.path("event").asText(),
        node.path("properties") instanceof ObjectNode properties ? properties : Json.object());
  }

  byte[] bytes() {
    ObjectNode node =
        Json.object()
            .put("id", id)
            .put("time", time.toString())
            .put("userId", userId)
            .put("event", event);
    node.set("properties", properties);
    return Json.bytes(node);
  }

  boolean isIdentify() {
    return event.equals(IDENTIFY_EVENT);
  }
}
