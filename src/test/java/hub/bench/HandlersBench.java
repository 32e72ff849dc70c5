package hub.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Measures how fast the shipped handlers of Stripe's subscription events work, beside acknowledging
 * alone, and checks each effect; run by {@code mvn -Pbench verify}.
 *
 * <p>System properties: {@code bench.handled} (30000) events a phase, {@code bench.only}: names of
 * stores as a regular expression, {@code bench.jvm}: more options for the hub's JVM.
 */
class HandlersBench {
  private static final int EVENTS = Integer.getInteger("bench.handled", 30_000);
  private static final String ONLY = System.getProperty("bench.only", ".*");
  private static final int SUBSCRIPTIONS = 20_000;
  private static final String HANDLER = "stripe-subscription-updated";
  private static final int NEVER = 3_600;

  private static final List<String> ROUTES =
      List.of(
          "kamelets/webhook-source.kamelet.yaml",
          "kamelets/stripe-own-action.kamelet.yaml",
          "policies/every-route.camel.yaml",
          "policies/retry-then-park.camel.yaml",
          "stripe/stripe-webhook.camel.yaml",
          "stripe/stripe-subscription-created.camel.yaml",
          "stripe/stripe-subscription-updated.camel.yaml",
          "stripe/stripe-subscription-deleted.camel.yaml",
          "stripe/stripe-record-subscription.camel.yaml");

  /** Events that are not done, or not at their first attempt. */
  private static final String NOT_DONE =
      "SELECT count(*) FROM inbox_delivery WHERE status <> 'done' OR attempts <> 1";

  /** Subscriptions whose copy is not what their newest event says. */
  private static final String NOT_NEWEST =
      """
      SELECT count(*) FROM
        (SELECT ordering_key, max(sequence) AS newest FROM inbox_event GROUP BY ordering_key) e
      LEFT JOIN subscription s ON s.id = e.ordering_key AND s.event_sequence = e.newest
      WHERE s.id IS NULL
      """;

  @TempDir static Path work;

  private int series;

  @AfterAll
  static void stopPostgres() throws IOException {
    BenchStore.stop();
  }

  @ParameterizedTest
  @EnumSource(BenchStore.class)
  void the_shipped_handlers_keep_up(BenchStore store) throws Exception {
    assumeTrue(store.name().matches(ONLY));
    Path folder = routes(store);
    Map<String, String> environment =
        new HashMap<>(store.fresh("handlers-" + store.name().toLowerCase(java.util.Locale.ROOT)));
    environment.put("STRIPE_WEBHOOK_SECRET", StripeEvents.SECRET);
    int stored = 0;
    try (HubProcess hub = HubProcess.start(folder, environment)) {
      // Warm: the JIT compiler is at work for a minute.
      stored += load(hub, EVENTS).requests();
      awaitDone(hub);
      stored += load(hub, EVENTS).requests();
      awaitDone(hub);

      control(hub, "suspend");
      long cpu = hub.cpuNanos();
      Load.Result alone = load(hub, EVENTS);
      stored += alone.requests();
      long afterLoad = hub.cpuNanos();
      control(hub, "resume");
      long begun = System.nanoTime();
      awaitDone(hub);
      double drained = EVENTS * 1e9 / (System.nanoTime() - begun);
      System.out.printf(
          "%s acknowledged alone %,.0f/s, %.0f us CPU each; backlog drained %,.0f/s, %.0f us CPU each, ratio %.2f%n",
          store,
          alone.perSecond(),
          (afterLoad - cpu) / 1e3 / EVENTS,
          drained,
          (hub.cpuNanos() - afterLoad) / 1e3 / EVENTS,
          drained / alone.perSecond());

      begun = System.nanoTime();
      Load.Result beside = load(hub, EVENTS);
      stored += beside.requests();
      awaitDone(hub);
      double endToEnd = EVENTS * 1e9 / (System.nanoTime() - begun);
      System.out.printf(
          "%s with handlers: acknowledged %,.0f/s p99 %.0f ms; end to end %,.0f/s, ratio %.2f%n",
          store, beside.perSecond(), beside.p99Millis(), endToEnd, endToEnd / alone.perSecond());
    }
    try (Connection connection = store.connect(environment, folder)) {
      assertThat(count(connection, "SELECT count(*) FROM inbox_event")).isEqualTo(stored);
      assertThat(count(connection, NOT_DONE)).as("not done at the first attempt").isZero();
      assertThat(count(connection, NOT_NEWEST)).as("not the newest event's effect").isZero();
    }
  }

  private static Path routes(BenchStore store) throws IOException {
    Path folder = work.resolve(store.toString());
    for (String route : ROUTES) {
      Path copy = folder.resolve("routes").resolve(route);
      Files.createDirectories(copy.getParent());
      Files.copy(Path.of("routes").resolve(route), copy);
    }
    for (String route : List.of("bench-unfinished", "bench-route-control")) {
      String file = route + ".camel.yaml";
      try (InputStream in = HandlersBench.class.getResourceAsStream(file)) {
        Files.copy(in, folder.resolve("routes").resolve(file));
      }
    }
    return folder;
  }

  private Load.Result load(HubProcess hub, int events) throws IOException {
    StripeEvents made = new StripeEvents("stripe", String.format("%04d", ++series), SUBSCRIPTIONS);
    return Load.of(events, NEVER, hub.port(), made);
  }

  private static void control(HubProcess hub, String action)
      throws IOException, InterruptedException {
    assertThat(hub.get("/api/admin/bench/route?id=" + HANDLER + "&action=" + action))
        .isEqualTo(200);
  }

  private static void awaitDone(HubProcess hub) throws IOException, InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(NEVER);
    for (int status = 200; status != 204; status = hub.get("/api/admin/bench/open")) {
      assertThat(status).isEqualTo(200);
      assertThat(System.nanoTime()).as("time until all is done").isLessThan(end);
      TimeUnit.MILLISECONDS.sleep(50);
    }
  }

  private static long count(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getLong(1);
    }
  }
}
