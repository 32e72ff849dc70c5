package hub.call.policy;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.getRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import com.github.tomakehurst.wiremock.http.Fault;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import hub.call.http.BoundedHttpClient;
import hub.testing.AskRoute;
import hub.testing.Store;
import hub.testing.TestHub;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a caller gets, and how soon, when a provider misbehaves. Slow: it waits for timeouts. */
@Tag("long") // calls run into their limits of time
@Tag("slow")
@Tag("waits")
class CallFaultsTest {
  private static final int TOTAL_MILLIS = 5_000;

  private static final WireMockServer API =
      new WireMockServer(
          WireMockConfiguration.options().dynamicPort().dynamicHttpsPort().containerThreads(60));

  /** Accepts connections and never answers. */
  private static final ServerSocket SILENT = silent();

  private static final int LARGE_PORT = unusedPort();

  private static TestHub hub;

  private static ServerSocket silent() {
    try {
      return new ServerSocket(0, 500);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @BeforeAll
  static void start() {
    API.start();
    hub =
        TestHub.on(Store.H2)
            .with("hub.call.attempt-seconds", "2")
            .with("hub.breaker.attempts", "1000")
            .routeFile("policies/*.camel.yaml")
            .route("ask-plain", ask("plain", "http://localhost:" + API.port()))
            .route(
                "ask-posting",
                ask("posting", "http://localhost:" + API.port())
                    .replace("path: /it", "path: /it\n              method: POST"))
            .route(
                "ask-strict",
                ask("strict", "http://localhost:" + API.port())
                    .replace("path: /it", "path: /strict"))
            .route("ask-large", ask("large", "http://localhost:" + LARGE_PORT))
            .route(
                "ask-keyless",
                """
                - route:
                    id: ask-keyless
                    description: Sends something without an idempotency key.
                    from:
                      uri: platform-http:/api/test/keyless
                      steps:
                        - kamelet:
                            name: provider-call-action
                            parameters:
                              provider: keyless
                              operation: send
                              maxRetries: 1
                            steps:
                              - process: {id: send-keyless, ref: keyless}
                """)
            .route(
                "ask-keyed",
                ask("keyed", "http://localhost:" + LARGE_PORT)
                    .replace("path: /it", "path: /keyed\n              method: POST"))
            .bind("keyless", (org.apache.camel.Processor) CallFaultsTest::keyless)
            .route("ask-closed", ask("closed", "http://localhost:" + unusedPort()))
            .route("ask-unnamed", ask("unnamed", "http://no-such-host.invalid"))
            .route("ask-self-signed", ask("self-signed", "https://localhost:" + API.httpsPort()))
            .route("ask-not-tls", ask("not-tls", "https://localhost:" + API.port()))
            .route("ask-silent", ask("silent", "http://localhost:" + SILENT.getLocalPort()))
            .start();
  }

  private static int unusedPort() {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String ask(String provider, String baseUrl) {
    return AskRoute.of(provider, baseUrl, "path: /it", "timeoutSeconds: 5", "maxRetries: 1");
  }

  @AfterAll
  static void stop() throws IOException {
    hub.close();
    API.stop();
    SILENT.close();
  }

  private static void answers(ResponseDefinitionBuilder response) {
    API.resetAll();
    API.stubFor(get("/it").willReturn(response));
  }

  private static void assertAnswer(String provider, int status, String reason) {
    long begun = System.nanoTime();
    HttpResponse<String> answer = hub.get("/api/test/" + provider);
    assertThat(answer.body()).contains("urn:hub:problem:" + reason);
    assertThat(answer.statusCode()).isEqualTo(status);
    assertThat((System.nanoTime() - begun) / 1_000_000).isLessThan(TOTAL_MILLIS + 500);
  }

  @Test
  void a_refused_connection() {
    assertAnswer("closed", 503, "provider-unavailable");
  }

  @Test
  void an_unknown_host() {
    assertAnswer("unnamed", 503, "provider-unavailable");
  }

  @Test
  void a_certificate_that_nobody_trusts() {
    assertAnswer("self-signed", 503, "provider-unavailable");
  }

  @Test
  void a_server_that_speaks_no_tls() {
    assertAnswer("not-tls", 503, "provider-unavailable");
  }

  @Test
  void a_connection_that_is_reset() {
    answers(aResponse().withFault(Fault.CONNECTION_RESET_BY_PEER));
    assertAnswer("plain", 503, "provider-unavailable");
  }

  @Test
  void an_answer_that_breaks_off() {
    answers(aResponse().withFault(Fault.MALFORMED_RESPONSE_CHUNK));
    assertAnswer("plain", 503, "provider-unavailable");
  }

  @Test
  void no_answer_at_all() {
    answers(okJson("{}").withFixedDelay(10_000));
    assertAnswer("plain", 504, "provider-timeout");
  }

  @Test
  void an_answer_that_drips() {
    answers(okJson("{\"a\":\"" + "x".repeat(1_000) + "\"}").withChunkedDribbleDelay(100, 20_000));
    assertAnswer("plain", 504, "provider-timeout");
  }

  @Test
  void a_429_that_stays() {
    // An address of its own: attempts that other tests have given up may still arrive.
    API.stubFor(
        get("/strict").willReturn(aResponse().withStatus(429).withHeader("Retry-After", "60")));
    HttpResponse<String> answer = hub.get("/api/test/strict");
    assertThat(answer.statusCode()).isEqualTo(429);
    assertThat(answer.headers().firstValue("Retry-After")).contains("60");
    API.verify(1, getRequestedFor(urlEqualTo("/strict")));
  }

  @Test
  void html_that_claims_to_be_json() {
    answers(
        aResponse().withHeader("Content-Type", "application/json").withBody("<html>Sorry</html>"));
    assertAnswer("plain", 503, "provider-unavailable");
  }

  @Test
  void html_that_says_so_where_json_was_asked_for() {
    answers(aResponse().withHeader("Content-Type", "text/html; charset=utf-8").withBody("<html>"));
    assertAnswer("plain", 503, "provider-unavailable");
  }

  @Test
  void an_answer_of_fifty_megabytes() throws IOException {
    HttpServer server = HttpServer.create(new InetSocketAddress(LARGE_PORT), 0);
    server.createContext("/", CallFaultsTest::writeFiftyMegabytes);
    server.start();
    try {
      assertAnswer("large", 503, "provider-unavailable");
    } finally {
      server.stop(0);
    }
  }

  private static void writeFiftyMegabytes(HttpExchange exchange) throws IOException {
    try (exchange) {
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(200, 0);
      for (int i = 0; i < 50; i++) {
        exchange.getResponseBody().write(new byte[1024 * 1024]);
      }
    }
  }

  private static void keyless(org.apache.camel.Exchange exchange) throws IOException {
    exchange
        .getContext()
        .getRegistry()
        .lookupByNameAndType(BoundedHttpClient.BEAN, BoundedHttpClient.class)
        .send(
            HttpRequest.newBuilder(
                    java.net.URI.create("http://localhost:" + LARGE_PORT + "/keyless"))
                .POST(HttpRequest.BodyPublishers.noBody()),
            java.time.Duration.ofSeconds(5));
  }

  @Test
  void what_is_done_is_not_done_again_because_its_answer_is_too_large() throws IOException {
    AtomicInteger keyless = new AtomicInteger();
    AtomicInteger keyed = new AtomicInteger();
    HttpServer server = HttpServer.create(new InetSocketAddress("localhost", LARGE_PORT), 0);
    server.createContext(
        "/keyless",
        exchange -> {
          keyless.incrementAndGet();
          writeFiftyMegabytes(exchange);
        });
    server.createContext(
        "/keyed",
        exchange -> {
          keyed.incrementAndGet();
          writeFiftyMegabytes(exchange);
        });
    server.start();
    try {
      assertAnswer("keyless", 503, "provider-unavailable");
      assertThat(keyless).hasValue(1);
      assertAnswer("keyed", 503, "provider-unavailable");
      assertThat(keyed).as("a key keeps it from being done twice").hasValue(2);
    } finally {
      server.stop(0);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {301, 302, 303, 307, 308})
  void a_redirect_is_neither_followed_nor_asked_for_again(int status) {
    API.resetAll();
    ResponseDefinitionBuilder moved =
        aResponse().withStatus(status).withHeader("Location", "/elsewhere");
    API.stubFor(any(anyUrl()).willReturn(moved));
    for (String way : List.of("plain", "posting")) {
      assertAnswer(way, 400, "provider-rejected");
      assertThat(hub.get("/api/test/" + way).body())
          .contains("it answers " + status + ": it has moved, set the new address");
    }
    assertThat(API.getAllServeEvents())
        .extracting(event -> event.getRequest().getMethod() + event.getRequest().getUrl())
        .containsExactlyInAnyOrder("GET/it", "GET/it", "POST/it", "POST/it");
  }

  @Test
  void a_silent_provider_does_not_slow_the_others() {
    API.resetAll();
    API.stubFor(get("/it").willReturn(okJson("{\"fine\":true}")));
    HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    List<CompletableFuture<HttpResponse<String>>> waiting = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      waiting.add(
          client.sendAsync(
              HttpRequest.newBuilder(hub.url("/api/test/silent"))
                  .header("Authorization", "Bearer " + TestHub.API_KEY)
                  .build(),
              HttpResponse.BodyHandlers.ofString()));
    }
    List<Long> millis = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      long begun = System.nanoTime();
      assertThat(hub.get("/api/test/plain").statusCode()).isEqualTo(200);
      millis.add((System.nanoTime() - begun) / 1_000_000);
    }
    // The first ones compete with 300 requests that have just arrived.
    assertThat(millis.stream().sorted().toList().get(10)).isLessThan(300);
    assertThat(waiting.stream().map(CompletableFuture::join).map(HttpResponse::statusCode))
        .allMatch(status -> status == 504 || status == 503);
  }
}
