package hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import hub.testing.HubProcess;
import hub.testing.Store;
import hub.testing.Stripe;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What was acknowledged is never lost and its effect happens once, whatever is killed, and when.
 * {@code -Dkills.seed=7} kills at the same moments again; {@code mvn -Pfaults verify} kills
 * oftener, and {@code -Dkills=60} as often as that. Slow: processes are killed and started again
 * under load, and leases run out.
 */
@Execution(ExecutionMode.CONCURRENT)
@Tag("process")
@Tag("postgres")
@Tag("slow")
class KillTest {
  private static final int SENDERS = 6;
  private static final int SUBSCRIPTIONS = 40;

  /** Sent between two kills. */
  private static final int EVENTS_A_ROUND = 100;

  private static final int MANY_KILLS = Integer.getInteger("kills", 20);
  private static final int MANY_EVENTS_A_ROUND = Integer.getInteger("kills.events", 250);

  private static final Duration DRAINED = Duration.ofMinutes(2);

  /** More for each kill: their events are as many. */
  private static final Duration A_KILL = Duration.ofSeconds(10);

  /** Notes each event's effect, and how often it ran. */
  private static final String HANDLER =
      """
      - route:
          id: note-effects
          description: Notes the event's effect.
          from:
            uri: inbox:stripe
            parameters:
              types: customer.subscription.*
              orderBy: orderingKey
              concurrency: 8
              leaseSeconds: 3
              retryDelaysSeconds: "1,1,1,1,1"
            steps:
              - to:
                  id: count-run
                  uri: sql:INSERT INTO probe.run (event_id) VALUES (:#${variable.providerEventId})
              - to:
                  id: note-effect
                  uri: sql:INSERT INTO probe.effect (event_id) SELECT e.provider_event_id FROM inbox_event e WHERE CAST(e.id AS varchar(36)) = :#${variable.eventId} AND NOT EXISTS (SELECT 1 FROM probe.effect x WHERE x.event_id = e.provider_event_id)
      """;

  /** A plain count without any guard, which the handler's transaction keeps exact. */
  private static final String COUNTER =
      """
      - route:
          id: count-event
          description: Counts the event.
          from:
            uri: inbox:stripe
            parameters:
              types: customer.subscription.*
              orderBy: orderingKey
              concurrency: 4
              leaseSeconds: 3
              transacted: true
              retryDelaysSeconds: "1,1,1,1,1"
            steps:
              - to:
                  id: add-one
                  uri: sql:UPDATE probe.counter SET n = n + 1 WHERE id = :#${variable.orderingKey}
      """;

  private static final List<String> TABLES =
      List.of(
          "CREATE SCHEMA probe",
          "CREATE TABLE probe.counter (id varchar(64) PRIMARY KEY, n int NOT NULL)",
          "CREATE TABLE probe.effect (event_id varchar(64) PRIMARY KEY)",
          "CREATE TABLE probe.run (event_id varchar(64))");

  /** The handlers that keep the copy of a subscription, as they are shipped. */
  private static final List<String> KEEP_SUBSCRIPTIONS =
      List.of(
          "stripe-subscription-created",
          "stripe-subscription-updated",
          "stripe-subscription-deleted");

  /** Something a provider wants delivered, until it is acknowledged. */
  private record Sending(String id, String body) {}

  /** What the senders were told. */
  private static final class Told {
    /** The hub's id by the provider's. */
    final Map<String, String> acknowledged = new ConcurrentHashMap<>();

    final Set<String> accepted = ConcurrentHashMap.newKeySet();
    final AtomicInteger duplicates = new AtomicInteger();
    final AtomicInteger unanswered = new AtomicInteger();
    final Set<String> contradictions = ConcurrentHashMap.newKeySet();

    void hear(String id, HttpResponse<String> answer) {
      if (answer.statusCode() != 200) {
        unanswered.incrementAndGet();
        return;
      }
      boolean twice = false;
      if (answer.body().contains("\"duplicate\"")) {
        duplicates.incrementAndGet();
      } else {
        twice = !accepted.add(id);
      }
      String hubId = answer.body().replaceAll(".*\"id\":\"([^\"]+)\".*", "$1");
      String before = acknowledged.putIfAbsent(id, hubId);
      if (twice || (before != null && !before.equals(hubId))) {
        contradictions.add(id + ": " + before + " then " + answer.body());
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void what_is_acknowledged_survives_kills_and_takes_effect_once(Store store) throws Exception {
    survives(store, 1, EVENTS_A_ROUND);
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  @Tag("faults")
  void what_is_acknowledged_survives_many_kills(Store store) throws Exception {
    survives(store, MANY_KILLS, MANY_EVENTS_A_ROUND);
  }

  private static void survives(Store store, int kills, int events) throws Exception {
    long seed = Long.getLong("kills.seed", System.nanoTime());
    System.out.printf("KillTest %s: -Dkills.seed=%d%n", store, seed);
    Random random = new Random(seed);
    Told told = new Told();
    Map<String, Long> newest = new HashMap<>();
    try (HubProcess hub = keeper(store).start()) {
      TABLES.forEach(hub::query);
      IntStream.range(0, SUBSCRIPTIONS)
          .forEach(i -> hub.query("INSERT INTO probe.counter VALUES ('sub_%d', 0)".formatted(i)));
      int number = 0;
      for (int kill = 0; kill <= kills; kill++) {
        List<Sending> round = new ArrayList<>();
        for (int i = 0; i < events; i++, number++) {
          Sending sending = sending(number);
          round.add(sending);
          newest.merge("sub_" + number % SUBSCRIPTIONS, created(number), Math::max);
          if (random.nextInt(10) == 0) {
            round.add(sending);
          }
        }
        Collections.shuffle(round, random);
        int killAt = kill < kills ? random.nextInt(events) : Integer.MAX_VALUE;
        int micros = random.nextInt(20_000);
        deliver(
            hub,
            round,
            told,
            killAt,
            () -> {
              TimeUnit.MICROSECONDS.sleep(micros);
              hub.kill();
              hub.start();
            });
      }
      await()
          .atMost(DRAINED.plus(A_KILL.multipliedBy(kills)))
          .pollInterval(Duration.ofMillis(200))
          .until(() -> hub.query(UNFINISHED).equals("0"));

      Map<String, String> stored = storedIds(hub);
      Set<String> effects = new HashSet<>(hub.list("SELECT event_id FROM probe.effect"));
      Set<String> lost = new HashSet<>(told.acknowledged.keySet());
      lost.removeAll(stored.keySet());
      int runs = Integer.parseInt(hub.query("SELECT count(*) FROM probe.run"));
      System.out.printf(
          "KillTest %s: kills=%d acknowledged=%d accepted=%d duplicates=%d unanswered=%d stored=%d effects=%d runs=%d lost=%d%n",
          store,
          kills,
          told.acknowledged.size(),
          told.accepted.size(),
          told.duplicates.get(),
          told.unanswered.get(),
          stored.size(),
          effects.size(),
          runs,
          lost.size());

      assertThat(lost).as("acknowledged and not stored").isEmpty();
      assertThat(told.contradictions).as("two answers for one event").isEmpty();
      assertThat(told.acknowledged).hasSize(number);
      assertThat(stored).as("the ids that senders were told").isEqualTo(told.acknowledged);
      assertThat(hub.list("SELECT DISTINCT status FROM inbox_delivery")).containsExactly("done");
      assertThat(hub.query("SELECT count(*) FROM inbox_delivery"))
          .as("each event has three handlers")
          .isEqualTo("" + 3 * number);
      assertThat(hub.list("SELECT id || ' ' || n FROM probe.counter"))
          .as("each event counted once")
          .containsExactlyInAnyOrderElementsOf(counts(number));
      assertThat(runs).as("statements that the transaction kept").isEqualTo(number);
      assertThat(effects).isEqualTo(told.acknowledged.keySet());
      assertThat(hub.query("SELECT count(*) FROM probe.effect")).isEqualTo("" + number);
      assertThat(hub.query("SELECT count(*) FROM subscription")).isEqualTo("" + newest.size());
      newest.forEach(
          (id, created) ->
              assertThat(hub.query(KEPT + "'" + id + "'")).as(id).isEqualTo(row(created)));
      assertThat(hub.query("SELECT sum(stored) FROM inbox_tally")).isEqualTo("" + number);
    }
  }

  /** The first attempt takes long; whoever tries again is quick. */
  private static final String SLOW_AT_FIRST =
      """
      - route:
          id: slow-at-first
          description: Notes each run and its effect, the first time slowly.
          from:
            uri: inbox:stripe
            parameters:
              leaseSeconds: %d
            steps:
              - choice:
                  when:
                    - simple:
                        expression: "${variable.attempt} == 1"
                      steps:
                        - delay:
                            constant:
                              expression: "%d"
              - to:
                  id: count-run
                  uri: sql:INSERT INTO probe.run (event_id) VALUES (:#${variable.providerEventId})
              - to:
                  id: note-effect
                  uri: sql:INSERT INTO probe.effect (event_id) SELECT e.provider_event_id FROM inbox_event e WHERE CAST(e.id AS varchar(36)) = :#${variable.eventId} AND NOT EXISTS (SELECT 1 FROM probe.effect x WHERE x.event_id = e.provider_event_id)
      """;

  private static String slowAtFirst(int leaseSeconds, int millis) {
    return SLOW_AT_FIRST.formatted(leaseSeconds, millis);
  }

  private static String status(HubProcess hub, String event) {
    return hub.query(
        "SELECT d.status || ' ' || d.attempts FROM inbox_delivery d JOIN inbox_event e ON e.id = d.event_id"
            + " WHERE e.provider_event_id = '"
            + event
            + "'");
  }

  private static void awaitStatus(HubProcess hub, String event, String status, Duration atMost) {
    await()
        .atMost(atMost)
        .pollInterval(Duration.ofMillis(50))
        .untilAsserted(() -> assertThat(status(hub, event)).isEqualTo(status));
  }

  @Test
  void an_embedded_database_releases_the_leases_of_a_killed_run_at_the_start() throws Exception {
    try (HubProcess hub =
        stripeHub(Store.H2).route("slow-at-first", slowAtFirst(600, 600_000)).start()) {
      TABLES.forEach(hub::query);
      assertThat(post(hub, sending(1).body()).statusCode()).isEqualTo(200);
      awaitStatus(hub, "evt_1", "processing 1", Duration.ofSeconds(10));

      hub.kill();
      hub.start();

      awaitStatus(hub, "evt_1", "done 2", Duration.ofSeconds(10));
      assertThat(hub.list("SELECT event_id FROM probe.run")).containsExactly("evt_1");
    }
  }

  @Test
  void another_node_takes_over_from_one_that_was_stalled_or_killed() throws Exception {
    String handler = slowAtFirst(2, 4_000);
    try (HubProcess first = stripeHub(Store.POSTGRESQL).route("slow-at-first", handler).start()) {
      TABLES.forEach(first::query);
      assertThat(post(first, sending(1).body()).statusCode()).isEqualTo(200);
      awaitStatus(first, "evt_1", "processing 1", Duration.ofSeconds(10));
      first.stall();
      try (HubProcess second =
          stripeHub(Store.POSTGRESQL).beside(first).route("slow-at-first", handler).start()) {
        awaitStatus(second, "evt_1", "done 2", Duration.ofSeconds(10));
        first.goOn();

        // It goes on with what it had in hands, and may do no further step of it.
        await()
            .atMost(Duration.ofSeconds(15))
            .until(() -> first.output().contains("outcome=fenced"));
        assertThat(status(second, "evt_1")).isEqualTo("done 2");
        assertThat(second.query("SELECT attempt_log FROM inbox_delivery").lines()).hasSize(1);
        assertThat(second.list("SELECT event_id FROM probe.run")).containsExactly("evt_1");
        assertThat(second.list("SELECT event_id FROM probe.effect")).containsExactly("evt_1");

        second.stall();
        assertThat(post(first, sending(2).body()).statusCode()).isEqualTo(200);
        awaitStatus(first, "evt_2", "processing 1", Duration.ofSeconds(10));
        first.kill();
        second.goOn();

        awaitStatus(second, "evt_2", "done 2", Duration.ofSeconds(6));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  @Tag("faults")
  void a_hub_told_to_stop_finishes_or_releases_what_it_has_and_loses_nothing(Store store)
      throws Exception {
    Told told = new Told();
    List<Sending> round = IntStream.range(0, 80).mapToObj(KillTest::sending).toList();
    try (HubProcess hub = stripeHub(store).route("slow-at-first", slowAtFirst(600, 300)).start()) {
      TABLES.forEach(hub::query);
      long[] stopped = {0};
      deliver(
          hub,
          round,
          told,
          50,
          () -> {
            long begun = System.nanoTime();
            hub.terminate();
            assertThat(hub.waitFor(Duration.ofSeconds(30))).as("gone in 30 s").isTrue();
            stopped[0] = System.nanoTime() - begun;
            hub.start();
          });
      await()
          .atMost(DRAINED)
          .pollInterval(Duration.ofMillis(200))
          .until(() -> hub.query(UNFINISHED).equals("0"));

      assertThat(Duration.ofNanos(stopped[0])).isLessThan(Duration.ofSeconds(15));
      assertThat(storedIds(hub)).isEqualTo(told.acknowledged).hasSize(round.size());
      assertThat(hub.list("SELECT DISTINCT status || ' ' || attempts FROM inbox_delivery"))
          .as("an attempt that was given back is not spent")
          .containsExactly("done 1");
      assertThat(hub.list("SELECT event_id FROM probe.run"))
          .as("each ran once")
          .hasSize(round.size())
          .doesNotHaveDuplicates();
    }
  }

  private static List<String> counts(int events) {
    return IntStream.range(0, SUBSCRIPTIONS)
        .mapToObj(i -> "sub_" + i + " " + (events + SUBSCRIPTIONS - 1 - i) / SUBSCRIPTIONS)
        .toList();
  }

  /** From which event a subscription's row is: its time and rank. */
  private static final String KEPT =
      "SELECT CAST(EXTRACT(EPOCH FROM event_at) AS bigint) || ' ' || event_rank || ' ' || status"
          + " FROM subscription WHERE id = ";

  private static String row(long created) {
    long number = created - created(0);
    return created + " " + (number % 3 + 1) + " active";
  }

  /** With the shipped handlers; a shorter lease than theirs, since a test waits for it. */
  private static HubProcess.Builder keeper(Store store) throws IOException {
    HubProcess.Builder builder =
        stripeHub(store)
            .with("HUB_INBOX_RETRY_DELAYS_SECONDS", "1,1,1,1,1")
            .routeFile("stripe/stripe-record-subscription.camel.yaml")
            .route("note-effects", HANDLER)
            .route("count-event", COUNTER);
    for (String handler : KEEP_SUBSCRIPTIONS) {
      String shipped = Files.readString(Path.of("routes", "stripe", handler + ".camel.yaml"));
      String order = "        orderBy: orderingKey\n";
      assertThat(shipped).contains(order);
      builder.route(handler, shipped.replace(order, order + "        leaseSeconds: 3\n"));
    }
    return builder;
  }

  private static final String UNFINISHED =
      "SELECT count(*) FROM inbox_delivery WHERE due_at IS NOT NULL";

  private static HubProcess.Builder stripeHub(Store store) {
    return HubProcess.on(store)
        .with("STRIPE_WEBHOOK_SECRET", Stripe.SECRET)
        .routeFile("stripe/stripe-webhook.camel.yaml");
  }

  private static Sending sending(int number) {
    String id = "evt_" + number;
    String type = List.of("created", "updated", "deleted").get(number % 3);
    return new Sending(
        id, Stripe.subscription(id, type, "sub_" + number % SUBSCRIPTIONS, created(number)));
  }

  private static long created(int number) {
    return 1_700_000_000L + number;
  }

  private interface Blow {
    void strike() throws InterruptedException;
  }

  /** Delivers all, again where no answer came, and strikes after {@code strikeAt} answers. */
  private static void deliver(
      HubProcess hub, List<Sending> round, Told told, int strikeAt, Blow blow)
      throws InterruptedException {
    BlockingQueue<Sending> open = new LinkedBlockingQueue<>(round);
    AtomicInteger answers = new AtomicInteger();
    AtomicInteger left = new AtomicInteger(round.size());
    List<Thread> senders =
        IntStream.range(0, SENDERS)
            .mapToObj(
                i -> new Thread(() -> sendUntilNoneIsLeft(hub, open, told, answers, left), "s" + i))
            .toList();
    senders.forEach(Thread::start);
    if (strikeAt < round.size()) {
      await()
          .atMost(DRAINED)
          .pollDelay(Duration.ZERO)
          .pollInterval(Duration.ofMillis(1))
          .until(() -> answers.get() >= strikeAt);
      blow.strike();
    }
    for (Thread sender : senders) {
      sender.join(DRAINED.toMillis());
      assertThat(sender.isAlive()).as("a sender still waits").isFalse();
    }
  }

  private static void sendUntilNoneIsLeft(
      HubProcess hub,
      BlockingQueue<Sending> open,
      Told told,
      AtomicInteger answers,
      AtomicInteger left) {
    while (left.get() > 0) {
      Sending sending = poll(open);
      if (sending == null) {
        continue;
      }
      try {
        HttpResponse<String> answer = post(hub, sending.body());
        told.hear(sending.id(), answer);
        if (answer.statusCode() == 200) {
          answers.incrementAndGet();
          left.decrementAndGet();
          continue;
        }
      } catch (IOException e) {
        told.unanswered.incrementAndGet();
      }
      open.add(sending);
      pauseAsAProviderWould();
    }
  }

  /** Null when there is nothing to send for the moment. */
  private static Sending poll(BlockingQueue<Sending> open) {
    try {
      return open.poll(20, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void pauseAsAProviderWould() {
    java.util.concurrent.locks.LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
  }

  private static HttpResponse<String> post(HubProcess hub, String body) throws IOException {
    return hub.send("POST", "/api/webhooks/stripe", body, "Stripe-Signature", Stripe.sign(body));
  }

  private static Map<String, String> storedIds(HubProcess hub) {
    Map<String, String> ids = new HashMap<>();
    for (String row :
        hub.list("SELECT provider_event_id || '=' || CAST(id AS varchar(36)) FROM inbox_event")) {
      String[] parts = row.split("=", 2);
      assertThat(ids.put(parts[0], parts[1])).as("stored twice: " + parts[0]).isNull();
    }
    return ids;
  }
}
