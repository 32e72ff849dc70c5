package hub.catchup;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import hub.util.Form;
import hub.util.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

/** Stands in for Stripe's list of events; keeps to its filters and pages. */
public final class StripeServer implements AutoCloseable {
  public static final String KEY = "sk_test_of_the_catch_up";

  private final HttpServer server;

  /** Newest first, as Stripe lists them. */
  private final List<ObjectNode> events = new CopyOnWriteArrayList<>();

  private final Set<String> delivered = new HashSet<>();
  final List<String> queries = new CopyOnWriteArrayList<>();

  /** Answers this status from this page on; 0: never. */
  volatile int failingStatus;

  volatile int failsFromPage;

  /** Answers with the first page, whatever is asked for. */
  volatile boolean stuck;

  public StripeServer() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.createContext("/v1/events", this::answer);
    server.start();
  }

  public String url() {
    return "http://localhost:" + server.getAddress().getPort();
  }

  /** Records an event that Stripe made at this time. */
  public ObjectNode add(String id, String type, Instant at) {
    ObjectNode event =
        Json.object()
            .put("id", id)
            .put("object", "event")
            .put("type", type)
            .put("created", at.getEpochSecond())
            .put("livemode", false)
            .put("pending_webhooks", 1);
    event.putObject("data").putObject("object").put("id", "sub_" + id);
    events.add(0, event);
    return event;
  }

  void delivered(String id) {
    synchronized (delivered) {
      delivered.add(id);
    }
  }

  private void answer(HttpExchange exchange) throws IOException {
    String raw = exchange.getRequestURI().getRawQuery();
    queries.add(URLDecoder.decode(raw, StandardCharsets.UTF_8));
    int status = 200;
    ObjectNode answer;
    if (!("Bearer " + KEY).equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
      status = 401;
      answer = Json.object();
      answer.putObject("error").put("message", "Invalid API Key provided");
    } else if (failingStatus > 0 && queries.size() >= failsFromPage) {
      status = failingStatus;
      answer = Json.object();
      answer.putObject("error").put("message", "out of order");
    } else {
      answer = page(raw);
    }
    byte[] body = Json.bytes(answer);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  private ObjectNode page(String raw) {
    long since = 0;
    long until = Long.MAX_VALUE;
    Optional<String> after = Optional.empty();
    Set<String> types = new HashSet<>();
    boolean undelivered = false;
    for (Map.Entry<String, String> pair : Form.pairs(raw)) {
      String value = URLDecoder.decode(pair.getValue(), StandardCharsets.UTF_8);
      switch (URLDecoder.decode(pair.getKey(), StandardCharsets.UTF_8)) {
        case "created[gte]" -> since = Long.parseLong(value);
        case "created[lte]" -> until = Long.parseLong(value);
        case "starting_after" -> after = Optional.of(value);
        case "types[]" -> types.add(value);
        case "delivery_success" -> undelivered = value.equals("false");
        default -> {}
      }
    }
    List<ObjectNode> found = new ArrayList<>();
    boolean begun = after.isEmpty() || stuck;
    for (ObjectNode event : events) {
      long created = event.get("created").asLong();
      boolean gone;
      synchronized (delivered) {
        gone = undelivered && delivered.contains(event.path("id").asText());
      }
      if (begun
          && created >= since
          && created <= until
          && !gone
          && (types.isEmpty() || types.contains(event.get("type").asText()))) {
        found.add(event);
      }
      begun |= after.isPresent() && after.get().equals(event.path("id").asText());
    }
    ObjectNode answer = Json.object().put("object", "list").put("has_more", found.size() > 100);
    ArrayNode data = answer.putArray("data");
    found.stream().limit(100).forEach(data::add);
    return answer;
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
