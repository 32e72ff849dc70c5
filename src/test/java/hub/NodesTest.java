package hub;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toList;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import hub.config.Settings;
import hub.inbox.db.OrphanedDeliveries;
import hub.lint.Fault;
import hub.lint.Lint;
import hub.testing.Recorder;
import hub.testing.Store;
import hub.testing.TestHub;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Nodes with different handlers, handlers that are renamed, and handlers that are gone. */
@Tag("postgres")
@Tag("waits")
class NodesTest {
  private static final Duration SOON = Duration.ofSeconds(20);

  @TempDir Path folder;

  private final Recorder notes = new Recorder();

  private static String quiet(String id, String source, String parameters) {
    return """
        - route:
            id: %s
            description: Handles quietly.
            from:
              uri: inbox:%s%s
              steps:
                - log:
                    message: handled
        """
        .formatted(id, source, parameters);
  }

  /**
   * An ordered handler that does something once, stores another event, and then notes its event.
   */
  private static String handler(String id, String parameters) {
    return """
        - route:
            id: %1$s
            description: Handles.
            from:
              uri: inbox:shop
              parameters:
                retryDelaysSeconds: "3600"
                orderBy: orderingKey
                %2$s
              steps:
                - idempotentConsumer:
                    idempotentRepository: "#idempotency"
                    expression:
                      simple:
                        expression: ${body}
                    steps:
                      - process:
                          ref: effects
                - to:
                    id: store-mail
                    uri: inbox:mail
                - process:
                    ref: notes
        """
        .formatted(id, parameters);
  }

  private TestHub.Builder hub(Store store, String route, String yaml) {
    return TestHub.on(store)
        .with("hub.data-dir", folder.resolve("data").toString())
        .bind("notes", notes)
        .bind("effects", new Recorder())
        .route(route, yaml);
  }

  private TestHub.Builder noteOrder(Store store) {
    return hub(store, "note-order", handler("note-order", ""));
  }

  private TestHub.Builder idle(Store store) {
    return hub(store, "take-nothing", quiet("take-nothing", "other", ""));
  }

  private static String append(TestHub hub, String name) {
    return append(hub, name, name);
  }

  private static String append(TestHub hub, String name, String body) {
    return hub.append("shop", name, "order", name.replaceAll("\\d", ""), body);
  }

  private static long count(TestHub hub, String sql, Object... parameters) {
    return hub.query(sql, parameters).map(Long::valueOf).orElseThrow();
  }

  private static String state(TestHub hub, String id) {
    return hub.json("/api/admin/events/" + id).get("status").asText();
  }

  private void awaitRuns(String... events) {
    await()
        .atMost(SOON)
        .untilAsserted(
            () -> assertThat(notes.runs()).extracting(Recorder.Run::event).containsExactly(events));
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void a_step_that_a_dead_node_has_begun_is_waited_for_at_no_cost(Store store) {
    Recorder effects = new Recorder();
    try (TestHub hub = noteOrder(store).bind("effects", effects).start()) {
      hub.update(
          "INSERT INTO idempotency_key (scope, key_text, state, owner, lease_until, created_at) VALUES ('note-order', 'a1', 'in-progress', ?, CURRENT_TIMESTAMP + INTERVAL '3' SECOND, CURRENT_TIMESTAMP)",
          UUID.randomUUID());
      String event = append(hub, "a1");
      append(hub, "a2");
      awaitRuns("a1", "a2");
      await().atMost(SOON).until(() -> state(hub, event).equals("done"));

      assertThat(effects.runs()).extracting(Recorder.Run::event).containsExactly("a1", "a2");
      assertThat(count(hub, "SELECT max(attempts) FROM inbox_delivery")).isOne();
      assertThat(
              hub.query(
                  "SELECT max(attempt_log) FROM inbox_delivery WHERE attempt_log LIKE '%postponed%'"))
          .hasValueSatisfying(
              log -> assertThat(log).contains("step a1 of note-order is in progress elsewhere"));
    }
  }

  @Test
  void an_event_is_for_the_handlers_of_every_node() {
    try (TestHub one = idle(Store.POSTGRESQL).start()) {
      assertThat(state(one, append(one, "a1"))).isEqualTo("ignored");

      try (TestHub other = noteOrder(Store.POSTGRESQL).beside(one).start()) {
        await()
            .atMost(SOON)
            .until(() -> !state(other, append(one, "a" + System.nanoTime())).equals("ignored"));
        await().atMost(SOON).until(() -> !notes.runs().isEmpty());
      }
    }
  }

  @Test
  void events_wait_for_the_handlers_of_a_node_that_restarts() {
    try (TestHub one = idle(Store.POSTGRESQL).start()) {
      noteOrder(Store.POSTGRESQL).beside(one).start().close();

      String event =
          await()
              .atMost(SOON)
              .until(
                  () -> append(one, "a" + System.nanoTime()),
                  id -> !state(one, id).equals("ignored"));
      assertThat(state(one, event)).isEqualTo("received");

      try (TestHub other = noteOrder(Store.POSTGRESQL).beside(one).start()) {
        await().atMost(SOON).until(() -> state(other, event).equals("done"));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"inbox:slow?transacted=true", "direct:same"})
  void nobody_waits_for_the_handlers_of_a_node_whose_start_is_refused(String from) {
    String refused =
        """
        - route:
            id: %1$s
            description: Cannot start, beside another route of this address or for its delay.
            from:
              uri: %2$s
              steps:
                - delay:
                    constant:
                      expression: "1"
                - to:
                    id: %1$s-count
                    uri: sql:SELECT 1
        """;
    try (TestHub one = idle(Store.POSTGRESQL).start()) {
      TestHub.Builder other = noteOrder(Store.POSTGRESQL).beside(one);
      for (String id : List.of("refused-a", "refused-b")) {
        other.route(id, refused.formatted(id, from));
      }
      assertThatThrownBy(other::start).hasStackTraceContaining("refused-");

      await()
          .atMost(SOON)
          .until(() -> state(one, append(one, "a" + System.nanoTime())).equals("ignored"));
      assertThat(count(one, "SELECT count(*) FROM inbox_handler WHERE route <> 'take-nothing'"))
          .isZero();
    }
  }

  @Test
  void a_handler_that_does_not_come_back_is_forgotten() {
    try (TestHub one =
        idle(Store.POSTGRESQL).with("hub.inbox.absent-handler-minutes", "0").start()) {
      noteOrder(Store.POSTGRESQL).beside(one).start().close();

      await()
          .atMost(SOON)
          .until(() -> state(one, append(one, "a" + System.nanoTime())).equals("ignored"));
    }
  }

  @Test
  void an_embedded_hub_forgets_the_handlers_of_its_last_run() {
    noteOrder(Store.H2).start().close();

    try (TestHub hub = idle(Store.H2).start()) {
      assertThat(state(hub, append(hub, "a1"))).isEqualTo("ignored");
    }
  }

  /** Its first event waits for a retry, and the others of its key behind it; another is dead. */
  private void leaveWork(TestHub hub, String... more) {
    append(hub, "c1", "once");
    awaitRuns("c1");
    notes.doing(
        run -> {
          throw new IllegalStateException("not yet");
        });
    append(hub, "a1");
    append(hub, "b1");
    append(hub, "a2");
    append(hub, "a3");
    List.of(more).forEach(name -> append(hub, name));
    long keys = 2 + Stream.of(more).map(name -> name.replaceAll("\\d", "")).distinct().count();
    await()
        .atMost(SOON)
        .until(
            () ->
                count(hub, "SELECT count(*) FROM inbox_delivery WHERE status = 'retrying'")
                    == keys);
    hub.update(
        "UPDATE inbox_delivery SET status = 'dead', due_at = NULL, finished_at = CURRENT_TIMESTAMP WHERE ordering_key = 'b'");
    notes.doing(run -> {});
  }

  /** A hub whose route {@code note-purchase} takes over from {@code note-order}. */
  private TestHub.Builder renamed(Store store, TestHub before) {
    return hub(store, "note-purchase", handler("note-purchase", "formerly: note-order"))
        .beside(before);
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void a_renamed_handler_goes_on_with_what_it_had(Store store) {
    TestHub before = noteOrder(store).start();
    leaveWork(before);
    before.close();
    Recorder effects = new Recorder();

    try (TestHub hub = renamed(store, before).bind("effects", effects).start()) {
      await()
          .atMost(SOON)
          .until(
              () ->
                  count(hub, "SELECT count(*) FROM inbox_delivery WHERE route = 'note-purchase'")
                      == 4);
      assertThat(
              count(
                  hub,
                  "SELECT (SELECT count(*) FROM inbox_delivery WHERE route = 'note-order' AND status <> 'done') + (SELECT count(*) FROM inbox_lane WHERE route = 'note-order') + (SELECT count(*) FROM idempotency_key WHERE scope = 'note-order')"))
          .isZero();
      assertThat(
              hub.query(
                  "SELECT status FROM inbox_delivery d JOIN inbox_event e ON e.id = d.event_id WHERE e.provider_event_id = 'b1'"))
          .hasValue("dead");

      append(hub, "a4");
      append(hub, "c2", "once");
      for (String event : List.of("a1", "b1")) {
        String id =
            hub.query("SELECT id FROM inbox_event WHERE provider_event_id = ?", event)
                .orElseThrow();
        assertThat(hub.operate("/api/admin/events/" + id + "/replay", "").statusCode())
            .isEqualTo(202);
      }

      await()
          .atMost(SOON)
          .until(
              () -> count(hub, "SELECT count(*) FROM inbox_delivery WHERE status = 'done'") == 7);
      assertThat(
              notes.runs().stream().skip(3).map(Recorder.Run::event).filter(e -> e.startsWith("a")))
          .containsExactly("a1", "a2", "a3", "a4");
      assertThat(effects.runs())
          .as("c2, whose key was taken under the old id")
          .extracting(Recorder.Run::event)
          .doesNotContain("c2");
      assertThat(count(hub, "SELECT count(*) FROM inbox_event WHERE source = 'mail'"))
          .as("an append that was made under the old id")
          .isEqualTo(7);
    }
  }

  /** Lets all that waits be due, and the first event be in the hands of a node that has died. */
  private static void killedAtWork(TestHub hub) {
    hub.update("UPDATE inbox_delivery SET due_at = CURRENT_TIMESTAMP WHERE status = 'retrying'");
    hub.update(
        "UPDATE inbox_delivery SET status = 'processing', begun = TRUE, lease_token = event_id WHERE status = 'retrying' AND ordering_key = 'a'");
    hub.update("UPDATE inbox_lane SET due_at = CURRENT_TIMESTAMP");
    hub.update(
        "UPDATE inbox_lane SET lease_token = (SELECT lease_token FROM inbox_delivery WHERE status = 'processing') WHERE ordering_key = 'a'");
  }

  @Test
  void nodes_that_start_at_once_take_over_once_and_in_order() throws Exception {
    List<String> keys = List.of("d", "e", "f", "g", "h");
    List<String> events =
        IntStream.rangeClosed(1, 10)
            .boxed()
            .flatMap(n -> keys.stream().map(key -> key + n))
            .toList();
    try (TestHub watch = idle(Store.POSTGRESQL).start()) {
      try (TestHub before = noteOrder(Store.POSTGRESQL).beside(watch).start()) {
        leaveWork(before, events.toArray(String[]::new));
      }
      killedAtWork(watch);
      List<CompletableFuture<TestHub>> starting =
          Stream.generate(
                  () -> CompletableFuture.supplyAsync(renamed(Store.POSTGRESQL, watch)::start))
              .limit(2)
              .toList();
      try {
        await()
            .atMost(Duration.ofSeconds(60))
            .until(
                () ->
                    count(watch, "SELECT count(*) FROM inbox_delivery WHERE status = 'done'")
                        == 54);
      } finally {
        for (CompletableFuture<TestHub> one : starting) {
          one.get().close();
        }
      }
      Map<String, List<String>> byKey =
          notes.runs().stream()
              .collect(groupingBy(Recorder.Run::key, mapping(Recorder.Run::event, toList())));
      assertThat(byKey.get("a")).containsExactly("a1", "a1", "a2", "a3");
      for (String key : keys) {
        assertThat(byKey.get(key))
            .as("the first one's run before the renaming, and then all in order")
            .containsExactly(
                Stream.concat(
                        Stream.of(key + 1), IntStream.rangeClosed(1, 10).mapToObj(n -> key + n))
                    .toArray(String[]::new));
      }
    }
  }

  @Test
  void a_renamed_handler_waits_until_the_last_node_has_given_up_its_old_id() {
    try (TestHub old = noteOrder(Store.POSTGRESQL).start()) {
      leaveWork(old);
      try (TestHub renamed = renamed(Store.POSTGRESQL, old).start()) {
        String ofOld = append(renamed, "a4");
        assertThat(count(renamed, "SELECT count(*) FROM inbox_delivery WHERE route = 'note-order'"))
            .as("in order behind the others")
            .isEqualTo(6);
        assertThat(state(renamed, ofOld)).isEqualTo("received");

        old.context().stop();

        await()
            .atMost(SOON)
            .until(
                () ->
                    count(
                            renamed,
                            "SELECT count(*) FROM inbox_delivery WHERE route = 'note-purchase'")
                        == 5);
      }
    }
  }

  /** A version of the route {@code note-shop}. */
  private TestHub.Builder version(String types, Recorder runs, String parameters) {
    String yaml =
        """
        - route:
            id: note-shop
            description: Handles some types.
            from:
              uri: inbox:shop?types=%s%s
              steps:
                - process:
                    ref: runs
        """
            .formatted(types, parameters);
    return hub(Store.POSTGRESQL, "note-shop", yaml).bind("runs", runs);
  }

  private static List<String> bodies(Recorder recorder) {
    return recorder.runs().stream().map(Recorder.Run::body).distinct().toList();
  }

  /** Until the node knows a handler of another one, it ignores what that alone takes. */
  private static void awaitKnown(TestHub node, String type) {
    await()
        .atMost(SOON)
        .until(
            () ->
                !state(node, node.append("shop", "p" + System.nanoTime(), type, "p", type))
                    .equals("ignored"));
  }

  /** Runs of the events that have numbers. */
  private static Stream<Recorder.Run> numbered(Recorder recorder) {
    return recorder.runs().stream().filter(run -> run.event().startsWith("e"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "&orderBy=orderingKey"})
  void a_node_runs_only_events_of_the_types_that_its_version_of_the_route_takes(String order) {
    Recorder ofOld = new Recorder();
    Recorder ofNew = new Recorder();
    try (TestHub old = version("order", ofOld, order).start();
        TestHub renewed = version("order,refund", ofNew, order).beside(old).start()) {
      awaitKnown(old, "refund");
      for (int i = 0; i < 60; i++) {
        String type = i % 2 == 0 ? "refund" : "order";
        (i % 3 == 0 ? old : renewed).append("shop", "e" + i, type, "k" + i % 4 / 2, type);
      }

      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> numbered(ofOld).count() + numbered(ofNew).count() == 60);
      assertThat(bodies(ofOld)).doesNotContain("refund");
      await()
          .atMost(SOON)
          .until(
              () ->
                  count(
                          old,
                          "SELECT count(*) FROM inbox_delivery d JOIN inbox_event e ON e.id = d.event_id WHERE e.provider_event_id LIKE 'e%' AND d.status = 'done' AND d.attempts = 1")
                      == 60);
      if (!order.isEmpty()) {
        for (String key : List.of("k0", "k1")) {
          assertThat(
                  Stream.of(ofOld, ofNew)
                      .flatMap(one -> one.runs().stream())
                      .filter(run -> run.key().equals(key))
                      .sorted(Comparator.comparing(Recorder.Run::beginNanos))
                      .map(run -> Integer.valueOf(run.event().substring(1))))
              .hasSize(30)
              .isSorted();
        }
      }
    }
  }

  @Test
  void an_event_that_no_other_live_node_takes_runs_where_the_route_is() throws Exception {
    Recorder ofOld = new Recorder();
    try (TestHub old = version("order", ofOld, "").start();
        TestHub renewed = version("order,refund", new Recorder(), "").beside(old).start()) {
      awaitKnown(old, "refund");
      renewed.context().getRouteController().suspendRoute("note-shop");
      String event = old.append("shop", "e1", "refund", "k", "refund");
      old.append("shop", "e2", "order", "k", "order");
      await().atMost(SOON).until(() -> bodies(ofOld).contains("order"));
      // The order's completion lets the refund be claimed again.
      Optional<String> before =
          await().atMost(SOON).until(() -> due(old, event), Optional::isPresent);
      // The pause of the old node is over: it looks at the refund once more, and leaves it.
      await()
          .atMost(SOON)
          .until(() -> due(old, event), due -> due.isPresent() && !due.equals(before));
      await()
          .atMost(SOON)
          .untilAsserted(
              () ->
                  assertThat(
                          old.query(
                              "SELECT status || attempts FROM inbox_delivery WHERE event_id = CAST(? AS uuid)",
                              event))
                      .hasValue("received0"));
      assertThat(bodies(ofOld)).containsExactly("order");

      renewed.context().stop();

      await().atMost(SOON).until(() -> !ofOld.runs("e1").isEmpty());
      assertThat(ofOld.runs("e1")).extracting(Recorder.Run::attempt).containsExactly(1);
    }
  }

  /** Empty while the event waits for another of its lane. */
  private static Optional<String> due(TestHub hub, String event) {
    return hub.query("SELECT due_at FROM inbox_delivery WHERE event_id = CAST(? AS uuid)", event);
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void a_replay_under_the_new_id_repeats_no_effect_of_the_old_one(Store store) {
    TestHub before = noteOrder(store).start();
    String event = append(before, "a1");
    await().atMost(SOON).until(() -> state(before, event).equals("done"));
    before.close();

    Recorder effects = new Recorder();
    try (TestHub hub = renamed(store, before).bind("effects", effects).start()) {
      assertThat(hub.operate("/api/admin/events/" + event + "/replay", "").statusCode())
          .isEqualTo(202);

      await().atMost(SOON).until(() -> state(hub, event).equals("done"));
      awaitRuns("a1", "a1");
      assertThat(effects.runs()).isEmpty();
      assertThat(count(hub, "SELECT count(*) FROM inbox_event WHERE source = 'mail'")).isEqualTo(1);
      assertThat(
              hub.query("SELECT string_agg(route || ' as ' || keyed_as, ', ') FROM inbox_delivery"))
          .hasValue("note-purchase as note-order");
      JsonNode attempts = hub.json("/api/admin/events/" + event).at("/handlers/0/attempts");
      assertThat(attempts).hasSize(2);
    }
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void events_whose_handler_is_gone_are_told(Store store) {
    TestHub before = noteOrder(store).start();
    leaveWork(before);
    before.close();

    TestHub without = idle(store).beside(before).start();
    try {
      assertThat(without.json("/api/admin/health").toString())
          .contains(
              "3 waiting for note-order, which no live node has; " + OrphanedDeliveries.REMEDY);
    } finally {
      without.close();
    }

    Path routes = without.folder().resolve("routes");
    assertThat(lint(before, routes))
        .contains("3 events wait for the handler note-order, which is gone");
    assertThat(lint(before, before.folder().resolve("routes")))
        .noneMatch(what -> what.contains("is gone"));
  }

  private List<String> lint(TestHub database, Path routes) {
    Map<String, String> settings = new HashMap<>(database.databaseSettings());
    settings.put("hub.data-dir", folder.resolve("data").toString());
    Settings known = new Settings(key -> Optional.ofNullable(settings.get(key)));
    return Lint.checkWithStore(routes, folder.resolve("application.properties"), known).stream()
        .map(Fault::what)
        .toList();
  }

  @Test
  void a_former_id_that_is_in_use_stops_the_start() {
    String renamed = quiet("note-purchase", "shop", "?formerly=note-order");
    assertThatThrownBy(
            () ->
                hub(Store.H2, "note-order", quiet("note-order", "shop", "?formerly=note-order"))
                    .start())
        .rootCause()
        .hasMessageContaining("formerly=note-order: it is this route");
    assertThatThrownBy(
            () ->
                hub(Store.H2, "note-order", quiet("note-order", "shop", ""))
                    .route("note-purchase", renamed)
                    .start())
        .rootCause()
        .hasMessageContaining("formerly=note-order: this route is still there");
    assertThatThrownBy(
            () ->
                hub(Store.H2, "note-sale", quiet("note-sale", "shop", "?formerly=note-order"))
                    .route("note-purchase", renamed)
                    .start())
        .rootCause()
        .hasMessageContaining("only one can take over");
  }
}
