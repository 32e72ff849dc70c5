package hub.bench;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the benchmarks of handling share: the hubs' folder, the choice of stores by the system
 * property {@code bench.only}, a regular expression, and the page that they write.
 */
abstract class HandlingBenchmark {
  @TempDir static Path work;

  @AfterAll
  static void end() throws IOException {
    BenchStore.stop();
    HandlingPage.write();
  }

  /** Skips the benchmark on a store that is not asked for. */
  static void assumeAsked(BenchStore store) {
    assumeTrue(store.name().matches(System.getProperty("bench.only", ".*")));
  }
}
