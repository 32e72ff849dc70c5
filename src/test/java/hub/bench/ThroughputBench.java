package hub.bench;

import static org.assertj.core.api.Assertions.assertThat;

import hub.bench.Candidate.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Measures what durability costs; run by {@code mvn -Pbench verify}. Every request must be answered
 * 200 and every event handled, or it fails; numbers are reported, not judged, because a busy
 * machine makes them what they are.
 *
 * <p>System properties: {@code bench.rounds} (3), {@code bench.seconds} (6) of a run without a
 * backlog, {@code bench.events} (100000) in a backlog, {@code bench.finished} (1000000) events in
 * the large stores, {@code bench.only}: names of candidates as a regular expression, {@code
 * bench.jvm}: more options for the hubs' JVMs, {@code bench.report}: the page to write.
 */
class ThroughputBench {
  private static final int ROUNDS = Integer.getInteger("bench.rounds", 3);
  private static final int SECONDS = Integer.getInteger("bench.seconds", 6);
  private static final int EVENTS = Integer.getInteger("bench.events", 100_000);
  private static final int FINISHED = Integer.getInteger("bench.finished", 1_000_000);
  private static final String ONLY = System.getProperty("bench.only", ".*");

  /** A JVM that has just started is slower by half, and longer so on a busy machine. */
  private static final int WARM_UP_REQUESTS = 80_000;

  private static final int WARM_UP_SECONDS = 30;
  private static final int NEVER = 3_600;

  @TempDir static Path work;

  @AfterAll
  static void stopPostgres() throws IOException {
    BenchStore.stop();
  }

  @Test
  void measures_receiving() throws Exception {
    List<Series> all = new ArrayList<>();
    try {
      add(all, Kind.BARE, BenchStore.H2, 0);
      for (int finished : new int[] {0, FINISHED}) {
        add(all, Kind.DURABLE, BenchStore.H2, finished);
        add(all, Kind.DURABLE, BenchStore.POSTGRESQL, finished);
      }
      add(all, Kind.PLAIN, BenchStore.H2, 0);
      add(all, Kind.PLAIN, BenchStore.POSTGRESQL, 0);
      for (Series series : all) {
        Candidate candidate = series.candidate();
        candidate.load(WARM_UP_REQUESTS, WARM_UP_SECONDS);
        if (candidate.kind() == Kind.DURABLE) {
          candidate.drain();
        }
      }
      for (int round = 1; round <= ROUNDS; round++) {
        for (Series series : all) {
          measure(round, series);
        }
      }
      for (Series series : all) {
        series.weigh(series.candidate().hub().residentBytes());
      }
    } finally {
      for (Series series : all) {
        series.candidate().close();
      }
    }
    String report = new Report(all, ROUNDS, FINISHED).text();
    System.out.println(report);
    Path page = Path.of(System.getProperty("bench.report", "src/docs/reference/performance.md"));
    Files.createDirectories(page.toAbsolutePath().getParent());
    Files.writeString(page, report);
    assertThat(all).isNotEmpty();
  }

  private static void add(List<Series> all, Kind kind, BenchStore store, int finished)
      throws IOException, InterruptedException, SQLException {
    if (Candidate.name(kind, store, finished).matches(ONLY)) {
      all.add(new Series(Candidate.start(work, kind, store, finished)));
    }
  }

  private static void measure(int round, Series series) throws Exception {
    Candidate candidate = series.candidate();
    HubProcess hub = candidate.hub();
    boolean durable = candidate.kind() == Kind.DURABLE;
    long cpu = hub.cpuNanos();
    Load.Result load =
        durable ? candidate.load(EVENTS, NEVER) : candidate.load(Integer.MAX_VALUE, SECONDS);
    series.add(load, hub.cpuNanos() - cpu);
    System.out.printf(
        "round %d %-24s %,8.0f requests/s p50 %.1f ms p99 %.1f ms, %.0f us CPU each%n",
        round,
        candidate.name(),
        load.perSecond(),
        load.p50Millis(),
        load.p99Millis(),
        (hub.cpuNanos() - cpu) / 1e3 / load.requests());
    if (durable) {
      // The next round begins with an empty backlog.
      candidate.drain();
    }
  }
}
