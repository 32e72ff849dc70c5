package hub;

import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import hub.testing.FaultyLine;
import hub.testing.HubProcess;
import hub.testing.Store;
import hub.testing.Stripe;
import hub.testing.TestHub;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.Processor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * A handler whose lease is over does nothing more; one that still has it ends what it began. Slow:
 * leases run out.
 */
@Execution(ExecutionMode.CONCURRENT)
@Tag("process")
@Tag("postgres")
@Tag("slow")
class FenceTest {
  private static final Duration SOON = Duration.ofSeconds(30);

  private final WireMockServer api =
      new WireMockServer(WireMockConfiguration.options().dynamicPort());

  @BeforeEach
  void start() {
    api.start();
    api.stubFor(post(anyUrl()).willReturn(okJson("{}")));
  }

  @AfterEach
  void stop() {
    api.stop();
  }

  private String call(String id, String path) {
    return """
        - to:
            id: %s
            uri: kamelet:http-api-action
            parameters:
              baseUrl: http://localhost:%d
              path: %s
              method: POST
              breaker: crm
              operation: %s
        """
        .formatted(id, api.port(), path, id);
  }

  private static String handler(String id, String options, String... steps) {
    return """
        - route:
            id: %s
            description: Has several effects.
            from:
              uri: inbox:stripe
              parameters:
                types: customer.subscription.*
                retryDelaysSeconds: "1,1,1"
        %s
              steps:
        %s
        """
        .formatted(id, options.indent(8).stripTrailing(), String.join("", steps).indent(8));
  }

  /** Long on the first attempt; the node that takes over is quick. */
  private static final String PAUSE =
      """
      - choice:
          when:
            - simple:
                expression: "${variable.attempt} == 1"
              steps:
                - delay:
                    constant:
                      expression: "2500"
      """;

  private static final String NOTE_RUN =
      """
      - to:
          id: note-run
          uri: sql:INSERT INTO probe.run (event_id) VALUES (:#${variable.providerEventId})
      """;

  private static final String TELL_ONCE =
      """
      - idempotentConsumer:
          idempotentRepository: "#idempotency"
          completionEager: true
          expression:
            simple:
              expression: ${variable.eventId}/tell
          steps:
            - log:
                id: tell
                message: told ${variable.providerEventId}
      """;

  private static final String APPEND =
      """
      - removeVariable:
          name: eventId
      - setBody:
          constant:
            expression: a copy
      - to:
          id: append-copy
          uri: inbox:copy
      """;

  private HubProcess.Builder node() {
    String lease = "leaseSeconds: 2";
    return HubProcess.on(Store.POSTGRESQL)
        .with("STRIPE_WEBHOOK_SECRET", Stripe.SECRET)
        .routeFile("stripe/stripe-webhook.camel.yaml")
        .routeFile("policies/every-route.camel.yaml")
        .routeFile("policies/retry-then-park.camel.yaml")
        .routeFile("kamelets/provider-call-action.kamelet.yaml")
        .routeFile("kamelets/http-api-action.kamelet.yaml")
        .route(
            "call-twice",
            handler("call-twice", lease, call("first", "/first"), PAUSE, call("second", "/second")))
        .route("write-late", handler("write-late", lease, PAUSE, NOTE_RUN))
        .route("tell-late", handler("tell-late", lease, PAUSE, TELL_ONCE))
        .route("append-late", handler("append-late", lease, PAUSE, APPEND));
  }

  @Test
  void a_node_that_was_stopped_past_its_lease_does_nothing_more_for_the_event() throws Exception {
    try (HubProcess first = node().start()) {
      first.query("CREATE SCHEMA probe");
      first.query("CREATE TABLE probe.run (event_id varchar(64))");
      String body = Stripe.subscription("evt_1", "created", "sub_1", 1_700_000_000L);
      assertThat(
              first
                  .send("POST", "/api/webhooks/stripe", body, "Stripe-Signature", Stripe.sign(body))
                  .statusCode())
          .isEqualTo(200);
      await()
          .atMost(SOON)
          .pollInterval(Duration.ofMillis(20))
          .until(
              () ->
                  // Answered: a stop within the first call would end in that call's time-out.
                  count("/first") == 1
                      && first
                          .output()
                          .lines()
                          .anyMatch(line -> line.contains("h.call ") && line.contains("status=200"))
                      && first
                          .query("SELECT count(*) FROM inbox_delivery WHERE status = 'processing'")
                          .equals("4"));
      first.stall();
      try (HubProcess second = node().beside(first).start()) {
        await()
            .atMost(SOON)
            .pollInterval(Duration.ofMillis(200))
            .until(
                () ->
                    second
                        .query("SELECT count(*) FROM inbox_delivery WHERE status = 'done'")
                        .equals("4"));
        first.goOn();
        await()
            .atMost(SOON)
            .untilAsserted(
                () ->
                    assertThat(
                            first.output().lines().filter(line -> line.contains("outcome=fenced")))
                        .hasSize(4)
                        .allMatch(line -> line.contains("lease")));

        assertThat(count("/second")).as("calls").isEqualTo(1);
        assertThat(second.query("SELECT count(*) FROM probe.run")).as("rows").isEqualTo("1");
        assertThat(second.query("SELECT count(*) FROM inbox_event WHERE source = 'copy'"))
            .as("appends")
            .isEqualTo("1");
        assertThat(first.output()).as("guarded steps").doesNotContain("told evt_1");
        assertThat(second.output()).contains("told evt_1");
        assertThat(first.output())
            .as("nobody else's failure")
            .doesNotContain("outcome=unavailable")
            .doesNotContain("outcome=timeout");
        assertThat(second.query("SELECT min(attempts) || ' ' || max(attempts) FROM inbox_delivery"))
            .isEqualTo("2 2");
      }
    }
  }

  private int count(String path) {
    return api.countRequestsMatching(postRequestedFor(urlEqualTo(path)).build()).getCount();
  }

  private TestHub.Builder shop(TestHub.Builder builder, int leaseSeconds, Processor hold) {
    String lease = "leaseSeconds: " + leaseSeconds;
    String pause =
        """
        - process:
            ref: hold
        """;
    String write =
        """
        - to:
            id: note-run
            uri: sql:INSERT INTO probe_run VALUES (:#${variable.providerEventId})
        """;
    return builder
        .bind("hold", hold)
        .with("hub.inbox.poll-seconds", "2")
        .routeFile("policies/*.camel.yaml")
        .route(
            "call-twice",
            handler("call-twice", lease, call("first", "/first"), pause, call("second", "/second")))
        .route(
            "write-late",
            handler("write-late", lease, call("before-write", "/before-write"), pause, write))
        .route(
            "tell-late",
            handler("tell-late", lease, call("before-tell", "/before-tell"), pause, TELL_ONCE))
        .route(
            "append-late",
            handler("append-late", lease, call("before-append", "/before-append"), pause, APPEND));
  }

  @Test
  @Tag("faults")
  void an_outage_of_the_store_longer_than_the_leases_repeats_no_effect() throws Exception {
    outlive(3, 8);
  }

  /** The same with the lease that a handler has unless it says otherwise. */
  @Test
  @Tag("faults")
  void an_outage_of_the_store_longer_than_the_usual_lease_repeats_no_effect() throws Exception {
    outlive(60, 75);
  }

  /** Both nodes lose the store in the middle of handlers, longer than their leases. */
  private void outlive(int leaseSeconds, int outageSeconds) throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    AtomicInteger holding = new AtomicInteger();
    AtomicInteger taken = new AtomicInteger();
    Processor hold =
        exchange -> {
          holding.incrementAndGet();
          release.await(5, TimeUnit.MINUTES);
        };
    Processor other = exchange -> taken.incrementAndGet();
    TestHub.Builder builder = shop(TestHub.on(Store.POSTGRESQL), leaseSeconds, hold);
    try (FaultyLine line = builder.line();
        TestHub hub = builder.over(line).start();
        TestHub second =
            shop(TestHub.on(Store.POSTGRESQL).beside(hub), leaseSeconds, other).start()) {
      hub.update("CREATE TABLE probe_run (event_id varchar(64))");
      second.context().getRouteController().suspendRoute("call-twice");
      second.context().getRouteController().suspendRoute("write-late");
      second.context().getRouteController().suspendRoute("tell-late");
      second.context().getRouteController().suspendRoute("append-late");
      hub.append("stripe", "evt_1", "customer.subscription.created", null, "{}");
      await().atMost(SOON).until(() -> holding.get() == 4);
      for (String route : List.of("call-twice", "write-late", "tell-late", "append-late")) {
        second.context().getRouteController().resumeRoute(route);
      }
      line.cut();
      // Most of the handlers go on when their lease is over and the store still away.
      await()
          .pollDelay(Duration.ofSeconds(leaseSeconds + 1))
          .atMost(Duration.ofMinutes(3))
          .until(() -> true);
      release.countDown();
      await()
          .pollDelay(Duration.ofSeconds(outageSeconds - leaseSeconds - 1))
          .atMost(Duration.ofMinutes(3))
          .until(() -> true);
      assertThat(count("/second")).as("before the lease is known to hold").isZero();
      line.mend();

      await()
          .atMost(Duration.ofSeconds(60))
          .ignoreExceptions()
          .until(
              () ->
                  hub.query("SELECT count(*) FROM inbox_delivery WHERE status = 'done'")
                      .equals(java.util.Optional.of("4")));
      assertThat(taken).as("taken over by the other node").hasValue(0);
      for (String path :
          List.of("/first", "/second", "/before-write", "/before-tell", "/before-append")) {
        assertThat(count(path)).as(path).isEqualTo(1);
      }
      assertThat(hub.query("SELECT count(*) FROM probe_run")).contains("1");
      assertThat(hub.query("SELECT count(*) FROM inbox_event WHERE source = 'copy'")).contains("1");
      assertThat(hub.query("SELECT min(attempts) || ' ' || max(attempts) FROM inbox_delivery"))
          .contains("1 1");
    }
  }
}
