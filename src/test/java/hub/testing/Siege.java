package hub.testing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * A hub under attack: while somebody attacks it, another sender posts twenty signed webhooks a
 * second, each of which must be answered in time, and the hub's memory is watched.
 */
public final class Siege {
  public static final String SECRET = "a-secret-of-the-shop-0123456789";
  public static final String HEAP = "400m";

  private static final long MOST_RESIDENT = 600L << 20;
  private static final Duration IN_TIME = Duration.ofSeconds(1);
  private static final int PER_SECOND = 20;
  private static final Duration READY_AGAIN = Duration.ofSeconds(15);

  /** A source and a handler that does nothing. */
  private static final String RECEIVE =
      """
      - route:
          id: besieged-webhook
          description: Receives the events of the sender beside the attack.
          from:
            uri: kamelet:webhook-source
            parameters:
              source: besieged
              scheme: hmac
              secrets: BESIEGED_SECRET
              signatureHeader: X-Signature
              eventId: $.id
              eventType: $.type
            steps:
              - to:
                  uri: inbox:besieged
      """;

  private static final String HANDLE =
      """
      - route:
          id: besieged-handler
          description: Handles them by doing nothing.
          from:
            uri: inbox:besieged
            steps:
              - setBody:
                  constant:
                    expression: done
      """;

  /** What an attacker does to a hub; returns when it has done it. */
  @FunctionalInterface
  public interface Attack {
    void on(HubProcess hub) throws Exception;
  }

  private Siege() {}

  /** A hub of 400 MB of heap with the source that the other sender posts to. */
  public static HubProcess.Builder hub(Store store) {
    return HubProcess.on(store)
        .heap(HEAP)
        .usualJvm()
        .with("BESIEGED_SECRET", SECRET)
        .route("besieged-webhook", RECEIVE)
        .route("besieged-handler", HANDLE);
  }

  /**
   * Attacks {@code hub} while the other sender posts, and for some seconds after.
   *
   * @throws AssertionError unless each webhook is accepted, 99 of 100 within a second, resident
   *     memory stays under 600 MB, and the hub is ready afterwards
   */
  public static void endure(String name, HubProcess hub, Attack attack) throws Exception {
    warmUp(hub);
    AtomicLong resident = new AtomicLong(hub.residentBytes());
    long before = resident.get();
    Posted posted = new Posted();
    ScheduledExecutorService clock = Executors.newScheduledThreadPool(2);
    var unused =
        clock.scheduleAtFixedRate(
            () -> posted.send(hub), 0, 1_000_000 / PER_SECOND, TimeUnit.MICROSECONDS);
    var unused2 =
        clock.scheduleAtFixedRate(
            () -> resident.accumulateAndGet(hub.residentBytes(), Math::max),
            0,
            100,
            TimeUnit.MILLISECONDS);
    try {
      attack.on(hub);
      TimeUnit.SECONDS.sleep(2);
    } finally {
      clock.shutdown();
    }
    assertThat(clock.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
    posted.await();
    System.out.printf(
        "Siege %s: webhooks=%d statuses=%s p99=%d ms max=%d ms resident before=%d MB most=%d MB%n",
        name,
        posted.millis.size(),
        posted.statuses(),
        posted.percentile(0.99),
        posted.percentile(1),
        before >> 20,
        resident.get() >> 20);
    assertThat(posted.statuses()).as("answers to the other sender").containsOnlyKeys("200");
    assertThat(Duration.ofMillis(posted.percentile(0.99))).as("p99").isLessThan(IN_TIME);
    assertThat(resident.get()).as("resident memory").isLessThan(MOST_RESIDENT);
    assertThat(hub.isAlive()).isTrue();
    await().atMost(READY_AGAIN).until(hub::isReady);
  }

  /** So that the first measured request does not wait for the JIT compiler. */
  private static void warmUp(HubProcess hub) {
    Posted first = new Posted();
    for (int i = 0; i < 200; i++) {
      first.send(hub);
      first.await();
    }
    assertThat(first.statuses()).containsOnlyKeys("200");
  }

  /** What the other sender was told, and after how long. */
  private static final class Posted {
    private static final HttpClient HTTP =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();
    private static final AtomicInteger NUMBER = new AtomicInteger();

    final Queue<Long> millis = new ConcurrentLinkedQueue<>();
    private final Queue<String> answers = new ConcurrentLinkedQueue<>();
    private final Queue<CompletableFuture<?>> open = new ConcurrentLinkedQueue<>();

    void send(HubProcess hub) {
      String body =
          "{\"id\":\"besieged-%d-%d\",\"type\":\"ping\"}"
              .formatted(ProcessHandle.current().pid(), NUMBER.incrementAndGet());
      long begun = System.nanoTime();
      open.add(
          HTTP.sendAsync(
                  HttpRequest.newBuilder(
                          URI.create("http://localhost:" + hub.port() + "/api/webhooks/besieged"))
                      .timeout(Duration.ofSeconds(20))
                      .header("X-Signature", signature(body))
                      .POST(HttpRequest.BodyPublishers.ofString(body))
                      .build(),
                  HttpResponse.BodyHandlers.ofString())
              .handle(
                  (answer, error) -> {
                    millis.add((System.nanoTime() - begun) / 1_000_000);
                    answers.add(
                        error == null
                            ? Integer.toString(answer.statusCode())
                            : error.getClass().getSimpleName());
                    return null;
                  }));
    }

    void await() {
      CompletableFuture.allOf(open.toArray(CompletableFuture[]::new)).join();
    }

    Map<String, Long> statuses() {
      return answers.stream()
          .collect(Collectors.groupingBy(one -> one, TreeMap::new, Collectors.counting()));
    }

    long percentile(double share) {
      List<Long> sorted = millis.stream().sorted().toList();
      return sorted.get((int) Math.ceil(share * sorted.size()) - 1);
    }
  }

  /** As the source {@code besieged} wants it. */
  public static String signature(String body) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(SECRET.getBytes(UTF_8), "HmacSHA256"));
      return HexFormat.of().formatHex(mac.doFinal(body.getBytes(UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
