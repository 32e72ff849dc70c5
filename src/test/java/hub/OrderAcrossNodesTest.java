package hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import hub.testing.HubProcess;
import hub.testing.Store;
import hub.testing.Stripe;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Two nodes whose clocks differ by a minute handle the events of each key in the order in which
 * they were stored, also when one of them stands still for longer than its leases. Slow: leases run
 * out.
 */
@Tag("faults")
@Tag("process")
@Tag("postgres")
@Tag("slow")
class OrderAcrossNodesTest {
  private static final int EVENTS = Integer.getInteger("order.events", 400);
  private static final int KEYS = 4;
  private static final int SENDERS = 4;
  private static final Duration LEASE = Duration.ofSeconds(2);
  private static final Duration SOON = Duration.ofSeconds(60);

  /** The delay keeps a backlog until one node is stopped. */
  private static final String HANDLER =
      """
      - route:
          id: note-in-order
          description: Notes each run, and its effect once.
          from:
            uri: inbox:stripe
            parameters:
              orderBy: orderingKey
              leaseSeconds: %d
              retryDelaysSeconds: "1,1,1"
            steps:
              - delay:
                  expression:
                    constant:
                      expression: "40"
              - to:
                  id: note-effect
                  uri: sql:INSERT INTO probe.effect (ordering_key, number) SELECT :#${variable.orderingKey}, CAST(:#${variable.sequence} AS bigint) WHERE NOT EXISTS (SELECT 1 FROM probe.effect WHERE number = CAST(:#${variable.sequence} AS bigint))
      """
          .formatted(LEASE.toSeconds());

  private static final String OUT_OF_ORDER =
      """
      SELECT count(*) FROM (
        SELECT number, lag(number) OVER (PARTITION BY ordering_key ORDER BY place) AS previous FROM probe.effect) AS n
      WHERE previous > number
      """;

  private static HubProcess.Builder node() {
    return HubProcess.on(Store.POSTGRESQL)
        .with("STRIPE_WEBHOOK_SECRET", Stripe.SECRET)
        .routeFile("stripe/stripe-webhook.camel.yaml")
        .route("note-in-order", HANDLER);
  }

  @Test
  void two_nodes_keep_the_order_whatever_their_clocks_say_and_though_one_stands_still()
      throws Exception {
    try (HubProcess late = node().start()) {
      late.query("CREATE SCHEMA probe");
      late.query(
          "CREATE TABLE probe.effect (place bigserial PRIMARY KEY, ordering_key text, number bigint)");
      try (HubProcess early = node().beside(late).clockAhead(Duration.ofMinutes(1)).start()) {
        post(List.of(late, early));
        early.stall();
        String effects = late.query("SELECT count(*) FROM probe.effect");
        assertThat(Integer.parseInt(effects)).as("backlog at the stop").isLessThan(EVENTS);
        Thread.sleep(LEASE.plusSeconds(2).toMillis());
        early.goOn();
        await()
            .atMost(SOON)
            .pollInterval(Duration.ofMillis(100))
            .until(
                () ->
                    late.query("SELECT count(*) FROM inbox_delivery WHERE due_at IS NOT NULL")
                        .equals("0"));

        assertThat(late.query(OUT_OF_ORDER)).as("effects out of order").isEqualTo("0");
        assertThat(late.query("SELECT count(*) || ' ' || count(DISTINCT number) FROM probe.effect"))
            .isEqualTo(EVENTS + " " + EVENTS);
        assertThat(late.query("SELECT count(*) FROM inbox_lane")).as("lanes left").isEqualTo("0");
        assertThat(
                late.query(
                    "SELECT (max(received_at) > now() + interval '30 seconds')::text FROM inbox_event"))
            .as("one clock is ahead")
            .isEqualTo("true");
        assertThat(late.output() + early.output()).doesNotContain("inbox=lanes");
      }
    }
  }

  /** Events of all keys at both nodes, by senders at a time. */
  private static void post(List<HubProcess> nodes) throws Exception {
    ExecutorService senders = Executors.newFixedThreadPool(SENDERS);
    try {
      List<Future<Void>> posts =
          IntStream.range(0, EVENTS)
              .mapToObj(number -> senders.submit(() -> post(nodes.get(number % 2), number)))
              .toList();
      for (Future<Void> post : posts) {
        post.get();
      }
    } finally {
      senders.shutdownNow();
    }
  }

  private static Void post(HubProcess node, int number) throws IOException {
    String body =
        Stripe.subscription(
            "evt_" + number, "updated", "sub_" + number / 2 % KEYS, 1_700_000_000L + number);
    assertThat(
            node.send("POST", "/api/webhooks/stripe", body, "Stripe-Signature", Stripe.sign(body))
                .statusCode())
        .isEqualTo(200);
    return null;
  }
}
