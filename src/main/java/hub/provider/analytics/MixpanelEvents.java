package hub.provider.analytics;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import hub.call.http.ProviderResponse;
import hub.call.policy.CallFailure;
import hub.http.HeaderNames;
import hub.inbox.camel.BatchedEvent;
import hub.util.Json;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * Mixpanel's import of events. It accepts events of any age and reports each rejected one; it
 * stores the others all the same.
 *
 * @see <a href="https://docs.mixpanel.com/reference/import-events">Mixpanel: import events</a>
 */
record MixpanelEvents(AnalyticsSettings settings) implements AnalyticsApi {
  @Override
  public String provider() {
    return "mixpanel";
  }

  @Override
  public byte[] body(List<AnalyticsEvent> events) {
    ArrayNode body = Json.object().putArray("events");
    for (AnalyticsEvent event : events) {
      ObjectNode properties = Json.object();
      properties.setAll(event.properties());
      properties
          .put("distinct_id", event.userId())
          .put("time", event.time().toEpochMilli())
          .put("$insert_id", event.id());
      body.addObject().put("event", event.event()).set("properties", properties);
    }
    return Json.bytes(body);
  }

  /** Its documentation says 10 MB, its responses 2 MiB. */
  @Override
  public int maxBytes() {
    return 2_000_000;
  }

  @Override
  public boolean takesGzip() {
    return true;
  }

  @Override
  public HttpRequest.Builder request() {
    String login = settings.mixpanelToken().orElse("") + ":";
    return HttpRequest.newBuilder(URI.create(settings.mixpanelHost() + "/import?strict=1"))
        .setHeader(
            HeaderNames.AUTHORIZATION,
            "Basic " + Base64.getEncoder().encodeToString(login.getBytes(StandardCharsets.UTF_8)));
  }

  @Override
  public Optional<CallFailure> failureOf(
      ProviderResponse response, Optional<JsonNode> json, List<BatchedEvent> events) {
    if (response.isSuccess()
        && json.filter(node -> node.path("code").asInt(200) != 200).isEmpty()) {
      return Optional.empty();
    }
    JsonNode refused = json.map(node -> node.path("failed_records")).orElse(Json.object());
    if (response.status() != 400 || refused.isEmpty()) {
      return Optional.of(SendEventBatch.failure(response, json));
    }
    for (JsonNode one : refused) {
      int index = one.path("index").asInt(-1);
      if (index < 0 || index >= events.size()) {
        return Optional.of(SendEventBatch.failure(response, json));
      }
      events
          .get(index)
          .park(
              SendEventBatch.cut(
                  "mixpanel refused: "
                      + one.path("field").asText()
                      + ": "
                      + one.path("message").asText()));
    }
    return Optional.empty();
  }
}
