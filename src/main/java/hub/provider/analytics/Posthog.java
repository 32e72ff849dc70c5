package hub.provider.analytics;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import hub.call.http.ProviderResponse;
import hub.call.policy.CallFailure;
import hub.call.policy.CallOutcome;
import hub.inbox.camel.BatchedEvent;
import hub.util.Json;
import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Clock;
import java.util.List;
import java.util.Optional;

/**
 * PostHog's batch endpoint.
 *
 * @see <a href="https://posthog.com/docs/api/capture">PostHog: capture</a>
 */
record Posthog(AnalyticsSettings settings, Clock clock) implements AnalyticsApi {
  @Override
  public String provider() {
    return "posthog";
  }

  @Override
  public byte[] body(List<AnalyticsEvent> events) {
    ObjectNode body = Json.object();
    body.put("api_key", settings.posthogKey().orElse(""));
    body.put("historical_migration", false);
    body.put("sent_at", Json.time(clock.instant()));
    ArrayNode batch = body.putArray("batch");
    for (AnalyticsEvent event : events) {
      ObjectNode properties = Json.object();
      if (event.isIdentify()) {
        properties.set("$set", event.properties());
      } else {
        properties = event.properties();
      }
      batch
          .addObject()
          .put("event", event.event())
          .put("distinct_id", event.userId())
          .put("timestamp", Json.time(event.time()))
          .put("uuid", event.id())
          .set("properties", properties);
    }
    return Json.bytes(body);
  }

  /** PostHog accepts 20 MB; smaller requests are faster. */
  @Override
  public int maxBytes() {
    return 10_000_000;
  }

  @Override
  public boolean takesGzip() {
    return true;
  }

  @Override
  public HttpRequest.Builder request() {
    return HttpRequest.newBuilder(URI.create(settings.posthogHost() + "/batch/"));
  }

  @Override
  public Optional<CallFailure> failureOf(
      ProviderResponse response, Optional<JsonNode> json, List<BatchedEvent> events) {
    if (response.status() == 200 && json.filter(Posthog::isOverQuota).isPresent()) {
      // PostHog answers 200 and drops the events.
      return Optional.of(
          new CallFailure(
              CallOutcome.FAILED,
              429,
              "quota_limited",
              "the project's quota of events is used up (quota_limited)",
              Optional.empty()));
    }
    return response.isSuccess()
        ? Optional.empty()
        : Optional.of(SendEventBatch.failure(response, json));
  }

  private static boolean isOverQuota(JsonNode response) {
    for (JsonNode what : response.path("quota_limited")) {
      if (what.asText().equals("events")) {
        return true;
      }
    }
    return false;
  }
}
