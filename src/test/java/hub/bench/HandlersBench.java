package hub.bench;

import java.sql.Connection;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Measures how fast the shipped handlers of Stripe's subscription events work, beside acknowledging
 * alone, and checks each effect; run by {@code mvn -Pbench verify}.
 *
 * <p>System properties: {@code bench.handled} (30000) events a phase, {@code bench.old} (10000000
 * on PostgreSQL, a tenth of it on H2) finished events in a large store, {@code bench.only}: names
 * of stores as a regular expression, {@code bench.jvm}: more options for the hub's JVM.
 */
class HandlersBench extends HandlingBenchmark {
  private static final int EVENTS = Integer.getInteger("bench.handled", 30_000);
  private static final int OLD = Integer.getInteger("bench.old", 10_000_000);
  private static final int MANY = 256;

  @ParameterizedTest
  @EnumSource(BenchStore.class)
  void the_shipped_handlers_keep_up(BenchStore store) throws Exception {
    assumeAsked(store);
    double endToEnd;
    try (HandlersHub hub = HandlersHub.on(store, work, "handlers").start()) {
      hub.warmUp(EVENTS);
      hub.suspend();
      long cpu = hub.process().cpuNanos();
      double alone = hub.load(EVENTS, Load.CONNECTIONS).perSecond();
      long loaded = hub.process().cpuNanos();
      HandlingPage.add(
          store,
          "acknowledging alone",
          "",
          "%,.0f/s, %.0f µs of CPU each",
          alone,
          (loaded - cpu) / 1e3 / EVENTS);
      hub.resume();
      long begun = System.nanoTime();
      hub.awaitDone();
      ratio(store, "handling that backlog", "", EVENTS * 1e9 / (System.nanoTime() - begun), alone);
      HandlingPage.add(
          store,
          "CPU of a shipped handler",
          "",
          "%.0f µs",
          (hub.process().cpuNanos() - loaded) / 1e3 / EVENTS);
      endToEnd = hub.endToEnd(EVENTS, Load.CONNECTIONS);
      ratio(store, "end to end, 64 connections", "≥ 0.3", endToEnd, alone);
      ratio(store, "end to end, 256 connections", "≥ 0.3", hub.endToEnd(EVENTS, MANY), alone);
      hub.stop();
      hub.check(0);
    }
    beside(store, store == BenchStore.H2 ? OLD / 10 : OLD, endToEnd);
  }

  private static void beside(BenchStore store, int old, double fresh) throws Exception {
    if (old == 0) {
      return;
    }
    try (HandlersHub hub = HandlersHub.on(store, work, "old").start()) {
      hub.stop();
      try (Connection connection = hub.connect()) {
        store.addFinished(connection, old, "stripe", HandlersHub.HANDLER, "{}", true);
      }
      hub.start();
      hub.warmUp(EVENTS);
      double rate = hub.endToEnd(EVENTS, Load.CONNECTIONS);
      HandlingPage.add(
          store,
          "end to end beside 10,000,000 finished events (H2: a tenth) / in an empty store",
          "≥ 0.8",
          "%.2f (%,.0f/s beside %,d)",
          rate / fresh,
          rate,
          old);
      hub.stop();
      hub.check(old);
    }
  }

  private static void ratio(
      BenchStore store, String what, String bound, double rate, double alone) {
    HandlingPage.add(
        store, what + " / acknowledging alone", bound, "%.2f (%,.0f/s)", rate / alone, rate);
  }
}
