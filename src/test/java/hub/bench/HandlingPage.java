package hub.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;

/** The page of what handling costs, of which each benchmark of this JVM writes some rows. */
final class HandlingPage {
  private static final FigurePage PAGE =
      new FigurePage(
          Path.of(
              System.getProperty(
                  "bench.handling-report", "src/docs/reference/performance-handling.md")));

  private HandlingPage() {}

  /**
   * Adds a figure and prints it.
   *
   * @param what the row's title
   * @param bound what is aimed at, may be empty
   */
  static void add(BenchStore store, String what, String bound, String format, Object... arguments) {
    PAGE.add(store, what, bound, format, arguments);
  }

  /** Writes the rows that are known so far. */
  static void write() throws IOException {
    PAGE.write(
        """
        # Performance of handling

        Written by `mvn -Pbench verify`. Only ratios within one run mean anything on another machine.

        Measured on %s on %s.

        How: a hub in a process of its own (`%s`), with the handlers of Stripe's subscription events as they are shipped, \
        or with one `sql:` step where keys are named. Sender, hub and PostgreSQL share the processors; stores are as durable \
        as in production. After each load the benchmark checks in the database that every acknowledged event is done at its \
        first attempt, that its effect is there, and that events of one key ran in order and once.

        """
            .formatted(Machine.described(), LocalDate.now(ZoneOffset.UTC), HubProcess.HEAP));
  }
}
