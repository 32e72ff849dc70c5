package hub.catchup;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import hub.testing.LogLines;
import hub.testing.Store;
import hub.testing.TestHub;
import hub.util.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** Deliveries of a GitHub webhook that failed, and lists of other APIs. */
class GithubCatchUpTest {
  private static final String TOKEN = "a-token-of-the-tests";

  private static final String ROUTE =
      """
      - route:
          id: github-catch-up
          from:
            uri: kamelet:catch-up-source
            parameters:
              source: github
              provider: github
              path: /repos/acme/shop/hooks/7/deliveries
              secret: GITHUB_TOKEN
              types: 'issues,push'
              olderThanMinutes: 0
            steps:
              - log: {logName: fetched, message: "${variable.type} ${variable.providerEventId}"}
      """;

  /** Stands in for GitHub's API: pages of two attempts, newest first. */
  private static final class Github implements AutoCloseable {
    private final HttpServer server;
    private final List<ObjectNode> attempts = new CopyOnWriteArrayList<>();
    final List<String> asked = new CopyOnWriteArrayList<>();

    Github() {
      try {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      server.createContext("/", this::answer);
      server.start();
    }

    String url() {
      return "http://localhost:" + server.getAddress().getPort();
    }

    void attempt(String guid, String event, int status, Instant at) {
      attempts.add(
          0,
          Json.object()
              .put("id", 1000 + attempts.size())
              .put("guid", guid)
              .put("delivered_at", at.toString())
              .put("status", status == 200 ? "OK" : "failed to connect to host")
              .put("status_code", status)
              .put("event", event)
              .put("action", "opened"));
    }

    private void answer(HttpExchange exchange) throws IOException {
      String path = exchange.getRequestURI().getPath();
      asked.add(exchange.getRequestURI().toString());
      int status = 200;
      byte[] body;
      if (!("Bearer " + TOKEN).equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
        status = 401;
        body = Json.bytes(Json.object().put("message", "Bad credentials"));
      } else if (path.endsWith("/deliveries")) {
        String query = exchange.getRequestURI().getQuery();
        int from =
            query.contains("cursor=") ? Integer.parseInt(query.replaceFirst(".*cursor=", "")) : 0;
        ArrayNode page = Json.object().putArray("x");
        attempts.stream().skip(from).limit(2).forEach(page::add);
        if (from + 2 < attempts.size()) {
          exchange
              .getResponseHeaders()
              .set("Link", "<" + url() + path + "?cursor=" + (from + 2) + ">; rel=\"next\"");
        }
        body = Json.bytes(page);
      } else {
        String id = path.replaceFirst(".*/", "");
        Optional<ObjectNode> found =
            attempts.stream().filter(one -> one.get("id").asText().equals(id)).findFirst();
        status = found.isPresent() && !found.get().get("guid").asText().equals("gone") ? 200 : 404;
        body =
            status == 200
                ? detail(found.get())
                : "{}".getBytes(java.nio.charset.StandardCharsets.UTF_8);
      }
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(status, body.length);
      exchange.getResponseBody().write(body);
      exchange.close();
    }

    private static byte[] detail(ObjectNode attempt) {
      ObjectNode detail = attempt.deepCopy();
      ObjectNode request = detail.putObject("request");
      request
          .putObject("headers")
          .put("X-GitHub-Delivery", attempt.get("guid").asText())
          .put("X-GitHub-Event", attempt.get("event").asText())
          .put("X-Hub-Signature-256", "sha256=secret")
          .put("content-type", "application/x-www-form-urlencoded");
      request.putObject("payload").put("action", "opened").put("number", 7);
      return Json.bytes(detail);
    }

    @Override
    public void close() {
      server.stop(0);
    }
  }

  private static TestHub.Builder hub(Github github) {
    return TestHub.on(Store.H2)
        .with("GITHUB_API_BASE", github.url())
        .with("GITHUB_TOKEN", TOKEN)
        .with("GITHUB_WEBHOOK_SECRET", "a-secret-of-the-tests")
        .routeFile("github/github-webhook.camel.yaml");
  }

  @Test
  void a_delivery_of_which_every_attempt_failed_is_fetched_once_under_its_guid() {
    try (Github github = new Github();
        LogLines log = LogLines.of("fetched")) {
      Instant now = Instant.now();
      github.attempt("before-the-look-back", "issues", 502, now.minus(Duration.ofDays(4)));
      github.attempt("failed", "issues", 502, now.minusSeconds(500));
      github.attempt("arrived-later", "issues", 0, now.minusSeconds(400));
      github.attempt("gone", "push", 502, now.minusSeconds(350));
      github.attempt("arrived", "issues", 200, now.minusSeconds(300));
      github.attempt("other-type", "star", 502, now.minusSeconds(250));
      github.attempt("arrived-later", "issues", 200, now.minusSeconds(200));
      github.attempt("failed", "issues", 503, now.minusSeconds(100));
      try (TestHub hub = hub(github).route("github-catch-up", ROUTE).start()) {
        CatchUpRuns.awaitFirstRun(hub);
        assertThat(hub.query("SELECT count(*) FROM inbox_event WHERE source = 'github'"))
            .contains("1");
        JsonNode event = hub.json("/api/admin/events?source=github").at("/events/0");
        assertThat(event.at("/providerEventId").asText()).isEqualTo("failed");
        assertThat(event.at("/type").asText()).isEqualTo("issues");
        assertThat(event.at("/arrivedBy").asText()).isEqualTo("catch-up");
        JsonNode detail = hub.json("/api/admin/events/" + event.at("/id").asText());
        assertThat(detail.at("/payload").asText())
            .isEqualTo("{\"action\":\"opened\",\"number\":7}");
        assertThat(detail.at("/headers").toString())
            .contains("\"content-type\":\"application/json\"")
            .doesNotContain("sha256=secret");
        assertThat(log.lines()).hasSize(1);
        assertThat(hub.query("SELECT state FROM catch_up_run WHERE since < until"))
            .contains("done");
        assertThat(github.asked).filteredOn(one -> one.contains("cursor=")).hasSize(3);
      }
    }
  }

  @Test
  void the_token_goes_to_no_other_host_and_a_wrong_one_is_told() {
    try (Github github = new Github();
        LogLines log = LogLines.of("hub.catchup")) {
      try (TestHub hub =
          hub(github).with("GITHUB_TOKEN", "wrong-token").route("github-catch-up", ROUTE).start()) {
        CatchUpRuns.awaitFirstRun(hub);
        assertThat(log.lines().toString())
            .contains("Bad credentials", "GITHUB_TOKEN must have a token", "hooks/7")
            .doesNotContain("wrong-token");
      }
    }
  }

  @Test
  void a_list_of_any_api_is_caught_up_by_the_parameters_of_a_poll() throws IOException {
    HttpServer api =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    List<String> asked = new CopyOnWriteArrayList<>();
    Instant now = Instant.now();
    api.createContext(
        "/",
        exchange -> {
          asked.add(exchange.getRequestURI().toString());
          boolean second = exchange.getRequestURI().toString().contains("page=2");
          ObjectNode page = Json.object();
          ArrayNode data = page.putArray("data");
          if (second) {
            data.addObject()
                .put("id", "o3")
                .put("type", "order.paid")
                .put("at", now.minusSeconds(9).toString());
          } else {
            data.addObject()
                .put("id", "o1")
                .put("type", "order.paid")
                .put("at", now.minus(Duration.ofDays(9)).toString());
            data.addObject()
                .put("id", "o2")
                .put("type", "order.paid")
                .put("at", now.minusSeconds(10).toString());
            page.put("next", "2");
          }
          byte[] body = Json.bytes(page);
          exchange.getResponseHeaders().set("Content-Type", "application/json");
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    api.start();
    String route =
        """
        - route:
            id: shop-catch-up
            from:
              uri: kamelet:catch-up-source
              parameters:
                source: shop
                provider: http
                baseUrl: http://localhost:%d
                path: /events
                query: status=failed
                items: $.data
                eventId: $.id
                eventType: $.type
                eventTime: $.at
                sinceQuery: from
                next: $.next
                nextQuery: page
                olderThanMinutes: 0
              steps:
                - to: {id: find, uri: "inbox:shop"}
        """
            .formatted(api.getAddress().getPort());
    try (TestHub hub = TestHub.on(Store.H2).route("shop-catch-up", route).start()) {
      CatchUpRuns.awaitFirstRun(hub);
      assertThat(hub.query("SELECT state FROM catch_up_run WHERE since < until")).contains("done");
      assertThat(
              hub.query(
                  "SELECT listagg(provider_event_id, ' ') WITHIN GROUP (ORDER BY sequence) FROM inbox_event WHERE source = 'shop'"))
          .contains("o2 o3");
      assertThat(hub.query("SELECT count(*) FROM inbox_arrival")).contains("2");
      assertThat(asked.get(0)).startsWith("/events?status=failed&from=20");
      assertThat(asked.get(1)).contains("page=2", "status=failed");
    } finally {
      api.stop(0);
    }
  }
}
