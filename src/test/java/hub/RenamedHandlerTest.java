package hub;

import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.serverError;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toList;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import hub.inbox.db.PostgresInbox;
import hub.testing.FaultyLine;
import hub.testing.Recorder;
import hub.testing.Store;
import hub.testing.TestHub;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What nodes do while a handler has two names, and after the only node that had it has crashed. */
@Tag("postgres")
@Tag("waits")
class RenamedHandlerTest {
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final List<String> KEYS = List.of("a", "b", "c", "d");
  private static final int EVENTS_A_KEY = 50;

  private final Recorder notes = new Recorder();
  private final Recorder effects = new Recorder();

  /**
   * @param formerly its former id, or nothing
   */
  private static String route(String id, String formerly, String steps) {
    return """
        - route:
            id: %s
            description: Handles in order.
            from:
              uri: inbox:shop
              parameters:
                orderBy: orderingKey
                retryDelaysSeconds: "1,3600"
                %s
              steps:
        """
            .formatted(id, formerly.isEmpty() ? "" : "formerly: " + formerly)
        + steps.indent(8);
  }

  /** Its effect has a guard; in the end it notes its event. */
  private TestHub.Builder noting(Store store, String id, String formerly) {
    String steps =
        """
        - idempotentConsumer:
            idempotentRepository: "#idempotency"
            expression:
              simple:
                expression: ${body}
            steps:
              - process:
                  ref: effects
        - process:
            ref: notes
        """;
    return TestHub.on(store)
        .bind("notes", notes)
        .bind("effects", effects)
        .route(id, route(id, formerly, steps));
  }

  private static TestHub.Builder calling(Store store, String id, String formerly, int port) {
    String steps =
        """
        - to:
            id: charge
            uri: kamelet:http-api-action
            parameters:
              baseUrl: http://localhost:%d
              path: /charges
              method: POST
              breaker: shop
              maxRetries: 0
        """
            .formatted(port);
    return TestHub.on(store)
        .routeFile("policies/*.camel.yaml")
        .route(id, route(id, formerly, steps));
  }

  private static String append(TestHub hub, String key, int number) {
    String name = key + number;
    return hub.append("shop", name, "order", key, name);
  }

  private static String state(TestHub hub, String event) {
    return hub.json("/api/admin/events/" + event).get("status").asText();
  }

  private static void awaitState(TestHub hub, String event, String state) {
    await().atMost(SOON).until(() -> state(hub, event).equals(state));
  }

  @Test
  void each_event_is_handled_once_and_in_order_while_both_names_are_live_and_one_ends()
      throws Exception {
    ExecutorService senders = Executors.newFixedThreadPool(KEYS.size());
    TestHub old = noting(Store.POSTGRESQL, "note-order", "").start();
    try (TestHub renamed =
        noting(Store.POSTGRESQL, "note-purchase", "note-order").beside(old).start()) {
      AtomicInteger sent = new AtomicInteger();
      List<Future<?>> all =
          KEYS.stream()
              .<Future<?>>map(key -> senders.submit(() -> send(key, old, renamed, sent)))
              .toList();
      await()
          .atMost(SOON)
          .pollInterval(Duration.ofMillis(5))
          .until(() -> sent.get() >= KEYS.size() * EVENTS_A_KEY / 2);
      int before = notes.runs().size();
      old.close();
      for (Future<?> one : all) {
        one.get();
      }
      await()
          .atMost(SOON)
          .until(
              () ->
                  renamed
                      .query("SELECT count(*) FROM inbox_delivery WHERE status = 'done'")
                      .filter(("" + KEYS.size() * EVENTS_A_KEY)::equals)
                      .isPresent());

      System.out.printf("RenamedHandlerTest: %d handled before the old one's end%n", before);
      Map<String, List<String>> handled =
          notes.runs().stream()
              .collect(groupingBy(Recorder.Run::key, mapping(Recorder.Run::event, toList())));
      for (String key : KEYS) {
        assertThat(handled.get(key))
            .containsExactlyElementsOf(
                IntStream.range(0, EVENTS_A_KEY).mapToObj(n -> key + n).toList());
      }
      assertThat(effects.runs()).hasSize(KEYS.size() * EVENTS_A_KEY);
      assertThat(renamed.query("SELECT string_agg(DISTINCT route, ',') FROM inbox_delivery"))
          .as("both have had some")
          .hasValue("note-order,note-purchase");
    } finally {
      senders.shutdownNow();
      old.close();
    }
  }

  /** To both nodes in turns; again to the one that stays when the other does not answer. */
  private static void send(String key, TestHub old, TestHub renamed, AtomicInteger sent) {
    for (int n = 0; n < EVENTS_A_KEY; n++) {
      try {
        append(n % 2 == 0 && old.context().isStarted() ? old : renamed, key, n);
      } catch (RuntimeException e) {
        append(renamed, key, n);
      }
      sent.incrementAndGet();
    }
  }

  @Test
  void events_wait_for_a_handler_whose_only_node_has_crashed_until_its_grace_is_over() {
    try (TestHub other =
        TestHub.on(Store.POSTGRESQL)
            .with("hub.inbox.absent-handler-minutes", "5")
            .route(
                "take-nothing",
                route("take-nothing", "", "- log: {message: handled}")
                    .replace("inbox:shop", "inbox:nothing"))
            .start()) {
      TestHub.Builder only = noting(Store.POSTGRESQL, "note-order", "").beside(other);
      FaultyLine line = only.line();
      TestHub crashed = only.over(line).start();
      try {
        AtomicInteger number = new AtomicInteger(3);
        // One node knows another's handlers a little later.
        await()
            .atMost(SOON)
            .until(
                () ->
                    !state(other, append(other, "b", number.getAndIncrement())).equals("ignored"));
        line.cut();
        String unnoticed = append(other, "a", 1);
        diedBefore(other, Duration.ofMinutes(4));
        String within = append(other, "a", 2);
        assertThat(List.of(state(other, unnoticed), state(other, within))).containsOnly("received");
        diedBefore(other, Duration.ofMinutes(6));
        await()
            .atMost(SOON)
            .until(
                () -> state(other, append(other, "b", number.getAndIncrement())).equals("ignored"));

        try (TestHub next = noting(Store.POSTGRESQL, "note-order", "").beside(other).start()) {
          awaitState(next, within, "done");
          awaitState(next, unnoticed, "done");
        }
      } finally {
        crashed.close();
        line.close();
      }
    }
  }

  /** As if the node that had the handler had last renewed it so long ago. */
  private static void diedBefore(TestHub hub, Duration time) {
    hub.update(
        "UPDATE inbox_handler SET live_until = CURRENT_TIMESTAMP - CAST(? AS bigint) * INTERVAL '1' SECOND WHERE route = 'note-order'",
        time.toSeconds());
    hub.query("SELECT pg_notify(%s, 'handlers changed')".formatted(PostgresInbox.CHANNEL));
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void a_call_that_was_begun_under_the_old_name_is_finished_under_its_key(Store store) {
    WireMockServer provider = new WireMockServer(WireMockConfiguration.options().dynamicPort());
    provider.start();
    provider.stubFor(post("/charges").willReturn(serverError()));
    TestHub before = calling(store, "charge-order", "", provider.port()).start();
    String event = append(before, "a", 1);
    await().atMost(SOON).until(() -> keys(provider).size() == 2);
    awaitState(before, event, "retrying");
    before.close();

    provider.stubFor(post("/charges").willReturn(okJson("{}")));
    try (TestHub renamed =
        calling(store, "charge-purchase", "charge-order", provider.port())
            .with("hub.data-dir", before.folder().resolve("data").toString())
            .beside(before)
            .start()) {
      await()
          .atMost(SOON)
          .until(
              () ->
                  renamed
                      .query("SELECT route FROM inbox_delivery")
                      .filter("charge-purchase"::equals)
                      .isPresent());
      assertThat(renamed.operate("/api/admin/events/" + event + "/replay", "").statusCode())
          .isEqualTo(202);
      awaitState(renamed, event, "done");
      awaitState(renamed, append(renamed, "a", 2), "done");

      List<String> keys = keys(provider);
      assertThat(keys).hasSize(4);
      assertThat(Set.copyOf(keys.subList(0, 3))).as("of the call that was begun").hasSize(1);
      assertThat(keys.get(3)).as("of the next event").isNotEqualTo(keys.get(0));
    } finally {
      provider.stop();
    }
  }

  private static List<String> keys(WireMockServer provider) {
    return provider.findAll(postRequestedFor(urlEqualTo("/charges"))).stream()
        .map(request -> request.getHeader("Idempotency-Key"))
        .collect(Collectors.toList());
  }
}
