package hub.provider.analytics;

import com.fasterxml.jackson.databind.JsonNode;
import hub.call.http.BoundedHttpClient;
import hub.call.http.ProviderResponse;
import hub.call.http.SendsHttp;
import hub.call.policy.Call;
import hub.call.policy.CallFailedException;
import hub.call.policy.CallFailure;
import hub.http.HeaderNames;
import hub.inbox.camel.BatchedEvent;
import hub.util.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.time.DateTimeException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends the batch in the body with one request, inside of {@code provider-call-action}. Does not
 * change the body. Thread-safe.
 *
 * <p>In Java and no {@code http-api-action}: one request carries many events, of which an
 * unreadable one and each that the provider names as refused is parked alone, and a 200 may still
 * mean that nothing was taken.
 */
final class SendEventBatch implements Processor, SendsHttp {
  private static final Logger LOG = LoggerFactory.getLogger("hub.analytics");

  private final AnalyticsApi api;

  SendEventBatch(AnalyticsApi api) {
    this.api = api;
  }

  /**
   * @throws CallFailedException when the provider rejected the whole batch, or the batch is too
   *     large
   */
  @Override
  public void process(Exchange exchange) throws IOException {
    List<BatchedEvent> batch = new ArrayList<>();
    List<AnalyticsEvent> events = new ArrayList<>();
    for (BatchedEvent event : exchange.getMessage().getBody(BatchedEvent[].class)) {
      try {
        events.add(AnalyticsEvent.of(event.payload()));
        batch.add(event);
      } catch (IllegalArgumentException | DateTimeException e) {
        // An unreadable event, stored by a user's own route, must not stop the others.
        event.park(e.getMessage());
      }
    }
    if (batch.isEmpty()) {
      return;
    }
    byte[] body = api.body(events);
    if (body.length > api.maxBytes()) {
      throw new CallFailedException(
          api.provider(),
          CallFailure.ofStatus(
              413, "", "it takes " + api.maxBytes() + " bytes at once", Optional.empty()),
          null);
    }
    Optional<Call> call = Call.of(exchange);
    BoundedHttpClient http =
        exchange
            .getContext()
            .getRegistry()
            .lookupByNameAndType(BoundedHttpClient.BEAN, BoundedHttpClient.class);
    ProviderResponse response = http.send(request(body), Call.timeLeft(exchange));
    call.ifPresent(known -> known.answered(response.status()));
    Optional<JsonNode> json = Json.parse(response.body()).filter(JsonNode::isObject);
    if (json.isEmpty() && response.isSuccess()) {
      // No retry: the status says that the events were accepted.
      LOG.warn(
          "{} answered {} without its JSON; if a proxy answered, the events may be lost",
          api.provider(),
          response.status());
    }
    Optional<CallFailure> failure = api.failureOf(response, json, batch);
    if (failure.isPresent()) {
      throw new CallFailedException(api.provider(), failure.get(), null);
    }
  }

  private HttpRequest.Builder request(byte[] body) throws IOException {
    HttpRequest.Builder request =
        api.request()
            .setHeader(HeaderNames.CONTENT_TYPE, "application/json")
            .setHeader("Accept", "application/json")
            .setHeader("User-Agent", "integration-master");
    if (!api.takesGzip()) {
      return request.POST(HttpRequest.BodyPublishers.ofByteArray(body));
    }
    return request
        .setHeader("Content-Encoding", "gzip")
        .POST(HttpRequest.BodyPublishers.ofByteArray(gzip(body)));
  }

  private static byte[] gzip(byte[] body) throws IOException {
    ByteArrayOutputStream compressed = new ByteArrayOutputStream(body.length / 4 + 64);
    try (GZIPOutputStream gzip = new GZIPOutputStream(compressed)) {
      gzip.write(body);
    }
    return compressed.toByteArray();
  }

  /** The failure that an HTTP status means, with the provider's message, if any. */
  static CallFailure failure(ProviderResponse response, Optional<JsonNode> json) {
    String words =
        json.map(node -> node.path("error").asText(node.path("detail").asText(""))).orElse("");
    return CallFailure.ofStatus(
        response.status() < 300 ? 502 : response.status(),
        "",
        "HTTP " + response.status() + (words.isEmpty() ? "" : ": " + cut(words)),
        response.retryAfter());
  }

  static String cut(String words) {
    return words.substring(0, Math.min(words.length(), 300));
  }
}
