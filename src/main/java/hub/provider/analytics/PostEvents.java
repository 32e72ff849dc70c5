package hub.provider.analytics;

import com.fasterxml.jackson.databind.JsonNode;
import hub.call.http.BoundedHttpClient;
import hub.call.http.ProviderResponse;
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
 * Sends the batch in the body with one request; inside of {@code provider-call-action}. Leaves the
 * body as it is. Thread-safe.
 */
final class PostEvents implements Processor {
  private static final Logger LOG = LoggerFactory.getLogger("hub.analytics");

  private final Target target;

  PostEvents(Target target) {
    this.target = target;
  }

  /**
   * @throws CallFailedException when the provider took none of it, or it is more than it takes at
   *     once
   */
  @Override
  public void process(Exchange exchange) throws IOException {
    List<BatchedEvent> batch = new ArrayList<>();
    List<Tracked> tracked = new ArrayList<>();
    for (BatchedEvent event : exchange.getMessage().getBody(BatchedEvent[].class)) {
      try {
        tracked.add(Tracked.of(event.payload()));
        batch.add(event);
      } catch (IllegalArgumentException | DateTimeException e) {
        // One that cannot be read, put there by a route of somebody's own, must not stop the rest.
        event.park(e.getMessage());
      }
    }
    if (batch.isEmpty()) {
      return;
    }
    byte[] body = target.body(tracked);
    if (body.length > target.maxBytes()) {
      throw new CallFailedException(
          target.provider(),
          CallFailure.ofStatus(
              413, "", "it takes " + target.maxBytes() + " bytes at once", Optional.empty()),
          null);
    }
    HttpRequest.Builder request =
        target
            .request()
            .setHeader(HeaderNames.CONTENT_TYPE, "application/json")
            .setHeader("Accept", "application/json")
            .setHeader("User-Agent", "integration-master");
    if (target.takesGzip()) {
      request.setHeader("Content-Encoding", "gzip");
      body = gzip(body);
    }
    request.POST(HttpRequest.BodyPublishers.ofByteArray(body));
    Optional<Call> call = Call.of(exchange);
    BoundedHttpClient http =
        exchange.getContext().getRegistry().lookupByNameAndType("http", BoundedHttpClient.class);
    ProviderResponse response = http.send(request, Call.timeLeft(exchange));
    call.ifPresent(known -> known.answered(response.status()));
    Optional<JsonNode> json = Json.parse(response.body()).filter(JsonNode::isObject);
    if (json.isEmpty() && response.isSuccess()) {
      // Not sent again for that: it says that it took them.
      LOG.warn(
          "{} answered {} with what is not its JSON; if a proxy is in between, the events may be lost",
          target.provider(),
          response.status());
    }
    Optional<CallFailure> failure = target.judge(response, json, batch);
    if (failure.isPresent()) {
      throw new CallFailedException(target.provider(), failure.get(), null);
    }
  }

  private static byte[] gzip(byte[] body) throws IOException {
    ByteArrayOutputStream compressed = new ByteArrayOutputStream(body.length / 4 + 64);
    try (GZIPOutputStream gzip = new GZIPOutputStream(compressed)) {
      gzip.write(body);
    }
    return compressed.toByteArray();
  }

  /** What an HTTP status says, with the provider's words where there are any. */
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
