package hub.provider.analytics;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import hub.call.http.ProviderResponse;
import hub.call.policy.CallFailure;
import hub.call.policy.CallOutcome;
import hub.inbox.camel.BatchedEvent;
import hub.util.Json;
import java.net.URI;
import java.net.http.HttpRequest;
import java.util.List;
import java.util.Optional;

/**
 * Mixpanel's profiles of people. It answers 200 even when it rejects profiles, and does not say
 * which.
 *
 * @see <a href="https://docs.mixpanel.com/reference/profile-batch-update">Mixpanel: update
 *     profiles</a>
 */
record MixpanelProfiles(AnalyticsSettings settings) implements AnalyticsApi {
  @Override
  public String provider() {
    return "mixpanel";
  }

  @Override
  public byte[] body(List<AnalyticsEvent> events) {
    ArrayNode body = Json.object().putArray("profiles");
    for (AnalyticsEvent event : events) {
      body.addObject()
          .put("$token", settings.mixpanelToken().orElse(""))
          .put("$distinct_id", event.userId())
          .set("$set", event.properties());
    }
    return Json.bytes(body);
  }

  @Override
  public int maxBytes() {
    return 2_000_000;
  }

  /** So its documentation says. */
  @Override
  public boolean takesGzip() {
    return false;
  }

  @Override
  public HttpRequest.Builder request() {
    return HttpRequest.newBuilder(URI.create(settings.mixpanelHost() + "/engage?verbose=1"));
  }

  @Override
  public Optional<CallFailure> failureOf(
      ProviderResponse response, Optional<JsonNode> json, List<BatchedEvent> events) {
    Optional<JsonNode> status = json.map(node -> node.get("status"));
    if (!response.isSuccess()) {
      return Optional.of(SendEventBatch.failure(response, json));
    }
    if (status.isEmpty() || status.get().asInt() == 1) {
      return Optional.empty();
    }
    String words = SendEventBatch.cut(json.get().path("error").asText());
    return Optional.of(new CallFailure(CallOutcome.REJECTED, 400, "", words, Optional.empty()));
  }
}
