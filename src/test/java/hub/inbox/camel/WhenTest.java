package hub.inbox.camel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import hub.testing.Recorder;
import hub.testing.Store;
import hub.testing.TestHub;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

@Tag("postgres")
@Tag("waits")
class WhenTest {
  private static final Duration SOON = Duration.ofSeconds(10);

  @TempDir Path folder;

  private static String handler(String id, String parameters) {
    return """
        - route:
            id: %s
            description: Handles some events.
            from:
              uri: inbox:shop
              parameters:
        %s
              steps:
                - process:
                    ref: runs
        """
        .formatted(id, parameters.indent(8).stripTrailing());
  }

  private TestHub.Builder hub(Store store, String when, Recorder runs) {
    return TestHub.on(store)
        .with("hub.data-dir", folder.resolve("data").toString())
        .bind("runs", runs)
        .route("note-large", handler("note-large", "when: \"" + when.replace("\"", "\\\"") + "\""));
  }

  private static String state(TestHub hub, String event) {
    return hub.query(
            "SELECT COALESCE(min(status), 'ignored') FROM inbox_delivery WHERE event_id = CAST(? AS uuid)",
            event)
        .orElseThrow();
  }

  private static void awaitDone(TestHub hub, String event) {
    await().atMost(SOON).until(() -> state(hub, event).equals("done"));
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void a_handler_gets_only_events_for_which_its_condition_holds(Store store) {
    Recorder runs = new Recorder();
    try (TestHub hub = hub(store, "$[?(@.amount > 100)]", runs).start()) {
      String small = hub.append("shop", "e1", "order", "k", "{\"amount\": 100}");
      String large = hub.append("shop", "e2", "order", "k", "{\"amount\": 100.5}");
      awaitDone(hub, large);

      assertThat(state(hub, small)).isEqualTo("ignored");
      assertThat(
              hub.query(
                  "SELECT count(*) FROM inbox_delivery WHERE event_id = CAST(? AS uuid)", small))
          .as("no row, so no attempt")
          .hasValue("0");
      assertThat(hub.query("SELECT sum(ignored) FROM inbox_tally")).hasValue("1");
      assertThat(runs.runs()).extracting(Recorder.Run::event).containsExactly("e2");
    }
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void an_event_that_cannot_be_decided_comes(Store store) {
    Recorder runs = new Recorder();
    try (TestHub hub = hub(store, "$.amount", runs).start()) {
      awaitDone(hub, hub.append("shop", "e1", "order", "k", "{\"amount\": "));
      awaitDone(hub, hub.append("shop", "e2", "order", "k", ""));

      assertThat(runs.runs()).extracting(Recorder.Run::event).containsExactlyInAnyOrder("e1", "e2");
    }
  }

  @Test
  void a_condition_that_throws_loses_no_event() {
    Recorder runs = new Recorder();
    try (TestHub hub = hub(Store.H2, "${body[amount].missing} > 1", runs).start()) {
      awaitDone(hub, hub.append("shop", "e1", "order", "k", "{\"amount\": 5}"));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "$[?(@.amount > 100)] | {\"amount\": 101} | {\"amount\": 99}",
        "$.data.object[?(@.status == 'active')] | {\"data\": {\"object\": {\"status\": \"active\"}}} | {\"data\": {\"object\": {\"status\": \"gone\"}}}",
        "$[?(@.a == 'x+y&z=%41#?' && @.b == 1)] | {\"a\": \"x+y&z=%41#?\", \"b\": 1} | {\"a\": \"x y&z=A#?\", \"b\": 1}",
        "$.urgent | {\"urgent\": true} | {\"urgent\": false}",
        "$.items[*] | {\"items\": [1]} | {\"items\": []}",
        "$.note | {\"note\": \"x\"} | {\"note\": \"\"}",
        "${body[amount]} > 100.0 | {\"amount\": 100.5} | {\"amount\": 100}",
        "${body[amount]} > 100 | {\"amount\": 101} | {\"other\": 1}",
        "${jsonpath($.amount)} > 100 | {\"amount\": 101} | {\"amount\": 99}",
        "${body[a][b]} == 'x+y' && ${body[c]} == '50%' | {\"a\": {\"b\": \"x+y\"}, \"c\": \"50%\"} | {\"a\": {\"b\": \"x y\"}, \"c\": \"50%\"}",
        "${body} contains 'urgent' | {\"text\": \"urgent\"} | {\"text\": \"slow\"}",
        "${variable.type} == 'order' && ${variable.orderingKey} == 'k' && ${body[a]} == 1 | {\"a\": 1} | {\"a\": 2}",
      })
  void conditions(String when, String taken, String left) {
    Recorder runs = new Recorder();
    try (TestHub hub = hub(Store.H2, when, runs).start()) {
      String no = hub.append("shop", "no", "order", "k", left);
      awaitDone(hub, hub.append("shop", "yes", "order", "k", taken));
      assertThat(state(hub, no)).isEqualTo("ignored");
    }
  }

  @Test
  void nodes_with_other_conditions_each_get_what_is_theirs() {
    Recorder ofFirst = new Recorder();
    Recorder ofSecond = new Recorder();
    try (TestHub first = hub(Store.POSTGRESQL, "$[?(@.amount > 100)]", ofFirst).start();
        TestHub second =
            TestHub.on(Store.POSTGRESQL)
                .bind("runs", ofSecond)
                .route("note-large", handler("note-large", "when: $[?(@.amount > 500)]"))
                .route("note-all", handler("note-all", "when: \"${body[amount]} < 50\""))
                .beside(first)
                .start()) {
      // Until the first node knows the second one's handlers, it ignores what they alone take.
      await()
          .atMost(SOON)
          .until(
              () ->
                  !state(
                          first,
                          first.append(
                              "shop", "p" + System.nanoTime(), "order", "k", "{\"amount\": 1}"))
                      .equals("ignored"));
      String ofNone = first.append("shop", "none", "order", "k", "{\"amount\": 70}");
      String small = first.append("shop", "small", "order", "k", "{\"amount\": 40}");
      String middle = second.append("shop", "middle", "order", "k", "{\"amount\": 300}");
      String large = second.append("shop", "large", "order", "k", "{\"amount\": 600}");
      for (String event : List.of(small, middle, large)) {
        awaitDone(first, event);
      }

      assertThat(state(first, ofNone)).isEqualTo("ignored");
      assertThat(ofFirst.runs("middle")).as("this node's version takes it").hasSize(1);
      assertThat(ofSecond.runs("middle")).as("and this one's does not").isEmpty();
      assertThat(ofSecond.runs("small")).hasSize(1);
      assertThat(
              first.query(
                  "SELECT string_agg(route, ',') FROM inbox_delivery WHERE event_id = CAST(? AS uuid)",
                  small))
          .hasValue("note-all");
    }
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void a_replay_goes_by_todays_condition(Store store) {
    TestHub before = hub(store, "$[?(@.amount > 100)]", new Recorder()).start();
    String large = before.append("shop", "e1", "order", "k", "{\"amount\": 200}");
    String small = before.append("shop", "e2", "order", "k", "{\"amount\": 50}");
    awaitDone(before, large);
    before.close();

    Recorder runs = new Recorder();
    try (TestHub hub = hub(store, "$[?(@.amount < 100)]", runs).beside(before).start()) {
      assertThat(hub.operate("/api/admin/events/" + small + "/replay", "").statusCode())
          .isEqualTo(202);
      awaitDone(hub, small);
      assertThat(hub.operate("/api/admin/events/" + large + "/replay", "").statusCode())
          .as("no handler takes it now")
          .isEqualTo(409);
      assertThat(runs.runs()).extracting(Recorder.Run::event).containsExactly("e2");
    }
  }

  @Test
  void a_renamed_handler_takes_over_what_its_condition_does_not_take() {
    TestHub before =
        hub(
                Store.H2,
                "$[?(@.amount > 100)]",
                new Recorder()
                    .doing(
                        run -> {
                          throw new IllegalStateException("not now");
                        }))
            .start();
    String waiting = before.append("shop", "e1", "order", "k", "{\"amount\": 200}");
    await().atMost(SOON).until(() -> state(before, waiting).equals("retrying"));
    before.close();

    Recorder runs = new Recorder();
    String renamed = handler("note-huge", "when: $[?(@.amount > 1000)]\nformerly: note-large");
    try (TestHub hub =
        TestHub.on(Store.H2)
            .with("hub.data-dir", folder.resolve("data").toString())
            .beside(before)
            .bind("runs", runs)
            .route("note-huge", renamed)
            .start()) {
      await()
          .atMost(SOON)
          .until(
              () -> hub.query("SELECT route FROM inbox_delivery").orElse("").equals("note-huge"));
    }
  }

  @Test
  void the_start_refuses_a_condition_that_cannot_be_read() {
    for (String when :
        List.of("$.a[", "amount > 100", "${bean:runs}", "${bdy[a]} == 1", "${env.HOME} == 'x'")) {
      assertThatThrownBy(() -> hub(Store.H2, when, new Recorder()).start().close())
          .as(when)
          .hasStackTraceContaining("when: '" + when + "' cannot be used")
          .hasStackTraceContaining("write a JSONPath such as");
    }
  }
}
