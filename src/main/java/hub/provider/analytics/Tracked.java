package hub.provider.analytics;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import hub.util.Json;
import java.time.Instant;

/**
 * Something that a person did, or what is known of a person, as it waits in the inbox.
 *
 * @param id a UUID of its own, by which providers tell a repeat
 * @param time when it happened; when the hub was told, unless the caller says
 * @param event what was done; {@code $identify} when it is about the person
 * @param properties an object
 */
record Tracked(String id, Instant time, String userId, String event, ObjectNode properties) {
  static final String TRACK = "analytics.track";
  static final String IDENTIFY = "analytics.identify";
  static final String IDENTIFY_EVENT = "$identify";

  /** Reads what {@link #bytes} wrote. */
  static Tracked of(byte[] payload) {
    JsonNode node =
        Json.parse(payload)
            .orElseThrow(() -> new IllegalArgumentException("the event is not an analytics event"));
    return new Tracked(
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

  boolean isAboutThePerson() {
    return event.equals(IDENTIFY_EVENT);
  }
}
