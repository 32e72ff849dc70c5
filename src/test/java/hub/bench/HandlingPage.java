package hub.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** The page of what handling costs, of which each benchmark of this JVM writes some rows. */
final class HandlingPage {
  private static final Path PAGE =
      Path.of(
          System.getProperty(
              "bench.handling-report", "src/docs/reference/performance-handling.md"));

  /** Rows in the order in which they were measured. */
  private static final Map<String, Row> ROWS = new LinkedHashMap<>();

  private record Row(String bound, Map<BenchStore, String> cells) {}

  private HandlingPage() {}

  /**
   * Adds a figure and prints it.
   *
   * @param what the row's title
   * @param bound what is aimed at, may be empty
   */
  static synchronized void add(
      BenchStore store, String what, String bound, String format, Object... arguments) {
    String cell = String.format(Locale.ROOT, format, arguments);
    ROWS.computeIfAbsent(what, any -> new Row(bound, new EnumMap<>(BenchStore.class)))
        .cells()
        .put(store, cell);
    System.out.printf("bench %s | %s | %s%n", store.title(), what, cell);
  }

  /** Writes the rows that are known so far. */
  static synchronized void write() throws IOException {
    StringBuilder page =
        new StringBuilder(
            """
            # Performance of handling

            Written by `mvn -Pbench verify`. Only ratios within one run mean anything on another machine.

            Measured on %s on %s.

            How: a hub in a process of its own (`%s`), with the handlers of Stripe's subscription events as they are shipped, \
            or with one `sql:` step where keys are named. Sender, hub and PostgreSQL share the processors; stores are as durable \
            as in production. After each load the benchmark checks in the database that every acknowledged event is done at its \
            first attempt, that its effect is there, and that events of one key ran in order and once.

            | what | aim | H2 | PostgreSQL |
            |---|---|---|---|
            """
                .formatted(Machine.described(), LocalDate.now(ZoneOffset.UTC), HubProcess.HEAP));
    ROWS.forEach(
        (what, row) ->
            page.append(
                "| %s | %s | %s | %s |%n"
                    .formatted(
                        what,
                        row.bound(),
                        row.cells().getOrDefault(BenchStore.H2, ""),
                        row.cells().getOrDefault(BenchStore.POSTGRESQL, ""))));
    Files.createDirectories(PAGE.toAbsolutePath().getParent());
    Files.writeString(PAGE, page.toString());
  }
}
