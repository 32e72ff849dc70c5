package hub.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** A page of figures, a row each, with a column for each store. Thread-safe. */
final class FigurePage {
  private final Path path;

  /** Rows in the order in which they were measured. */
  private final Map<String, Row> rows = new LinkedHashMap<>();

  private record Row(String bound, Map<BenchStore, String> cells) {}

  FigurePage(Path path) {
    this.path = path;
  }

  /**
   * Adds a figure and prints it.
   *
   * @param what the row's title
   * @param bound what is aimed at, may be empty
   */
  synchronized void add(
      BenchStore store, String what, String bound, String format, Object... arguments) {
    String cell = String.format(Locale.ROOT, format, arguments);
    rows.computeIfAbsent(what, any -> new Row(bound, new EnumMap<>(BenchStore.class)))
        .cells()
        .put(store, cell);
    System.out.printf("bench %s | %s | %s%n", store.title(), what, cell);
  }

  /**
   * Writes the rows that are known so far.
   *
   * @param head the page's title and how it was measured
   */
  synchronized void write(String head) throws IOException {
    StringBuilder page =
        new StringBuilder(head).append("| what | aim | H2 | PostgreSQL |\n|---|---|---|---|\n");
    rows.forEach(
        (what, row) ->
            page.append(
                "| %s | %s | %s | %s |%n"
                    .formatted(
                        what,
                        row.bound(),
                        row.cells().getOrDefault(BenchStore.H2, ""),
                        row.cells().getOrDefault(BenchStore.POSTGRESQL, ""))));
    Files.createDirectories(path.toAbsolutePath().getParent());
    Files.writeString(path, page.toString());
  }
}
