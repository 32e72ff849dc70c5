package hub.cli;

import hub.util.Json;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;

/** Requests to analytics providers that store no event. */
final class AnalyticsRequests {
  private AnalyticsRequests() {}

  /** Asks for the feature flags of nobody; a wrong project key is refused. */
  static HttpRequest.Builder posthog(String host, String key) {
    return HttpProbe.request(host + "/flags?v=2")
        .header("Content-Type", "application/json")
        .POST(
            BodyPublishers.ofByteArray(
                Json.bytes(
                    Json.object().put("api_key", key).put("distinct_id", "integration-master"))));
  }

  /** Sends an empty list of events. */
  static HttpRequest.Builder mixpanel(String host) {
    return HttpProbe.request(host + "/track?verbose=1")
        .header("Content-Type", "application/json")
        .POST(BodyPublishers.ofString("[]"));
  }
}
