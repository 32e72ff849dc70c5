package hub.call.policy;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import hub.testing.AskRoute;
import hub.testing.Store;
import hub.testing.TestHub;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A provider accepts 10 calls a second, and callers send 100. Slow: it sends at a fixed rate for
 * seconds.
 */
@Tag("long") // seconds of load
@Tag("slow")
@Tag("waits")
class RateLimitTest {
  private static final int LIMIT = 10;
  private static final int OFFERED = 100;
  private static final int SECONDS = 6;

  private static final AtomicInteger SERVED = new AtomicInteger();
  private static final AtomicInteger TURNED_AWAY = new AtomicInteger();
  private static HttpServer provider;
  private static TestHub hub;
  private static double tokens = LIMIT;
  private static long filledAt = System.nanoTime();

  @BeforeAll
  static void start() throws IOException {
    provider = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 500);
    provider.setExecutor(Executors.newFixedThreadPool(4));
    provider.createContext("/", RateLimitTest::serve);
    provider.start();
    hub =
        TestHub.on(Store.H2)
            .with("hub.call.total-seconds", "4")
            .routeFile("policies/*.camel.yaml")
            .route(
                "ask-limited",
                AskRoute.of(
                    "limited",
                    "http://localhost:" + provider.getAddress().getPort(),
                    "timeoutSeconds: 4"))
            .start();
  }

  private static synchronized boolean admits() {
    long now = System.nanoTime();
    tokens = Math.min(LIMIT, tokens + (now - filledAt) / 1e9 * LIMIT);
    filledAt = now;
    if (tokens < 1) {
      return false;
    }
    tokens--;
    return true;
  }

  private static void serve(HttpExchange exchange) throws IOException {
    try (exchange) {
      if (admits()) {
        SERVED.incrementAndGet();
        exchange.sendResponseHeaders(200, 2);
        exchange.getResponseBody().write("ok".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
      } else {
        TURNED_AWAY.incrementAndGet();
        exchange.getResponseHeaders().set("Retry-After", "1");
        exchange.sendResponseHeaders(429, -1);
      }
    }
  }

  @AfterAll
  static void stop() {
    hub.close();
    provider.stop(0);
  }

  @Test
  void ten_times_the_limit_makes_no_storm_of_429s() throws InterruptedException {
    HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
    HttpRequest request =
        HttpRequest.newBuilder(hub.url("/api/test/limited"))
            .header("Authorization", "Bearer " + TestHub.API_KEY)
            .build();
    long begun = System.nanoTime();
    for (int i = 0; i < OFFERED * SECONDS; i++) {
      long due = begun + i * TimeUnit.SECONDS.toNanos(1) / OFFERED;
      while (System.nanoTime() - due < 0) {
        TimeUnit.NANOSECONDS.sleep(500_000);
      }
      answers.add(client.sendAsync(request, HttpResponse.BodyHandlers.ofString()));
    }
    List<HttpResponse<String>> all = answers.stream().map(CompletableFuture::join).toList();
    double seconds = (System.nanoTime() - begun) / 1e9;

    long ok = all.stream().filter(answer -> answer.statusCode() == 200).count();
    List<HttpResponse<String>> refused =
        all.stream().filter(answer -> answer.statusCode() != 200).toList();
    System.out.printf(
        "offered %d in %.1f s: %d served, %d refused; the provider turned %d away%n",
        all.size(), seconds, ok, refused.size(), TURNED_AWAY.get());
    assertThat((double) ok).isGreaterThan(seconds * LIMIT * 0.5);
    assertThat(TURNED_AWAY.get()).isLessThan(SERVED.get() / 2);
    // On a busy machine the last in the queue may get a permit and still be too late.
    assertThat(refused.stream().filter(answer -> answer.statusCode() == 504).count())
        .isLessThan(all.size() / 100);
    assertThat(refused)
        .filteredOn(answer -> answer.statusCode() != 504)
        .allSatisfy(
            answer -> {
              assertThat(answer.statusCode()).isEqualTo(429);
              assertThat(answer.body()).contains("provider-rejected");
              assertThat(answer.headers().firstValue("Retry-After")).isPresent();
            });
    assertThat(hub.json("/api/admin/integrations").at("/integrations/0/breaker").asText())
        .isEqualTo("closed");
  }
}
