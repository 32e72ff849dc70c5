package hub.trial;

import static org.assertj.core.api.Assertions.assertThat;

import hub.config.Settings;
import hub.lint.Fault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The runner of tests beside routes. */
class TrialsTest {
  @TempDir private Path folder;
  private Path shop;

  @BeforeEach
  void a_folder() throws IOException {
    shop = Files.createDirectories(folder.resolve("routes/shop"));
  }

  private void route(String id, String from, String steps) throws IOException {
    Files.writeString(
        shop.resolve(id + ".camel.yaml"),
        """
        - route:
            id: %s
            description: Does something.
            from:
        %s
              steps:
        %s"""
            .formatted(id, from.indent(6).stripTrailing(), steps.indent(8)));
  }

  private void handler(String id, String steps) throws IOException {
    route(id, "uri: inbox:shop", steps);
  }

  private TestReport run(String id, String tests) throws IOException {
    Path file = Files.writeString(shop.resolve(id + ".test.yaml"), tests);
    return Trials.run(
        folder.resolve("routes"),
        folder.resolve("application.properties"),
        new Settings(key -> Optional.empty()),
        List.of(file));
  }

  private static String text(TestReport report) {
    return report.faults().stream().map(Fault::toString).collect(Collectors.joining("\n"))
        + report.results().stream()
            .flatMap(result -> result.failures().stream())
            .map(TestResult.Failure::toString)
            .collect(Collectors.joining("\n"));
  }

  private static final String TELL =
      """
      - to:
          id: tell-crm
          uri: kamelet:http-api-action
          parameters:
            baseUrl: https://crm.example.com
            method: POST
            path: /v1/orders/{orderNumber}
            query: "from={source}"
            auth: bearer
            secret: CRM_TOKEN
            provider: crm
            operation: tell
      - log:
          message: "told ${body[name]}"
      """;

  private static final String NUMBER =
      """
      - setVariable:
          name: orderNumber
          expression:
            jsonpath:
              expression: $.order.number
      """;

  @Test
  void a_call_is_answered_by_its_stub_and_seen_as_it_would_have_been_sent() throws IOException {
    handler("shop-tell", NUMBER + TELL);
    TestReport report =
        run(
            "shop-tell",
            """
            - name: tells the CRM
              given: {event: {source: shop, type: order.paid, payload: {order: {number: a b}}}}
              stubs: {tell-crm: {status: 201, body: {name: Ada}}}
              then:
                state: done
                log: [told Ada]
                calls: {tell-crm: {times: 1, method: POST, path: /v1/orders/a b, query: {from: shop}, body: {order: {number: a b}}}}
            - name: expects something else
              given: {event: {source: shop, type: order.paid, payload: {order: {number: 7}}}}
              stubs: {tell-crm: {body: {name: Ada}}}
              then: {calls: {tell-crm: {path: /v1/orders/8}}, log: [told Bob]}
            """);
    assertThat(report.results())
        .extracting(TestResult::isPassed)
        .as(text(report))
        .containsExactly(true, false);
    assertThat(text(report))
        .contains(
            "shop-tell.test.yaml:11: tell-crm: path: expected '/v1/orders/8', was '/v1/orders/7'")
        .contains("log: expected a line with 'told Bob', was ");
  }

  @Test
  void an_event_that_the_condition_keeps_out_is_ignored_and_the_report_says_why()
      throws IOException {
    route("shop-tell", "uri: inbox:shop\nparameters: {when: '$[?(@.amount > 100)]'}", TELL);
    TestReport report =
        run(
            "shop-tell",
            """
            - name: leaves small orders alone
              given: {event: {source: shop, payload: {amount: 7}}}
              then: {state: ignored, calls: {tell-crm: {times: 0}}}
            - name: expects what cannot come
              given: {event: {source: shop, payload: {amount: 7}}}
              then: {state: done}
            """);
    assertThat(report.results())
        .extracting(TestResult::isPassed)
        .as(text(report))
        .containsExactly(true, false);
    assertThat(text(report)).contains("was ignored", "its 'when' keeps it out");
  }

  @Test
  void stubs_answer_in_turn_throw_and_move_the_clock() throws IOException {
    handler("shop-tell", NUMBER + TELL);
    TestReport report =
        run(
            "shop-tell",
            """
            - name: goes on when the CRM is back
              given: {event: {source: shop, payload: {order: {number: 7}}}, advance: PT10M}
              stubs: {tell-crm: [{throw: gone}, {throw: gone}, {status: 503}, {delayMillis: 60000}, {body: {name: Ada}}]}
              then: {state: done, attempts: 2, calls: {tell-crm: {times: 5}}}
            - name: waits while the CRM is away
              given: {event: {source: shop, payload: {order: {number: 7}}}}
              stubs: {tell-crm: {throw: gone}}
              then: {state: waiting, error: gone}
            - name: is refused
              given: {event: {source: shop, payload: {order: {number: 7}}}}
              stubs: {tell-crm: {status: 422, body: {message: no such order}}}
              then: {state: retrying, error: no such order, calls: {tell-crm: 1}}
            """);
    assertThat(text(report)).isEmpty();
  }

  @Test
  void nothing_leaves_without_a_stub() throws IOException {
    handler("shop-tell", NUMBER + TELL);
    handler(
        "shop-mail",
        """
        - to:
            id: mail-it
            uri: smtp:localhost
        """);
    String event = "{event: {source: shop, payload: {order: {number: 7}}}}";
    TestReport report =
        run("shop-tell", "- name: tells\n  given: " + event + "\n  then: {state: done}\n");
    assertThat(text(report))
        .contains("the step tell-crm (routes/shop/shop-tell.camel.yaml:12) leaves the process")
        .contains("write stubs: {tell-crm: {body: …}}");
    report = run("shop-mail", "- name: mails\n  given: " + event + "\n  then: {state: done}\n");
    assertThat(text(report)).contains("the step mail-it (routes/shop/shop-mail.camel.yaml:");
  }

  @Test
  void an_e_mail_that_is_sent_twice_is_found() throws IOException {
    handler(
        "shop-mail",
        """
        - to:
            id: mail-it
            uri: smtp:localhost
        - to:
            id: file-it
            uri: file:outbox
        """);
    String test =
        """
        - name: mails
          given: {event: {source: shop, payload: {order: {number: 7}}}}
          stubs: {mail-it: {}, file-it: {idempotent: true}}
          then: {state: done}
        """;
    TestReport report = run("shop-mail", test);
    assertThat(text(report))
        .contains("the step mail-it (routes/shop/shop-mail.camel.yaml:")
        .contains("acts more than once")
        .contains("idempotentConsumer")
        .doesNotContain("the step file-it");
    report = run("shop-mail", test + "  effects: at-least-once\n");
    assertThat(report.isPassed()).isTrue();
    assertThat(report.results().get(0).notes())
        .singleElement()
        .asString()
        .contains("at-least-once");
  }

  @Test
  void an_e_mail_within_an_idempotent_consumer_is_noted() throws IOException {
    handler(
        "shop-mail",
        """
        - idempotentConsumer:
            idempotentRepository: "#idempotency"
            expression:
              simple:
                expression: ${variable.eventId}/mail
            steps:
              - to:
                  id: mail-it
                  uri: smtp:localhost
        """);
    TestReport report =
        run(
            "shop-mail",
            """
            - name: mails
              given: {event: {source: shop, payload: {order: {number: 7}}}}
              stubs: {mail-it: {}}
              then: {state: done, calls: {mail-it: 1}}
            """);
    assertThat(text(report)).isEmpty();
    assertThat(report.results().get(0).notes()).singleElement().asString().contains("mail-it");
  }

  @Test
  void a_row_that_is_added_twice_is_found() throws IOException {
    String insert =
        """
        - to:
            id: insert-row
            uri: sql:INSERT INTO subscription (id, account) VALUES (CAST(random_uuid() AS varchar), 'x')
        """;
    route(
        "shop-row",
        "uri: inbox:shop\nparameters:\n  transacted: \"{{shop.transacted:false}}\"",
        insert);
    TestReport report =
        run(
            "shop-row",
            """
            - name: writes
              given: {event: {source: shop, payload: {}}}
              then: {state: done, rows: {"select count(*) from subscription": 1}}
            - name: writes in a transaction
              settings: {shop.transacted: "true"}
              given: {event: {source: shop, payload: {}}}
              then: {state: done, rows: {"select account from subscription": [x]}}
            """);
    assertThat(report.results())
        .extracting(TestResult::isPassed)
        .as(text(report))
        .containsExactly(false, true);
    assertThat(text(report))
        .contains("a row is added to the table subscription more than once")
        .contains("by insert-row (routes/shop/shop-row.camel.yaml:")
        .contains("expected 1 row, was 2 rows");
  }

  @Test
  void a_row_that_holds_a_small_number_is_the_same_in_each_run() throws IOException {
    handler(
        "shop-row",
        """
        - to:
            id: insert-rows
            uri: sql:INSERT INTO subscription (id, account) SELECT CAST(x AS varchar), CAST(x AS varchar) FROM SYSTEM_RANGE(1, 40) WHERE NOT EXISTS (SELECT 1 FROM subscription)
        - to:
            id: insert-sequence
            uri: "sql:INSERT INTO subscription (id, account) SELECT 'number ' || CAST(:#${variable.sequence} AS varchar), 'x' WHERE NOT EXISTS (SELECT 1 FROM subscription WHERE account = 'x')"
        """);
    TestReport report =
        run(
            "shop-row",
            """
            - name: writes
              given: {event: {source: shop, payload: {}}}
              then: {state: done, rows: {"select count(*) from subscription": 41}}
            """);
    assertThat(text(report)).isEmpty();
  }

  @Test
  void settings_of_the_installation_do_not_reach_the_hub_of_the_tests() throws IOException {
    Map<String, String> installed =
        Map.of(
            "DATABASE_PASSWORD", "of-the-installation",
            "hub.database.url", "jdbc:h2:mem:of-the-installation",
            "hub.database.password", "of-the-installation",
            "hub.api-keys", "shop:a-key-of-the-installation",
            "hub.sources", "stripe",
            "camel.server.port", "1");
    route(
        "shop-api",
        "uri: platform-http:/api/shop",
        """
        - setBody:
            expression:
              constant:
                expression: fine
        """);
    installed.forEach(System::setProperty);
    try {
      TestReport report =
          run(
              "shop-api",
              """
              - name: answers
                given: {request: {path: /api/shop}}
                then: {answer: {status: 200, body: fine}}
              """);
      assertThat(text(report)).isEmpty();
    } finally {
      installed.keySet().forEach(System::clearProperty);
    }
  }

  @Test
  void the_log_of_a_test_holds_the_lines_of_steps_alone() throws IOException {
    handler(
        "shop-tell",
        """
        - log:
            message: told
        - log:
            logName: hub.operators
            loggingLevel: WARN
            message: warned
        - to:
            uri: log:shop
        """);
    TestReport report =
        run(
            "shop-tell",
            """
            - name: reads lines
              given: {event: {source: shop, type: order.paid, payload: the order}}
              then: {log: [told, warned, the order]}
            - name: finds no others
              given: {event: {source: shop, type: order.paid, payload: the order}}
              then: {log: [Resumed, type=order.paid]}
            """);
    assertThat(report.results())
        .extracting(TestResult::isPassed)
        .as(text(report))
        .containsExactly(true, false);
    assertThat(text(report))
        .contains("a line with 'Resumed'")
        .contains("a line with 'type=order.paid'");
  }

  @Test
  void a_stub_of_a_step_that_only_reads_is_no_effect() throws IOException {
    handler(
        "shop-read",
        """
        - to:
            id: read-row
            uri: sql:SELECT account FROM subscription WHERE id = 'updated' FOR UPDATE
        - enrich:
            id: enrich-it
            expression:
              constant:
                expression: sql:SELECT 1
        - setBody:
            id: set-it
            expression:
              constant:
                expression: x
        - filter:
            id: filter-it
            expression:
              simple:
                expression: ${body} == 'x'
            steps:
              - log:
                  message: told
        - to:
            id: check-it
            uri: language:simple:${body}
        """);
    String steps = "read-row: {}, enrich-it: {}, set-it: {}, filter-it: {}, check-it: {}";
    String test =
        """
        - name: reads
          given: {event: {source: shop, payload: x}}
          stubs: {%s}
          then: {state: done, calls: {read-row: 1}}
        """;
    assertThat(text(run("shop-read", test.formatted(steps)))).isEmpty();
    handler(
        "shop-write",
        """
        - to:
            id: write-row
            uri: sql:UPDATE subscription SET account = 'x'
        - filter:
            id: filter-mail
            expression:
              simple:
                expression: ${body} != null
            steps:
              - to:
                  uri: smtp:localhost
        """);
    TestReport report =
        run(
            "shop-write",
            """
            - name: writes
              given: {event: {source: shop, payload: x}}
              stubs: {write-row: {}, filter-mail: {}}
              then: {state: done}
            """);
    assertThat(text(report))
        .contains("the step write-row (routes/shop/shop-write.camel.yaml:")
        .contains("the step filter-mail (routes/shop/shop-write.camel.yaml:");
  }

  @Test
  void an_event_that_dies_after_a_stop_tells_why() throws IOException {
    route(
        "shop-once",
        "uri: inbox:shop\nparameters:\n  transacted: false",
        """
        - to:
            id: insert-row
            uri: sql:INSERT INTO subscription (id, account) VALUES ('1', 'x')
        """);
    TestReport report =
        run(
            "shop-once",
            """
            - name: writes
              given: {event: {source: shop, payload: x}}
              stubs: {}
              then: {state: done}
            """);
    assertThat(text(report))
        .contains("the state of the event after it ran again: expected done, was ")
        .containsIgnoringCase("unique index or primary key violation")
        .doesNotContain("never reported back");
  }

  @Test
  void parts_of_an_event_may_stand_beside_it() throws IOException {
    handler(
        "shop-tell",
        """
        - log:
            message: "${variable.requestHeaders} ${variable.orderingKey} ${variable.colour} ${body}"
        """);
    Files.writeString(shop.resolve("order.txt"), "the order");
    TestReport report =
        run(
            "shop-tell",
            """
            - name: reads them
              given: {event: {source: shop}, headers: {X-Shop: north}, variables: {colour: red}, orderingKey: 7, file: order.txt}
              then: {log: ['"X-Shop":"north"', 7 red the order]}
            """);
    assertThat(text(report)).isEmpty();
    report =
        run(
            "shop-tell",
            """
            - name: gives too much
              given: {event: {source: shop, payload: 1, headers: {}}, headers: {}, file: order.txt, variables: 1}
              then: {state: done}
            - name: asks
              given: {request: {path: /api/shop}, headers: {}, orderingKey: 7}
              then: {answer: {status: 404}}
            """);
    assertThat(text(report))
        .contains(":2: 'headers' is given in the event and beside it; delete one of them")
        .contains(":2: file and payload are both given; delete one of them")
        .contains(":2: variables is not a map")
        .contains(":5: 'headers' stands beside request; write it into request")
        .contains(":5: 'orderingKey' stands beside request; only an event has it");
  }

  @Test
  void requests_schedules_and_polls_start_their_routes() throws IOException {
    route(
        "shop-api",
        "uri: platform-http:/api/shop/{id}\nparameters:\n  httpMethodRestrict: GET",
        """
        - setBody:
            expression:
              simple:
                expression: '{"id":"${header.id}","q":"${header.q}"}'
        """);
    route(
        "shop-nightly",
        "uri: timer:nightly\nparameters:\n  period: 86400000",
        """
        - to:
            id: store
            uri: inbox:shop
            parameters:
              id: random
        """
            .replace(
                "- to",
                "- setBody:\n    expression:\n      simple:\n        expression: ${date:now:yyyy}\n- to"));
    route(
        "shop-files",
        "uri: file:inbox",
        """
        - log:
            message: "file ${header.CamelFileName}: ${body}"
        """);
    TestReport report =
        run(
            "shop-others",
            """
            - name: answers
              given: {request: {path: /api/shop/7, query: {q: a b}}}
              then: {answer: {status: 200, body: {id: "7", q: a b}}}
            - name: runs at night
              given: {schedule: shop-nightly}
              then: {events: [{source: shop}]}
            - name: reads files
              given: {poll: shop-files}
              stubs: {shop-files: [{body: one, headers: {CamelFileName: a.txt}}, {body: two, headers: {CamelFileName: b.txt}}]}
              then: {log: ["file a.txt: one", "file b.txt: two"]}
            - name: names a wrong route
              given: {schedule: shop-nightli}
              then: {events: 0}
            """);
    assertThat(report.results())
        .extracting(TestResult::isPassed)
        .as(text(report))
        .containsExactly(true, true, true, false);
    assertThat(text(report))
        .contains("there is no route 'shop-nightli'; did you mean 'shop-nightly'?");
  }

  @Test
  void every_fault_of_a_file_is_told_with_its_line() throws IOException {
    handler("shop-tell", NUMBER + TELL);
    TestReport report =
        run(
            "shop-tell",
            """
            - name: is wrong
              givn: {}
              given: {event: {sorce: shop, payload: {}, file: x.json}, time: noon, advance: 10m}
              stubs: {tell-crm: {boddy: 1, status: 99}}
              then: {state: finished, cals: {}}
              effects: maybe
            - given: {event: {source: shop}, request: {path: api}}
            """);
    assertThat(report.results()).isEmpty();
    assertThat(report.isPassed()).isFalse();
    assertThat(text(report))
        .contains("routes/shop/shop-tell.test.yaml:2: unknown key 'givn'; did you mean 'given'?")
        .contains(":3: unknown key 'sorce'; did you mean 'source'?")
        .contains(":3: 'source' is missing")
        .contains(":3: file and payload are both given; delete one of them")
        .contains(":3: 'noon' cannot be read; write it as 2026-11-30T12:00:00Z")
        .contains(":3: '10m' cannot be read; write it as PT10M")
        .contains(":4: unknown key 'boddy'; did you mean 'body'?")
        .contains(":4: '99' is no whole number from 100 to 599")
        .contains(":5: 'finished' is no state of an event")
        .contains(":5: unknown key 'cals'; did you mean 'calls'?")
        .contains(":6: effects: 'maybe' is neither once nor at-least-once")
        .contains(":7: the test has no name")
        .contains(":7: given names 2 things that start a route")
        .contains(":7: the test expects nothing");
  }

  @Test
  void a_step_that_is_not_there_is_told_with_the_one_that_is_meant() throws IOException {
    handler("shop-tell", NUMBER + TELL);
    TestReport report =
        run(
            "shop-tell",
            """
            - name: tells
              given: {event: {source: shop, payload: {order: {number: 7}}}}
              stubs: {tel-crm: {body: {}}}
              then: {state: done}
            """);
    assertThat(text(report)).contains(":3: no step has the id 'tel-crm'; did you mean 'tell-crm'?");
  }
}
