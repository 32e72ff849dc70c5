package hub.poll;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import hub.util.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;

/**
 * Stands in for an API with a list of contacts, {@code {"data":[…],"next":"/v1/contacts?page=2"}}.
 */
public final class ListApi implements AutoCloseable {
  /** An item: {@code {"id":"c1","updated":1,"name":"Ada"}}. */
  public record Item(String id, long updated) {}

  private final HttpServer server;
  private final List<String> asked = new CopyOnWriteArrayList<>();
  public final List<Item> items = new CopyOnWriteArrayList<>();
  public volatile boolean newestFirst;
  volatile boolean linked = true;
  volatile boolean viaHeader;
  public volatile int pageSize = 10;
  volatile int status = 200;
  volatile String retryAfter = "";

  /** Answers every request, in place of the list. */
  volatile String fixed = "";

  public ListApi() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newCachedThreadPool());
    server.createContext("/", this::answer);
    server.start();
  }

  public String url() {
    return "http://localhost:" + server.getAddress().getPort();
  }

  /** Paths and queries of all requests. */
  public List<String> asked() {
    return asked;
  }

  public ListApi with(int from, int to) {
    for (int i = from; i <= to; i++) {
      items.add(new Item("c" + i, i));
    }
    return this;
  }

  private void answer(HttpExchange exchange) throws IOException {
    asked.add(exchange.getRequestURI().toString());
    Map<String, String> query = query(exchange.getRequestURI().getRawQuery());
    byte[] body =
        (fixed.isEmpty() ? page(query, exchange) : fixed).getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().add("Content-Type", "application/json");
    if (!retryAfter.isEmpty()) {
      exchange.getResponseHeaders().add("Retry-After", retryAfter);
    }
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  private String page(Map<String, String> query, HttpExchange exchange) {
    Comparator<Item> order = Comparator.comparingLong(Item::updated);
    long since = Long.parseLong(query.getOrDefault("since", "-1"));
    List<Item> shown = new ArrayList<>(items);
    shown.removeIf(item -> item.updated() <= since);
    shown.sort(newestFirst ? order.reversed() : order);
    int page = Integer.parseInt(query.getOrDefault("page", "1"));
    int from = Math.min(shown.size(), (page - 1) * pageSize);
    int to = Math.min(shown.size(), from + pageSize);
    ObjectNode document = Json.object();
    ArrayNode data = document.putArray("data");
    shown
        .subList(from, to)
        .forEach(
            item ->
                data.addObject()
                    .put("id", item.id())
                    .put("updated", item.updated())
                    .put("name", "Ada"));
    if (linked && to < shown.size()) {
      String next = "/v1/contacts?page=" + (page + 1) + (since < 0 ? "" : "&since=" + since);
      if (viaHeader) {
        exchange
            .getResponseHeaders()
            .add("Link", "<" + next + ">; rel=\"next\", </v1/contacts?page=1>; rel=\"first\"");
      } else {
        document.put("next", next);
      }
    }
    return Json.text(document);
  }

  private static Map<String, String> query(String raw) {
    Map<String, String> query = new HashMap<>();
    for (String one : raw == null ? new String[0] : raw.split("&")) {
      String[] parts = one.split("=", 2);
      query.put(parts[0], URLDecoder.decode(parts[1], StandardCharsets.UTF_8));
    }
    return query;
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
