package hub.bench;

import hub.bench.Candidate.Kind;
import java.io.IOException;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;

/** The page that a run writes: tables, ratios, targets. */
final class Report {
  private final List<Series> all;
  private final int rounds;
  private final int finished;
  private final StringBuilder page = new StringBuilder();

  /**
   * @param finished events that already lay in the large store
   */
  Report(List<Series> all, int rounds, int finished) {
    this.all = all;
    this.rounds = rounds;
    this.finished = finished;
  }

  String text() throws IOException {
    page.append(
        """
        # Performance

        Written by `mvn -Pbench verify`. Only ratios within one run mean anything on another machine.

        Measured on %s on %s.

        How: each row is a hub in a process of its own (`%s`), on its own store, fed by one sender in another process over \
        64 connections with 1.3 KB Stripe events, each with an id of its own and a signature that the hub verifies. Sender, hub \
        and PostgreSQL share the processors. The rows take turns in %d rounds; medians are shown. PostgreSQL runs with `fsync`, \
        `synchronous_commit` and `full_page_writes` on, H2 with `WRITE_DELAY=0`.

        """
            .formatted(
                Machine.described(), LocalDate.now(ZoneOffset.UTC), HubProcess.HEAP, rounds));
    receiving();
    targets();
    return page.toString();
  }

  private void receiving() {
    line("## Receiving");
    line("");
    line(
        "| route ends in | requests/s | p50 ms | p99 ms | × without a store | × plain insert | CPU µs each | resident MB |");
    line("|---|---:|---:|---:|---:|---:|---:|---:|");
    for (Series series : all) {
      line(
          "| %s | %,.0f | %.1f | %.1f | %s | %s | %.0f | %,d |",
          title(series),
          series.perSecond(),
          series.p50Millis(),
          series.p99Millis(),
          ratio(series.perSecond() / bare()),
          series.candidate().kind() == Kind.DURABLE
              ? ratio(series.perSecond() / plain(series.candidate().store()))
              : "",
          series.receivingMicros(),
          series.residentBytes() >> 20);
    }
    line("");
    line("- *nothing stored*: signature checked, id and type read, a constant answered.");
    line("- *inbox*: answered after the commit; one handler route is subscribed and suspended.");
    line("- *plain insert*: a `sql:` step that inserts the same row and commits it by itself.");
    line(
        "- *resident*: `VmRSS` of the hub at the end of the run; PostgreSQL's own memory is not in it.");
    line("");
  }

  private void targets() {
    line("## Targets");
    line("");
    line("| what | target | H2 | PostgreSQL |");
    line("|---|---:|---:|---:|");
    target(
        "receiving / without a store", "≥ 0.30", s -> durable(s, false).perSecond() / bare(), 0.3);
    target("receiving / plain insert", "≥ 3", s -> durable(s, false).perSecond() / plain(s), 3);
    String old = "with %,d finished events / empty".formatted(finished);
    target(
        "receiving " + old,
        "≥ 0.80",
        s -> durable(s, true).perSecond() / durable(s, false).perSecond(),
        0.8);
  }

  private void target(
      String what,
      String bound,
      java.util.function.ToDoubleFunction<BenchStore> value,
      double least) {
    line(
        "| %s | %s | %s | %s |",
        what,
        bound,
        verdict(value.applyAsDouble(BenchStore.H2), least),
        verdict(value.applyAsDouble(BenchStore.POSTGRESQL), least));
  }

  private static String verdict(double value, double least) {
    return Double.isNaN(value) ? "" : ratio(value) + (value >= least ? " ✓" : " ✗");
  }

  private String title(Series series) {
    Candidate candidate = series.candidate();
    return switch (candidate.kind()) {
      case BARE -> "nothing stored";
      case DURABLE -> "inbox, " + store(candidate);
      case PLAIN -> "plain insert, " + store(candidate);
    };
  }

  private String store(Candidate candidate) {
    return candidate.store().title()
        + (candidate.isOld() ? " with %,d finished events".formatted(finished) : "");
  }

  private static String ratio(double value) {
    return String.format(Locale.ROOT, "%.2f", value);
  }

  private double bare() {
    return of(Kind.BARE).stream().mapToDouble(Series::perSecond).findFirst().orElse(Double.NaN);
  }

  private double plain(BenchStore store) {
    return of(Kind.PLAIN).stream()
        .filter(series -> series.candidate().store() == store)
        .mapToDouble(Series::perSecond)
        .findFirst()
        .orElse(Double.NaN);
  }

  private Series durable(BenchStore store, boolean old) {
    return of(Kind.DURABLE).stream()
        .filter(s -> s.candidate().store() == store && s.candidate().isOld() == old)
        .findFirst()
        .orElseGet(() -> new Series(null));
  }

  private List<Series> of(Kind kind) {
    return all.stream().filter(series -> series.candidate().kind() == kind).toList();
  }

  private void line(String format, Object... arguments) {
    page.append(arguments.length == 0 ? format : String.format(Locale.ROOT, format, arguments))
        .append('\n');
  }
}
