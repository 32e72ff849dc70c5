package hub.call.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.standardwebhooks.Webhook;
import com.standardwebhooks.exceptions.EmptyWebhookSecretException;
import com.standardwebhooks.exceptions.WebhookVerificationException;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import hub.testing.Store;
import hub.testing.TestHub;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Events are forwarded to three services. One of them is down for {@code hub.test.down-seconds}
 * (120; at least 60); meanwhile the secret is replaced, from the old one over both to the new one.
 */
@Tag("faults") // it lasts for more than two minutes
@Timeout(600)
class ForwardingTest {
  private static final Duration DOWN =
      Duration.ofSeconds(Long.getLong("hub.test.down-seconds", 120));
  private static final Duration BETWEEN_EVENTS = Duration.ofMillis(250);
  private static final int KEYS = 5;
  private static final String OLD = secret("the old secret of the receiver!!");
  private static final String NEW = secret("the new secret of the receiver!!");

  @TempDir Path folder;

  private static String secret(String text) {
    return "whsec_" + Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.US_ASCII));
  }

  /** A delivery that was accepted. */
  private record Delivery(String id, String key, int number, Instant at) {}

  /** A service that verifies by the library with the secrets that it knows at the moment. */
  private static final class Service implements AutoCloseable {
    private final int port;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<Delivery> accepted = new CopyOnWriteArrayList<>();
    private final List<String> refused = new CopyOnWriteArrayList<>();
    private volatile String secret = OLD;
    private HttpServer server;

    Service() throws IOException {
      server = open(0);
      port = server.getAddress().getPort();
    }

    private HttpServer open(int onPort) throws IOException {
      HttpServer opened =
          HttpServer.create(new InetSocketAddress(InetAddress.getByName("localhost"), onPort), 0);
      opened.setExecutor(threads);
      opened.createContext("/hook", this::take);
      opened.start();
      return opened;
    }

    private void take(HttpExchange exchange) throws IOException {
      try (exchange) {
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        try {
          new Webhook(secret)
              .verify(body, HttpHeaders.of(exchange.getRequestHeaders(), (name, value) -> true));
        } catch (WebhookVerificationException | EmptyWebhookSecretException e) {
          refused.add(e.getMessage());
          exchange.sendResponseHeaders(401, -1);
          return;
        }
        String[] parts = body.replaceAll("[^0-9,]", "").split(",");
        accepted.add(
            new Delivery(
                exchange.getRequestHeaders().getFirst("webhook-id"),
                parts[0],
                Integer.parseInt(parts[1]),
                Instant.now()));
        exchange.sendResponseHeaders(204, -1);
      }
    }

    /** From now on connections are refused. */
    void down() {
      server.stop(0);
    }

    void up() throws IOException {
      server = open(port);
    }

    @Override
    public void close() {
      server.stop(0);
      threads.shutdownNow();
    }
  }

  private static String handler(String id, int port) {
    return """
        - route:
            id: shop-forward-%1$s
            description: Forwards the shop's events.
            routeConfigurationId: retry-then-park
            from:
              uri: inbox:shop
              parameters:
                orderBy: orderingKey
                retryDelaysSeconds: 1,2,5,10,10,10,10,10,10,10,10,10,10,10,10,10,10,10,10,10
              steps:
                - to:
                    id: forward-to-%1$s
                    uri: kamelet:webhook-sink
                    parameters:
                      url: http://localhost:%2$d/hook
                      signSecret: FORWARD_SECRETS
        """
        .formatted(id, port);
  }

  @Test
  void a_service_that_is_down_holds_up_no_other_and_gets_each_event_once_in_order()
      throws Exception {
    Path secrets = Files.writeString(folder.resolve("FORWARD_SECRETS"), OLD);
    try (Service one = new Service();
        Service two = new Service();
        Service three = new Service();
        TestHub hub =
            TestHub.on(Store.H2)
                .with("hub.secrets-dir", folder.toString())
                .with("hub.breaker.open-seconds", "5")
                .routeFile("policies/*.camel.yaml")
                .route("shop-forward-one", handler("one", one.port))
                .route("shop-forward-two", handler("two", two.port))
                .route("shop-forward-three", handler("three", three.port))
                .start()) {
      List<Instant> appended = new ArrayList<>();
      append(hub, appended);
      await().until(() -> two.accepted.size() == 1);
      two.down();
      Instant begun = Instant.now();
      boolean both = false;
      boolean last = false;
      while (Instant.now().isBefore(begun.plus(DOWN))) {
        append(hub, appended);
        Duration since = Duration.between(begun, Instant.now());
        if (!both && since.compareTo(DOWN.dividedBy(4)) > 0) {
          Files.writeString(secrets, NEW + "," + OLD);
          both = true;
        }
        if (!last && since.compareTo(DOWN.dividedBy(2)) > 0) {
          List.of(one, two, three).forEach(service -> service.secret = NEW);
          last = true;
        }
        Thread.sleep(BETWEEN_EVENTS.toMillis()); // a steady stream of events
      }
      assertThat(two.accepted).as("nothing arrives where nobody listens").hasSize(1);
      for (Service undisturbed : List.of(one, three)) {
        await()
            .atMost(Duration.ofSeconds(5))
            .until(() -> undisturbed.accepted.size() == appended.size());
        assertWhole(undisturbed, appended.size());
        assertThat(undisturbed.accepted)
            .as("each arrives soon, whatever is down")
            .allSatisfy(
                delivery ->
                    assertThat(delivery.at())
                        .isBefore(appended.get(delivery.number()).plusSeconds(5)));
      }
      Files.writeString(secrets, NEW);
      two.up();
      await().atMost(Duration.ofSeconds(120)).until(() -> two.accepted.size() >= appended.size());
      assertWhole(two, appended.size());
    }
  }

  private static void append(TestHub hub, List<Instant> appended) {
    int number = appended.size();
    int key = number % KEYS;
    appended.add(Instant.now());
    hub.append(
        "shop",
        "e" + number,
        "order.paid",
        "k" + key,
        "{\"k\": " + key + ", \"n\": " + number + "}");
  }

  private static void assertWhole(Service service, int events) {
    assertThat(service.refused).as("signatures that the library refused").isEmpty();
    assertThat(service.accepted).hasSize(events);
    assertThat(service.accepted.stream().map(Delivery::id)).doesNotHaveDuplicates();
    for (int key = 0; key < KEYS; key++) {
      String of = Integer.toString(key);
      assertThat(
              service.accepted.stream()
                  .filter(delivery -> delivery.key().equals(of))
                  .map(Delivery::number))
          .as("in order of key " + of)
          .isSorted();
    }
  }
}
