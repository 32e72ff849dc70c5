package hub.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import hub.inbox.InboxVariables;
import hub.testing.LogLines;
import hub.testing.SmallDisk;
import hub.testing.Store;
import hub.testing.Stripe;
import hub.testing.TestHub;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.apache.camel.Processor;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A hub whose disk fills up under load and then has room again. Slow: the hub tries to open a
 * closed database every few seconds.
 */
@Tag("long") // fills a disk
@Tag("slow")
class FullDiskTest {
  private static final int SENDERS = 4;

  /** The hub must take an event within this time after the disk has room. */
  private static final Duration BACK = Duration.ofSeconds(10);

  private static final String HANDLER =
      """
      - route:
          id: count-effects
          description: Counts the effects of each event.
          from:
            uri: inbox:stripe
            parameters:
              # A claim that was committed and not answered is taken over as soon as this is over.
              leaseSeconds: 10
            steps:
              - process: {ref: count}
      """;

  @TempDir Path folder;

  /** The answers to the events that were sent. */
  private final Set<String> acknowledged = ConcurrentHashMap.newKeySet();

  private final AtomicInteger refused = new AtomicInteger();
  private final Set<String> otherAnswers = ConcurrentHashMap.newKeySet();
  private final Map<String, Integer> effects = new ConcurrentHashMap<>();
  private final AtomicInteger next = new AtomicInteger();
  private volatile boolean over;

  @Test
  void a_small_disk_that_fills_up_loses_nothing_and_is_left_behind_within_ten_seconds()
      throws Exception {
    var disk = SmallDisk.mounted(folder);
    Assumptions.assumeTrue(disk.isPresent(), "may not mount a file system");
    try (SmallDisk mounted = disk.get()) {
      fillAndFree(mounted);
    }
  }

  @Test
  void a_database_that_gave_up_its_file_is_opened_again_within_ten_seconds() throws Exception {
    try (SmallDisk disk = SmallDisk.pretended(folder);
        LogLines lines = LogLines.of("hub.db")) {
      fillAndFree(disk);
      assertThat(lines.lines())
          .anyMatch(line -> line.startsWith("ERROR store=closed"))
          .anyMatch(line -> line.startsWith("INFO store=reopened"));
    }
  }

  private void fillAndFree(SmallDisk disk) throws Exception {
    Processor count =
        exchange ->
            effects.merge(
                exchange.getVariable(InboxVariables.PROVIDER_EVENT_ID, String.class),
                1,
                Integer::sum);
    try (TestHub hub =
        TestHub.on(Store.H2)
            .with("hub.data-dir", disk.folder().resolve("data").toString())
            .with("STRIPE_WEBHOOK_SECRET", Stripe.SECRET)
            .bind("count", count)
            .routeFile("stripe/stripe-webhook.camel.yaml")
            .route("count-effects", HANDLER)
            .start()) {
      List<Thread> senders =
          IntStream.range(0, SENDERS)
              .mapToObj(i -> new Thread(() -> sendUntilOver(hub), "sender-" + i))
              .toList();
      try {
        senders.forEach(Thread::start);
        await().atMost(Duration.ofSeconds(30)).until(() -> acknowledged.size() > 100);
        assertThat(hub.manage("/observe/health/ready").statusCode()).isEqualTo(200);

        disk.fill();
        await()
            .atMost(Duration.ofSeconds(30))
            .until(() -> hub.manage("/observe/health/ready").statusCode() == 503);
        assertThat(hub.json("/api/admin/health").findValuesAsText("state")).contains("down");
        // A restart would not make room.
        assertThat(hub.manage("/observe/health/live").statusCode()).isEqualTo(200);
        int before = refused.get();
        await().atMost(Duration.ofSeconds(20)).until(() -> refused.get() > before + SENDERS);

        disk.free();
        int taken = acknowledged.size();
        await().atMost(BACK).until(() -> acknowledged.size() > taken);
        await().atMost(BACK).until(() -> hub.manage("/observe/health/ready").statusCode() == 200);
      } finally {
        over = true;
        for (Thread sender : senders) {
          sender.join(TimeUnit.SECONDS.toMillis(30));
        }
      }
      assertThat(otherAnswers).isEmpty();
      assertThat(acknowledged)
          .allSatisfy(
              id ->
                  assertThat(hub.query("SELECT 1 FROM inbox_event WHERE provider_event_id = ?", id))
                      .as(id)
                      .isPresent());
      await()
          .atMost(Duration.ofSeconds(60))
          .until(
              () ->
                  hub.query("SELECT count(*) FROM inbox_delivery WHERE due_at IS NOT NULL")
                      .orElseThrow()
                      .equals("0"));
      assertThat(effects.keySet()).containsAll(acknowledged);
      assertThat(effects.values()).as("each effect once").containsOnly(1);
    }
  }

  /** Sends each event until it is accepted, as a provider does. */
  private void sendUntilOver(TestHub hub) {
    while (!over) {
      String id = "evt_" + next.incrementAndGet();
      String body = body(id);
      while (!over && !send(hub, id, body)) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
      }
    }
  }

  private boolean send(TestHub hub, String id, String body) {
    var answer = hub.stripe("stripe", body);
    if (answer.statusCode() == 200) {
      acknowledged.add(id);
      return true;
    }
    if (answer.statusCode() == 503
        && (answer.body().contains("store-unavailable") || answer.body().contains("overloaded"))) {
      refused.incrementAndGet();
    } else {
      otherAnswers.add(answer.statusCode() + " " + answer.body());
    }
    return false;
  }

  /** Random, so that it cannot be compressed. */
  private static String body(String id) {
    StringBuilder noise = new StringBuilder();
    java.util.concurrent.ThreadLocalRandom.current()
        .ints(4_000, 'a', 'z' + 1)
        .forEach(letter -> noise.append((char) letter));
    return Stripe.subscription(id, "updated", "sub_" + id, 1_700_000_000L)
        .replace("\"customer\":\"cus_1\"", "\"customer\":\"cus_1\",\"noise\":\"" + noise + "\"");
  }
}
