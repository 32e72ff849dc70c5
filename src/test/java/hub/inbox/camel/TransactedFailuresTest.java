package hub.inbox.camel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import hub.testing.LogLines;
import hub.testing.Store;
import hub.testing.TestHub;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import org.apache.camel.Processor;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What a step that fails, or leaves the transaction, makes of the effects before it. */
@Tag("postgres")
@Tag("waits")
class TransactedFailuresTest {
  private static final String COUNT =
      "{to: {id: count%s, uri: 'sql:UPDATE counter SET n = n + 1'}}";

  private final Trouble trouble = new Trouble();

  private static String route(String id, String from, String parameters, String... steps) {
    return "- route:\n    id: "
        + id
        + "\n    description: A handler.\n    from:\n      uri: "
        + from
        + "\n      parameters: {"
        + parameters
        + "}\n      steps:\n        - "
        + String.join("\n        - ", steps)
        + "\n";
  }

  private TestHub.Builder handling(Store store, boolean isTransacted, String... steps) {
    return TestHub.on(store)
        .bind("trouble", trouble)
        .route(
            "handle",
            route(
                "handle",
                "inbox:things",
                "transacted: " + isTransacted + ", retryDelaysSeconds: '0'",
                steps));
  }

  private static TestHub withCounter(TestHub.Builder builder) {
    TestHub hub = builder.start();
    hub.update("CREATE TABLE counter (n int NOT NULL)");
    hub.update("INSERT INTO counter (n) VALUES (0)");
    return hub;
  }

  private static String ended(TestHub hub, int events) {
    await()
        .atMost(Duration.ofSeconds(30))
        .until(
            () ->
                hub.query(
                        "SELECT count(*) FROM inbox_delivery WHERE status IN ('done', 'dead') AND route = 'handle'")
                    .equals(Optional.of(String.valueOf(events))));
    return hub.query("SELECT min(status) FROM inbox_delivery WHERE route = 'handle'").orElseThrow()
        + " "
        + hub.query("SELECT n FROM counter").orElseThrow();
  }

  private static String lastError(TestHub hub) {
    return hub.query("SELECT last_error FROM inbox_delivery WHERE route = 'handle'").orElseThrow();
  }

  @ParameterizedTest
  @CsvSource({"H2, false", "H2, true", "POSTGRESQL, false", "POSTGRESQL, true"})
  void a_do_try_without_effects_works_as_without_a_transaction(Store store, boolean isTransacted) {
    TestHub.Builder builder =
        handling(
                store,
                isTransacted,
                "{doTry: {steps: [{to: {id: call-parse, uri: 'direct:parse'}}, {process: {ref: trouble}}], doCatch: [{exception: [java.lang.Exception], steps: [{setVariable: {name: bad, expression: {constant: {expression: 'yes'}}}}]}]}}",
                COUNT.formatted(""))
            .route(
                "parse",
                route("parse", "direct:parse", "", "{unmarshal: {json: {library: Jackson}}}"));
    trouble.plan =
        exchange -> {
          throw new IllegalStateException("a bean that stores nothing");
        };
    try (TestHub hub = withCounter(builder)) {
      hub.append("things", "t1", "x", "k", "not json");
      hub.append("things", "t2", "x", "k", "{}");

      assertThat(ended(hub, 2)).isEqualTo("done 2");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{rollback: {markRollbackOnly: true}}",
        "{rollback: {markRollbackOnlyLast: true}}",
        "{rollback: {message: no}}",
        "{split: {expression: {constant: {expression: x}}, steps: [{rollback: {markRollbackOnly: true}}]}}",
        "{to: {id: call-sub, uri: 'direct:sub'}}"
      })
  void what_is_marked_for_rollback_is_rolled_back(String step) {
    TestHub.Builder builder =
        handling(Store.H2, true, COUNT.formatted(""), step)
            .route(
                "sub", route("sub", "direct:sub", "", "{rollback: {markRollbackOnlyLast: true}}"));
    try (TestHub hub = withCounter(builder)) {
      hub.append("things", "t1", "x", "k", "{}");

      assertThat(ended(hub, 1)).isEqualTo("dead 0");
    }
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void an_event_whose_step_committed_is_dead_rather_than_repeated(Store store) {
    TestHub.Builder builder =
        handling(store, true, COUNT.formatted(""), "{process: {id: leave, ref: trouble}}");
    try (TestHub hub = withCounter(builder)) {
      trouble.plan =
          exchange -> {
            try (Statement statement =
                hub.database().threadTransaction().orElseThrow().connection().createStatement()) {
              statement.execute("COMMIT");
            }
            throw new IllegalStateException("not yet");
          };
      hub.append("things", "t1", "x", "k", "{}");

      assertThat(ended(hub, 1)).isEqualTo("dead 1");
      assertThat(lastError(hub)).contains("a step ended the transaction").contains("not yet");
    }
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void a_header_cannot_replace_the_statement(Store store) {
    trouble.plan = exchange -> exchange.getMessage().setHeader("CamelSqlQuery", "COMMIT");
    TestHub.Builder builder =
        handling(
            store, true, COUNT.formatted("1"), "{process: {ref: trouble}}", COUNT.formatted("2"));
    try (TestHub hub = withCounter(builder)) {
      hub.append("things", "t1", "x", "k", "{}");

      assertThat(ended(hub, 1)).isEqualTo("dead 0");
      assertThat(lastError(hub)).contains("CamelSqlQuery");
    }
  }

  private static String handler(String id, String transacted, String step) {
    return """
        - route:
            id: %s
            from:
              uri: inbox:things
              parameters: {transacted: '%s'}
              steps:
                - %s
                - to: {uri: inbox:others}
        """
        .formatted(id, transacted, step);
  }

  @Test
  void a_start_is_refused_with_the_faults_of_all_handlers_and_no_stack_trace() {
    TestHub.Builder builder =
        TestHub.on(Store.H2)
            .bind("unknown", (Processor) exchange -> {})
            .route("one", handler("one", "true", "process: {id: a, ref: unknown}"))
            .route("two", handler("two", "true", "process: {id: b, ref: unknown}"));

    assertThatThrownBy(builder::start)
        .rootCause()
        .hasMessageContainingAll(
            "route one: transacted=true cannot hold a (",
            "route two: transacted=true cannot hold b (",
            "its bean may do anything, which the hub cannot see; mark its class @JoinsTransaction")
        .satisfies(refused -> assertThat(refused.getStackTrace()).isEmpty());
  }

  @Test
  void the_start_tells_the_choice_of_each_handler_with_one_reason() {
    try (LogLines log = LogLines.of(InboxConsumer.class.getName());
        TestHub hub =
            TestHub.on(Store.H2)
                .bind("unknown", (Processor) exchange -> {})
                .route("holds", handler("holds", "auto", "log: {message: hello}"))
                .route("calls", handler("calls", "auto", "to: {id: call, uri: 'seda:crm'}"))
                .route("runs", handler("runs", "auto", "process: {id: run, ref: unknown}"))
                .route(
                    "says",
                    handler("says", "auto", "log: {message: hello}")
                        .replace("inbox:others", "log:others"))
                .start()) {
      assertThat(log.lines())
          .contains(
              "INFO route=holds transacted=true",
              "INFO route=says transacted=false: it has no effect in the hub's database")
          .anyMatch(
              line ->
                  line.matches(
                      "INFO route=calls transacted=false: call \\(.*\\): seda: reaches beyond the hub's database"))
          .anyMatch(
              line ->
                  line.matches(
                      "INFO route=runs transacted=false: run \\(.*\\): its bean may do anything, which the hub cannot see"));
      assertThat(hub.json("/api/admin/routes").findValuesAsText("notTransactedBecause"))
          .as("the console tells the same")
          .contains("it has no effect in the hub's database");
    }
  }
}
