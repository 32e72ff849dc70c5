package hub.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import hub.testing.Hubs;
import hub.testing.Source;
import hub.testing.Store;
import hub.testing.TestHub;
import hub.util.Json;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

@Tag("postgres")
class ReplayTest {
  private static final Hubs HUBS = new Hubs(store -> TestHub.on(store).start());

  @AfterAll
  static void stop() {
    HUBS.close();
  }

  /** A handler that fails until it is repaired, and counts its runs. */
  private static final class Machine implements Processor {
    private final AtomicBoolean broken = new AtomicBoolean(true);
    private final AtomicInteger runs = new AtomicInteger();

    @Override
    public void process(Exchange exchange) {
      runs.incrementAndGet();
      if (broken.get()) {
        throw new IllegalStateException("out of order");
      }
    }

    Machine repair() {
      broken.set(false);
      return this;
    }
  }

  private static HttpResponse<String> replay(TestHub hub, UUID event) {
    return hub.operate("/api/admin/events/" + event + "/replay", "");
  }

  private static long replayAll(TestHub hub, String filter) {
    HttpResponse<String> answer = hub.operate("/api/admin/replays", filter);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
    return Json.own(answer.body()).get("count").asLong();
  }

  private static JsonNode handler(TestHub hub, UUID event, String route) {
    for (JsonNode handler : hub.json("/api/admin/events/" + event).get("handlers")) {
      if (handler.get("route").asText().equals(route)) {
        return handler;
      }
    }
    throw new AssertionError("no handler " + route);
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void a_dead_event_runs_again_by_its_dead_handlers_alone_and_keeps_its_log(Store store) {
    TestHub hub = HUBS.on(store);
    Machine fine = new Machine().repair();
    Machine broken = new Machine();
    Source source = new Source(hub).handler("fine", "*", fine).handler("broken", "*", broken);
    UUID event = source.event("evt_1", "x", "dead");
    broken.repair();

    HttpResponse<String> answer = replay(hub, event);

    assertThat(answer.statusCode()).isEqualTo(202);
    assertThat(answer.body()).isEqualTo("{\"id\":\"" + event + "\",\"status\":\"received\"}");
    source.awaitStatus(event, "done");
    assertThat(fine.runs).hasValue(1);
    assertThat(broken.runs).hasValue(3);
    JsonNode log = handler(hub, event, source.route("broken")).get("attempts");
    assertThat(log).hasSize(3);
    assertThat(log.get(2).get("outcome").asText()).isEqualTo("done");
    assertThat(hub.json("/api/admin/events/" + event).get("attempts").asInt()).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void a_replayed_event_gets_all_its_attempts_again(Store store) {
    TestHub hub = HUBS.on(store);
    Machine broken = new Machine();
    Source source = new Source(hub).handler("broken", "*", broken);
    UUID event = source.event("evt_1", "x", "dead");

    replay(hub, event);
    await().until(() -> broken.runs.get() == 4);

    source.awaitStatus(event, "dead");
    assertThat(handler(hub, event, source.route("broken")).get("attempts")).hasSize(4);
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void a_done_event_runs_again_by_all_its_handlers(Store store) {
    TestHub hub = HUBS.on(store);
    Machine one = new Machine().repair();
    Machine two = new Machine().repair();
    Source source = new Source(hub).handler("one", "*", one).handler("two", "*", two);
    UUID event = source.event("evt_1", "x", "done");

    assertThat(replay(hub, event).body()).contains("\"received\"");

    await().until(() -> one.runs.get() == 2 && two.runs.get() == 2);
    source.awaitStatus(event, "done");
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void an_ignored_event_goes_to_a_handler_that_came_later(Store store) {
    TestHub hub = HUBS.on(store);
    Source source = new Source(hub);
    UUID event = source.event("evt_1", "x", "ignored");
    source.event("evt_2", "x", "ignored");
    assertThat(stat(hub, source, "ignored")).isEqualTo(2);
    assertThat(replay(hub, event).statusCode()).isEqualTo(409);
    assertThat(replay(hub, event).body()).contains("urn:hub:problem:no-handler");
    Machine late = new Machine().repair();
    source.handler("late", "x", late);

    assertThat(replay(hub, event).statusCode()).isEqualTo(202);

    source.awaitStatus(event, "done");
    assertThat(stat(hub, source, "ignored")).isEqualTo(1);
    assertThat(stat(hub, source, "done")).isEqualTo(1);
  }

  private static long stat(TestHub hub, Source source, String name) {
    for (JsonNode one : hub.json("/api/admin/stats").get("sources")) {
      if (one.get("source").asText().equals(source.name())) {
        return one.get(name).asLong();
      }
    }
    return 0;
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void a_retrying_event_does_not_wait_any_longer_and_starts_its_schedule_anew(Store store) {
    TestHub hub = HUBS.on(store);
    Machine machine = new Machine();
    Source source = new Source(hub).handler("later", "*", "&retryDelaysSeconds=3600", machine);
    UUID event = source.event("evt_1", "x", "retrying");
    machine.repair();

    assertThat(replay(hub, event).body()).contains("\"received\"");

    source.awaitStatus(event, "done");
    assertThat(hub.json("/api/admin/events/" + event).get("attempts").asInt()).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void an_event_in_a_handlers_hands_stays_there(Store store) {
    TestHub hub = HUBS.on(store);
    CountDownLatch release = new CountDownLatch(1);
    AtomicInteger runs = new AtomicInteger();
    Source source =
        new Source(hub)
            .handler(
                "slow",
                "*",
                exchange -> {
                  runs.incrementAndGet();
                  release.await();
                });
    UUID event = source.event("evt_1", "x", "processing");

    HttpResponse<String> answer = replay(hub, event);
    long count = replayAll(hub, "{\"source\":\"" + source.name() + "\"}");
    release.countDown();

    assertThat(answer.statusCode()).isEqualTo(202);
    assertThat(answer.body()).contains("\"processing\"");
    assertThat(count).isZero();
    source.awaitStatus(event, "done");
    assertThat(runs).hasValue(1);
    assertThat(handler(hub, event, source.route("slow")).get("attempts")).hasSize(1);
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void todays_handlers_run_and_routes_that_are_gone_are_forgotten(Store store) {
    TestHub hub = HUBS.on(store);
    Source source =
        new Source(hub)
            .handler("old", "*", new Machine())
            .handler("past", "*", new Machine().repair());
    UUID event = source.event("evt_1", "x", "dead");
    source.removeHandler("old");
    source.removeHandler("past");
    assertThat(replay(hub, event).statusCode()).isEqualTo(409);
    source.handler("new", "*", new Machine().repair());

    assertThat(replay(hub, event).statusCode()).isEqualTo(202);

    source.awaitStatus(event, "done");
    assertThat(hub.json("/api/admin/events/" + event).get("handlers"))
        .extracting(handler -> handler.get("route").asText())
        .containsExactly(source.route("new"), source.route("past"));
  }

  @Test
  void an_unknown_event_cannot_be_replayed() {
    TestHub hub = HUBS.on(Store.H2);
    assertThat(replay(hub, UUID.randomUUID()).statusCode()).isEqualTo(404);
    var answer = hub.operate("/api/admin/events/none/replay", "");
    assertThat(answer.statusCode()).isEqualTo(404);
    assertThat(answer.body()).contains("event-unknown");
  }

  @Test
  void replaying_needs_the_operators_key() {
    TestHub hub = HUBS.on(Store.H2);
    for (String path :
        List.of("/api/admin/events/" + new UUID(0, 0) + "/replay", "/api/admin/replays")) {
      assertThat(hub.post(path, "{}").statusCode()).isEqualTo(401);
      assertThat(hub.post(path, "{}", "Authorization", "Bearer " + TestHub.API_KEY).statusCode())
          .isEqualTo(403);
    }
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void all_that_a_filter_means_run_again_and_a_dry_run_counts_the_same_and_changes_nothing(
      Store store) {
    TestHub hub = HUBS.on(store);
    Machine machine = new Machine();
    Source source = new Source(hub).handler("broken", "order.*", machine);
    for (int i = 0; i < 30; i++) {
      source.event("evt_" + i, i % 3 == 0 ? "order.paid" : "order.sent");
    }
    source.event("ignored", "other");
    await().atMost(Duration.ofSeconds(30)).until(() -> stat(hub, source, "dead") == 30);
    machine.repair();
    String filter = "{\"source\":\"" + source.name() + "\",\"type\":\"*.paid\",\"status\":\"dead\"";

    assertThat(replayAll(hub, filter + ",\"dryRun\":true}")).isEqualTo(10);
    assertThat(stat(hub, source, "dead")).isEqualTo(30);
    assertThat(replayAll(hub, filter + "}")).isEqualTo(10);

    await().until(() -> stat(hub, source, "done") == 10);
    assertThat(replayAll(hub, filter + "}")).isZero();
    assertThat(replayAll(hub, "{\"source\":\"" + source.name() + "\",\"until\":\"2020-01-01\"}"))
        .isZero();
    assertThat(replayAll(hub, "{\"source\":\"" + source.name() + "\",\"status\":\"ignored\"}"))
        .isZero();
    assertThat(replayAll(hub, "{\"source\":\"" + source.name() + "\",\"since\":\"2020-01-01\"}"))
        .isEqualTo(30);
    await().until(() -> stat(hub, source, "done") == 30);
    assertThat(stat(hub, source, "total")).isEqualTo(31);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}|source, type, status, since, until, error",
        "{\"dryRun\":true}|source, type, status, since, until, error",
        "[]|the body",
        "nonsense|the body",
        "{\"source\":\"a\",\"source\":\"b\"}|the body",
        "{\"source\":1}|source",
        "{\"type\":\",\"}|type",
        "{\"type\":\" , \",\"dryRun\":true}|type",
        "{\"source\":\"\"}|source",
        "{\"status\":\"lost\"}|status",
        "{\"since\":\"yesterday\"}|since",
        "{\"source\":\"a\",\"dryRun\":\"true\"}|dryRun",
        "{\"source\":\"a\",\"q\":\"x\"}|q",
        "{\"source\":\"a\",\"ids\":[]}|ids",
      })
  void a_filter_that_cannot_be_understood_replays_nothing(String body, String name) {
    var answer = HUBS.on(Store.H2).operate("/api/admin/replays", body);

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
    JsonNode problem = Json.own(answer.body());
    assertThat(problem.get("type").asText()).isEqualTo("urn:hub:problem:payload-invalid");
    assertThat(problem.get("detail").asText()).startsWith(name + ": ");
  }

  @Test
  void an_empty_body_replays_nothing() {
    assertThat(HUBS.on(Store.H2).operate("/api/admin/replays", "").statusCode()).isEqualTo(400);
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  @Tag("faults")
  void replays_from_many_sides_while_handlers_work_lose_and_double_nothing(Store store)
      throws Exception {
    TestHub hub = HUBS.on(store);
    Set<String> running = ConcurrentHashMap.newKeySet();
    AtomicInteger overlaps = new AtomicInteger();
    Source source =
        new Source(hub)
            .handler("one", "*", exchange -> work("one", exchange, running, overlaps))
            .handler("two", "*", exchange -> work("two", exchange, running, overlaps));
    List<UUID> events = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      events.add(source.event("evt_" + i, "x"));
    }

    ExecutorService operators = Executors.newFixedThreadPool(4);
    List<Future<?>> done = new ArrayList<>();
    for (int operator = 0; operator < 4; operator++) {
      boolean bulk = operator % 2 == 0;
      done.add(
          operators.submit(
              () -> {
                for (int round = 0; round < 10; round++) {
                  if (bulk) {
                    replayAll(hub, "{\"source\":\"" + source.name() + "\"}");
                  } else {
                    events.forEach(
                        event -> assertThat(replay(hub, event).statusCode()).isEqualTo(202));
                  }
                }
              }));
    }
    for (Future<?> one : done) {
      one.get();
    }
    operators.shutdown();

    await().atMost(Duration.ofSeconds(60)).until(() -> stat(hub, source, "done") == events.size());
    assertThat(overlaps).as("two at the same share of an event").hasValue(0);
    assertThat(hub.query("SELECT count(*) FROM inbox_delivery WHERE source = ?", source.name()))
        .contains("80");
  }

  private static void work(
      String handler, Exchange exchange, Set<String> running, AtomicInteger overlaps) {
    String share = handler + exchange.getVariable("eventId", String.class);
    if (!running.add(share)) {
      overlaps.incrementAndGet();
    }
    // Long enough to notice a second run of the same delivery.
    LockSupport.parkNanos(200_000);
    running.remove(share);
  }
}
