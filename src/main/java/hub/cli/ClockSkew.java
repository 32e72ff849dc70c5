package hub.cli;

import hub.cli.SourceReport.Line;
import hub.cli.SourceReport.Verdict;
import java.net.http.HttpHeaders;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

/**
 * How far this computer's clock is from the others', by the {@code Date} of their answers. Not
 * thread-safe.
 */
final class ClockSkew {
  /** What a synchronised clock never shows; the date has whole seconds. */
  private static final Duration SUSPICIOUS = Duration.ofSeconds(5);

  /** The usual tolerance of signed times: beyond it, every signed webhook is refused. */
  private static final Duration TOLERANCE = Duration.ofSeconds(300);

  private static final Duration HALF_A_SECOND = Duration.ofMillis(500);

  private final Clock clock;
  private Optional<Duration> least = Optional.empty();

  ClockSkew(Clock clock) {
    this.clock = clock;
  }

  /**
   * Takes an answer that came just now.
   *
   * @param nanos how long it took
   */
  void saw(HttpHeaders headers, long nanos) {
    Instant middle = clock.instant().minusNanos(nanos / 2);
    headers
        .firstValue("Date")
        .flatMap(ClockSkew::parse)
        .map(date -> Duration.between(date.plus(HALF_A_SECOND), middle))
        .ifPresent(
            skew ->
                // A proxy may serve an old answer; the best one counts.
                least =
                    least
                        .map(known -> known.abs().compareTo(skew.abs()) <= 0 ? known : skew)
                        .or(() -> Optional.of(skew)));
  }

  private static Optional<Instant> parse(String date) {
    try {
      return Optional.of(
          ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant());
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  Line line() {
    if (least.isEmpty()) {
      return new Line(Verdict.OK, "clock: not compared; nobody who was asked told the time");
    }
    Duration skew = least.get();
    String text =
        "clock: "
            + skew.abs().toSeconds()
            + " s "
            + (skew.isNegative() ? "behind" : "ahead of")
            + " that of the providers";
    String remedy = "; synchronise it, by chrony or systemd-timesyncd";
    if (skew.abs().compareTo(TOLERANCE) > 0) {
      return new Line(
          Verdict.FAIL, text + remedy + ". Webhooks with a signed time are refused until then");
    }
    return skew.abs().compareTo(SUSPICIOUS) > 0
        ? new Line(Verdict.WARN, text + remedy)
        : new Line(Verdict.OK, "clock: within 5 s of that of the providers");
  }
}
