package hub.bench;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Measures the shipped handlers of Stripe's subscription events for minutes: at a small rate, at a
 * large one, and while somebody's transaction stays open; run by {@code mvn -Pbench verify}.
 *
 * <p>System properties: {@code bench.seconds-large} (120), {@code bench.seconds-foreign} (600),
 * {@code bench.handled} (30000) events a phase, {@code bench.only}: names of stores as a regular
 * expression.
 */
class SustainedBench extends HandlingBenchmark {
  private static final int LARGE_SECONDS = Integer.getInteger("bench.seconds-large", 120);
  private static final int FOREIGN_SECONDS = Integer.getInteger("bench.seconds-foreign", 600);
  private static final int EVENTS = Integer.getInteger("bench.handled", 30_000);
  private static final int SMALL_RATE = 50;
  private static final int SMALL_SECONDS = 20;
  private static final int LARGE_RATE = 1_500;
  private static final int FOREIGN_RATE = 500;

  /** Milliseconds from the sender's receipt to the end of the last {@code SMALL} events. */
  private static final String LATENCY =
      """
      SELECT percentile_cont(%s) WITHIN GROUP (ORDER BY ms) FROM (
        SELECT EXTRACT(EPOCH FROM (d.finished_at - e.received_at)) * 1000 AS ms
        FROM inbox_delivery d JOIN inbox_event e ON e.id = d.event_id
        ORDER BY e.sequence DESC LIMIT %d) AS last
      """;

  @ParameterizedTest
  @EnumSource(BenchStore.class)
  void handlers_keep_up_for_minutes(BenchStore store) throws Exception {
    assumeAsked(store);
    try (HandlersHub hub = HandlersHub.on(store, work, "sustained").start()) {
      hub.warmUp(EVENTS);
      large(store, hub);
      hub.paced(SMALL_RATE, SMALL_SECONDS);
      hub.awaitDone();
      hub.stop();
      hub.check(0);
      try (Connection connection = hub.connect()) {
        HandlingPage.add(
            store,
            "received to done at " + SMALL_RATE + "/s, p50 and p99",
            "",
            "%.1f and %.1f ms",
            latency(connection, 0.5),
            latency(connection, 0.99));
      }
    }
  }

  private static double latency(Connection connection, double share) throws SQLException {
    return HandlersHub.count(connection, LATENCY.formatted(share, SMALL_RATE * SMALL_SECONDS));
  }

  private static void large(BenchStore store, HandlersHub hub) throws Exception {
    AtomicInteger most = new AtomicInteger();
    AtomicBoolean ended = new AtomicBoolean();
    Thread watch =
        new Thread(
            () -> {
              try {
                while (!ended.get()) {
                  most.accumulateAndGet(hub.waiting(), Math::max);
                  TimeUnit.MILLISECONDS.sleep(500);
                }
              } catch (IOException e) {
                most.set(Integer.MAX_VALUE);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    watch.start();
    Load.Result result = hub.paced(LARGE_RATE, LARGE_SECONDS);
    ended.set(true);
    watch.join();
    long begun = System.nanoTime();
    hub.awaitDone();
    HandlingPage.add(
        store,
        "%,d/s offered for %d s: the largest backlog".formatted(LARGE_RATE, LARGE_SECONDS),
        "≤ 5 s",
        "%.1f s (taken %,.0f/s, p99 %.0f ms; done %.1f s after the last)",
        most.get() / (double) LARGE_RATE,
        result.perSecond(),
        result.p99Millis(),
        (System.nanoTime() - begun) / 1e9);
  }

  @ParameterizedTest
  @EnumSource(value = BenchStore.class, names = "POSTGRESQL")
  void somebodys_open_transaction_slows_no_handler(BenchStore store) throws Exception {
    assumeAsked(store);
    try (HandlersHub hub = HandlersHub.on(store, work, "foreign").start()) {
      hub.warmUp(EVENTS);
      double before = hub.endToEnd(EVENTS, Load.CONNECTIONS);
      try (Connection foreign = hub.connect();
          Statement statement = foreign.createStatement()) {
        foreign.setAutoCommit(false);
        foreign.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
        // Has a number and a snapshot, so that nothing that ends from now on may be cleaned up.
        statement.execute("CREATE TABLE somebodys (id int)");
        statement.execute("SELECT count(*) FROM inbox_lane");
        hub.paced(FOREIGN_RATE, FOREIGN_SECONDS);
        hub.awaitDone();
        double rate = hub.endToEnd(EVENTS, Load.CONNECTIONS);
        HandlingPage.add(
            store,
            "end to end while a foreign transaction has been open for %d s at %d/s / before"
                .formatted(FOREIGN_SECONDS, FOREIGN_RATE),
            "> 0.8",
            "%.2f (%,.0f/s)",
            rate / before,
            rate);
        foreign.rollback();
      }
      hub.stop();
      hub.check(0);
    }
  }
}
