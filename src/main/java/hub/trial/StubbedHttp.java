package hub.trial;

import hub.call.http.HttpStub;
import hub.call.http.ProviderResponse;
import hub.lint.TestCase.Stub;
import hub.util.Json;
import hub.util.step.Step;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Flow;
import java.util.zip.GZIPInputStream;
import org.apache.camel.Exchange;

/** Answers the hub's HTTP requests with the stubs of the step that sends them. Thread-safe. */
final class StubbedHttp implements HttpStub {
  private static final Set<String> SAFE = Set.of("GET", "HEAD", "OPTIONS");

  private final Stages stages;

  StubbedHttp(Stages stages) {
    this.stages = stages;
  }

  @Override
  public ProviderResponse answer(HttpRequest request, Duration within) throws IOException {
    Exchange exchange = StepMark.currentOrNull();
    Step step = StepMark.of(exchange);
    Stub stub = stages.current().answer(call(request, step, exchange));
    Duration delay = Duration.ofMillis(stub.delayMillis());
    if (delay.compareTo(within) >= 0) {
      stages.clock().advance(within);
      throw new HttpTimeoutException("no answer within " + within.toMillis() + " ms");
    }
    stages.clock().advance(delay);
    if (stub.failure().isPresent()) {
      throw new IOException(stub.failure().get());
    }
    byte[] body = bytes(stub.body());
    Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    // What a provider answered in one test is no answer in the next one.
    headers.put("Cache-Control", List.of("no-store"));
    if (body.length > 0) {
      headers.put(
          "Content-Type",
          List.of(Json.parse(body).isPresent() ? "application/json" : "text/plain"));
    }
    stub.headers().forEach((name, value) -> headers.put(name, List.of(value)));
    return new ProviderResponse(
        stub.status(),
        HttpHeaders.of(headers, (name, value) -> true),
        body,
        stages.clock().instant());
  }

  private static byte[] bytes(Object body) {
    if (body == null) {
      return new byte[0];
    }
    return body instanceof String text ? text.getBytes(StandardCharsets.UTF_8) : Json.bytes(body);
  }

  private static SentCall call(HttpRequest request, Step step, Exchange exchange)
      throws IOException {
    URI uri = request.uri();
    Map<String, String> headers = new TreeMap<>();
    request
        .headers()
        .map()
        .forEach(
            (name, values) -> headers.put(name.toLowerCase(Locale.ROOT), String.join(",", values)));
    return new SentCall(
        step.name(),
        step.name().isEmpty() ? request.method() + " " + uri.getHost() : step.toString(),
        request.method(),
        uri.toString(),
        uri.getPath(),
        query(uri),
        headers,
        body(request),
        request.headers().firstValue("Idempotency-Key"),
        StepMark.isGuarded(exchange),
        !SAFE.contains(request.method()),
        false);
  }

  private static Map<String, String> query(URI uri) {
    Map<String, String> query = new LinkedHashMap<>();
    if (uri.getRawQuery() != null) {
      for (String pair : uri.getRawQuery().split("&")) {
        int end = pair.indexOf('=');
        query.put(
            decoded(end < 0 ? pair : pair.substring(0, end)),
            end < 0 ? "" : decoded(pair.substring(end + 1)));
      }
    }
    return query;
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }

  private static Object body(HttpRequest request) throws IOException {
    Optional<HttpRequest.BodyPublisher> publisher = request.bodyPublisher();
    if (publisher.isEmpty() || publisher.get().contentLength() == 0) {
      return null;
    }
    Collector collector = new Collector();
    publisher.get().subscribe(collector);
    byte[] bytes = collector.bytes.toByteArray();
    String type = request.headers().firstValue("Content-Type").orElse("");
    if (request.headers().firstValue("Content-Encoding").filter("gzip"::equals).isPresent()) {
      bytes = new GZIPInputStream(new ByteArrayInputStream(bytes)).readAllBytes();
    }
    return type.startsWith("application/x-www-form-urlencoded")
        ? query(URI.create("http://form/?" + new String(bytes, StandardCharsets.UTF_8)))
        : OutsideCalls.body(bytes);
  }

  /** Publishers of bytes give them at once, on the thread that asks. */
  private static final class Collector implements Flow.Subscriber<ByteBuffer> {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
      subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(ByteBuffer buffer) {
      byte[] part = new byte[buffer.remaining()];
      buffer.get(part);
      bytes.writeBytes(part);
    }

    @Override
    public void onError(Throwable error) {
      // Bytes in memory do not fail.
    }

    @Override
    public void onComplete() {
      // Nothing is left to do.
    }
  }
}
