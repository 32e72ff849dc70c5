package hub.provider.analytics;

import com.fasterxml.jackson.databind.JsonNode;
import hub.call.http.ProviderResponse;
import hub.call.policy.CallFailure;
import hub.inbox.camel.BatchedEvent;
import java.net.http.HttpRequest;
import java.util.List;
import java.util.Optional;

/** A provider's way to take many events with one request. Thread-safe. */
interface Target {
  /** As in {@code provider-call-action}. */
  String provider();

  /** What is sent, before it is compressed. */
  byte[] body(List<Tracked> events);

  /** Of {@link #body}, at most. */
  int maxBytes();

  /** Whether the body may be compressed. */
  boolean takesGzip();

  /** Address and credentials. */
  HttpRequest.Builder request();

  /**
   * What an answer says; events that it refuses one by one are parked.
   *
   * @param json the answer's body, empty when it is none
   * @return why the request failed as a whole; empty when it did not
   */
  Optional<CallFailure> judge(
      ProviderResponse response, Optional<JsonNode> json, List<BatchedEvent> events);
}
