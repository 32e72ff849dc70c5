package hub.provider.analytics;

import com.fasterxml.jackson.databind.JsonNode;
import hub.call.http.ProviderResponse;
import hub.call.policy.CallFailure;
import hub.inbox.camel.BatchedEvent;
import java.net.http.HttpRequest;
import java.util.List;
import java.util.Optional;

/** A provider's API for many events in one request. Thread-safe. */
interface AnalyticsApi {
  /** The provider's name, as in {@code provider-call-action}. */
  String provider();

  /** The request's body, before compression. */
  byte[] body(List<AnalyticsEvent> events);

  /** The largest {@link #body} that the provider accepts. */
  int maxBytes();

  /** Whether the provider accepts a body compressed with gzip. */
  boolean takesGzip();

  /** A request with address and credentials. */
  HttpRequest.Builder request();

  /**
   * Reads a response. Parks the events that it rejects individually.
   *
   * @param json the response's body, empty when it is not JSON
   * @return why the request failed as a whole; empty when it did not
   */
  Optional<CallFailure> failureOf(
      ProviderResponse response, Optional<JsonNode> json, List<BatchedEvent> events);
}
