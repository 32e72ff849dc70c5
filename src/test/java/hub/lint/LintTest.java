package hub.lint;

import static org.assertj.core.api.Assertions.assertThat;

import hub.lint.Fault.Level;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LintTest {
  @TempDir Path root;
  HubFolder hub;

  @BeforeEach
  void open() {
    hub = new HubFolder(root);
  }

  @Test
  void routes_in_other_languages_are_told_since_nobody_reads_them() {
    hub.write("routes/shop/orders.xml", "<routes/>").write("routes/shop/Orders.java", "class X {}");

    assertThat(hub.printed())
        .containsExactlyInAnyOrder(
            "routes/shop/orders.xml: is neither a route nor a Kamelet and is not read;"
                + " write it as YAML in a file that ends with .camel.yaml, or move it elsewhere",
            "routes/shop/Orders.java: is neither a route nor a Kamelet and is not read;"
                + " write it as YAML in a file that ends with .camel.yaml, or move it elsewhere");
  }

  @Test
  void a_clean_folder_has_no_faults() {
    hub.write(
            "application.properties",
            "hub.inbox.retention-days = 7\ncamel.server.port = 80\n"
                + "camel.beans.sent = #bean:theirs\n")
        .environment("SHOP_WEBHOOK_SECRET", "0123456789abcdef")
        .webhook(
            """
            source: shop
            scheme: hmac
            secrets: SHOP_WEBHOOK_SECRET
            signatureHeader: X-Shop-Signature
            eventId: $.id
            eventType: $.type
            """)
        .write(
            "routes/policies/try-twice.camel.yaml",
            """
            - routeConfiguration:
                id: try-twice
                errorHandler:
                  defaultErrorHandler:
                    redeliveryPolicy:
                      maximumRedeliveries: 2
                      useExponentialBackOff: true
                      redeliveryDelay: "{{shop.delay:500}}"
                onException:
                  - onException:
                      exception:
                        - java.lang.IllegalStateException
                      handled:
                        constant:
                          expression: "true"
                      steps:
                        - log:
                            message: gone
            """)
        .write(
            "routes/shop/shop-record-order.camel.yaml",
            """
            - route:
                id: shop-record-order
                description: Keeps our copy of an order.
                routeConfigurationId: retry-then-park
                from:
                  uri: inbox:shop
                  parameters:
                    types: order.*
                    orderBy: orderingKey
                    concurrency: "{{shop.concurrency:4}}"
                    retryDelaysSeconds: 5,10
                  steps:
                    - setVariable:
                        name: order
                        expression:
                          jsonpath: {expression: $.data.object}
                    - setBody:
                        simple:
                          expression: ${body[id]}
                    - choice:
                        when:
                          - simple:
                              expression: ${header.x} == 1
                            steps:
                              - stop: {}
                        otherwise:
                          steps:
                            - log:
                                message: "Order ${variable.order}"
                                loggingLevel: INFO
                    - circuitBreaker:
                        resilience4jConfiguration:
                          slidingWindowType: TIME_BASED
                          failureRateThreshold: 50
                          throwExceptionWhenHalfOpenOrOpenState: true
                        steps:
                          - to:
                              id: upsert-order
                              uri: sql:classpath:sql/select-subscription.sql
                              parameters:
                                batch: false
                        onFallback:
                          steps:
                            - throwException:
                                exceptionType: java.lang.IllegalStateException
                                message: down
                    - doTry:
                        steps:
                          - toD:
                              uri: direct:${header.next}
                        doCatch:
                          - exception:
                              - java.lang.Exception
                            steps:
                              - to:
                                  uri: direct:tell
                    - split:
                        tokenize:
                          token: ","
                        steps:
                          - wireTap:
                              uri: direct:tell
                    - idempotentConsumer:
                        idempotentRepository: "#sent"
                        expression:
                          variable: {expression: eventId}
                        steps:
                          - removeHeaders:
                              pattern: "*"
                    - marshal:
                        json:
                          library: Jackson
            """)
        .route("tell", "direct:tell", "- stop: {}\n")
        .write(
            "routes/shop/shop-api.camel.yaml",
            """
            - restConfiguration:
                component: platform-http
            - rest:
                path: /api/shop
                get:
                  - path: /orders
                    id: list-orders
                    to:
                      uri: direct:tell
            - beans:
                - name: list
                  type: java.util.ArrayList
            """)
        .write(
            "routes/login/providers.yaml",
            "company:\n  issuer: https://id.example.com\n  client-id: \"{{COMPANY_ID}}\"\n")
        .write(
            "routes/shop/shop-record-order.test.yaml",
            "- name: records an order\n  given: {event: {source: shop, type: order.paid, payload: {}}}\n  then: {state: done}\n");

    assertThat(hub.printed()).isEmpty();
  }

  @Test
  void checks_at_the_same_time_do_not_disturb_each_other() {
    hub.route("shop-note", "timer:tick", "- process: {ref: nobody}\n- sty: {}\n");
    List<String> alone = hub.printed();

    List<List<String>> together =
        IntStream.range(0, 8).parallel().mapToObj(i -> hub.printed()).toList();

    assertThat(alone).hasSize(2);
    assertThat(together).allMatch(alone::equals);
  }

  @Test
  void whatever_camel_allows_is_no_fault() {
    hub.write(
            "application.properties",
            """
            camel.beans.merge = #class:org.apache.camel.processor.aggregate.GroupedBodyAggregationStrategy
            camel.beans.repo = #bean:theirs
            camel.beans.shared = #bean:theirs
            camel.beans.thing = #bean:theirs
            """)
        .write(
            "routes/policies/everything.camel.yaml",
            """
            - intercept:
                steps:
                  - log:
                      message: seen
            - onException:
                exception:
                  - java.lang.Exception
                onWhen:
                  simple:
                    expression: ${header.x} == 1
                redeliveryPolicy:
                  maximumRedeliveries: "3"
                handled:
                  constant:
                    expression: "true"
                retryWhile:
                  simple:
                    expression: ${header.again} == true
            - errorHandler:
                deadLetterChannel:
                  deadLetterUri: direct:everything
                  useOriginalMessage: true
            - onCompletion:
                steps:
                  - stop: {}
            - routeTemplate:
                id: copy
                parameters:
                  - name: from
                  - name: to
                    defaultValue: log:x
                from:
                  uri: "{{from}}"
                  steps:
                    - to:
                        uri: "{{to}}"
            - templatedRoute:
                routeTemplateRef: copy
                routeId: copied
                parameters:
                  - name: from
                    value: direct:copied
            """)
        .route(
            "everything",
            "direct:everything?failIfNoConsumers=false",
            """
            - aggregate:
                aggregationStrategy: "#class:org.apache.camel.processor.aggregate.GroupedBodyAggregationStrategy"
                completionSize: 50
                completionTimeout: "1000"
                correlationExpression:
                  constant:
                    expression: "true"
                steps:
                  - multicast:
                      parallelProcessing: true
                      steps:
                        - to: log:a
                        - to:
                            uri: seda:b
                            parameters:
                              size: 10
            - throttle:
                mode: TotalRequests
                timePeriodMillis: "1000"
                expression:
                  constant:
                    expression: "3"
                correlationExpression:
                  header:
                    expression: tenant
            - delay:
                expression:
                  simple:
                    expression: ${random(10,20)}
            - loop:
                constant: {expression: "2"}
                steps:
                  - transform:
                      jsonpath:
                        expression: $.items[?(@.price > 5)]
            - recipientList:
                simple: {expression: "direct:${header.next}"}
            - enrich:
                aggregationStrategy: "#merge"
                constant: {expression: "direct:everything"}
            - pollEnrich:
                timeout: "100"
                constant: {expression: "seda:b"}
            - poll:
                uri: seda:b
                timeout: "100"
            - setHeaders:
                headers:
                  - name: a
                    constant: {expression: "1"}
                  - name: b
                    expression:
                      simple: {expression: "${body}"}
            - setVariables:
                variables:
                  - name: a
                    jsonpath: {expression: $.a, resultType: java.lang.String, source: "variable:x"}
            - setProperty:
                name: p
                exchangeProperty: {expression: q}
            - script:
                simple: {expression: "${null}"}
            - validate:
                simple: {expression: "${body} != null"}
            - sort: {}
            - unmarshal:
                json: {}
            - convertBodyTo:
                type: java.lang.String
            - bean:
                ref: thing
                method: go
            - process:
                ref: "#thing"
            - removeHeader:
                name: x
            - removeHeaders:
                pattern: "*"
                excludePattern: Content-Type
            - doTry:
                steps:
                  - rollback:
                      message: no
                doCatch:
                  - exception: [java.lang.Exception]
                    onWhen:
                      simple: {expression: "${exception.message} contains 'x'"}
                    steps:
                      - stop: {}
                doFinally:
                  steps:
                    - log: done
            - circuitBreaker:
                configuration: shared
                resilience4jConfiguration:
                  timeoutEnabled: true
                  timeoutDuration: "10000"
                steps:
                  - toD:
                      uri: log:${header.path}?showAll=true
                  - wireTap:
                      uri: direct:everything
                onFallback:
                  fallbackViaNetwork: false
                  steps:
                    - setBody:
                        constant: {expression: ""}
            - claimCheck:
                operation: Push
            - idempotentConsumer:
                idempotentRepository: "#repo"
                skipDuplicate: false
                header: {expression: id}
                steps:
                  - kamelet:
                      name: webhook-source
            - saga:
                sagaService: "#saga"
                completion: {uri: "direct:everything"}
                steps: []
            - dynamicRouter:
                method: {ref: thing, method: next}
            - routingSlip:
                header: {expression: slip}
            - sample:
                samplePeriod: "1000"
            - step:
                id: part
                steps:
                  - pipeline:
                      steps:
                        - log:
                            message: "${body}"
                            marker: m
            - to:
                uri: platform-http:/x
                pattern: InOnly
                disabled: "{{off:false}}"
            """);

    assertThat(hub.printed()).isEmpty();
  }

  @Test
  void all_faults_are_told_at_once_by_file_and_line() {
    hub.write(
            "application.properties", "# mine\nhub.inbox.retention-dayz = 7\nhub.data-dir = data\n")
        .environment("HUB_INBOX_RETENTION_DAYS", "soon")
        .webhook(
            """
            source: shop
            scheme: hmacc
            secrets: SHOP_WEBHOOK_SECRET
            """)
        .route("b-two", "direct:two", "- setBdy:\n    simple:\n      expression: x\n")
        .route(
            "a-one",
            "inbox:shop",
            """
            - to:
                uri: direct:too
            - to:
                uri: kamelet:webhok-source
            """)
        .write("routes/broken.camel.yaml", "- route:\n    id: a\n   from: b\n")
        .write("routes/notes.yml", "a: 1\n");

    assertThat(hub.printed())
        .containsExactly(
            "application.properties:2: unknown setting 'hub.inbox.retention-dayz';"
                + " did you mean 'hub.inbox.retention-days'?",
            "hub.inbox.retention-days: HUB_INBOX_RETENTION_DAYS must be a whole number"
                + " from 1 to 2147483647, not 'soon'",
            "routes/broken.camel.yaml:3: is not YAML: expected <block end>, but found '<block mapping start>';"
                + " check the indentation, and quote a text that contains ': '",
            "routes/notes.yml: is neither a route nor a Kamelet and is not read;"
                + " name it notes.camel.yaml, or move it elsewhere",
            "routes/shop/a-one.camel.yaml:8: no route starts from direct:too;"
                + " did you mean 'two'?",
            "routes/shop/a-one.camel.yaml:10: there is no kamelet 'webhok-source';"
                + " did you mean 'webhook-source'?",
            "routes/shop/b-two.camel.yaml:7: unknown step 'setBdy'; did you mean 'setBody'?",
            "routes/shop/shop-webhook.camel.yaml:8: scheme: 'hmacc' is unknown;"
                + " did you mean 'hmac'?; the reference lists all, and one of your own is"
                + " routes/schemes/NAME.scheme.yaml",
            "routes/shop/shop-webhook.camel.yaml:9: SHOP_WEBHOOK_SECRET is not set;"
                + " set it to the secret that shop signs with, or add optional: true");
    assertThat(hub.faults())
        .filteredOn(fault -> fault.level() == Level.WARNING)
        .extracting(Fault::where)
        .containsExactly("routes/notes.yml");
  }

  @Test
  void a_missing_routes_folder_is_told() {
    assertThat(
            Lint.check(
                root.resolve("nowhere"),
                root.resolve("application.properties"),
                new hub.config.Settings(key -> java.util.Optional.empty()),
                null,
                java.util.Map.of()))
        .extracting(Fault::toString)
        .containsExactly("nowhere: there is no such folder; start where the routes folder is");
  }
}
