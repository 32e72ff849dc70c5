package hub.monitoring.alert;

import hub.inbox.db.InboxTimes;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * How long sources have been silent, relative to their longest silence in the week before. So a
 * source that is quiet at night and on Sundays raises no alert. Thread-safe.
 */
public final class SourceSilence {
  private static final Duration WEEK = Duration.ofDays(7);

  /** Less history than this does not show what is usual for a source. */
  private static final Duration MIN_HISTORY = Duration.ofDays(1);

  /** Shorter silences are ignored; also the step in which the week is sampled. */
  private static final Duration STEP = Duration.ofMinutes(30);

  private static final Duration FRESH = Duration.ofHours(1);

  private record Usual(Instant readAt, Optional<Duration> longest) {}

  private final InboxTimes times;
  private final Supplier<Set<String>> sources;
  private final Clock clock;
  private final Map<String, Usual> usual = new HashMap<>();

  /**
   * @param sources the sources that have a webhook route
   */
  public SourceSilence(InboxTimes times, Supplier<Set<String>> sources, Clock clock) {
    this.times = times;
    this.sources = sources;
    this.clock = clock;
  }

  /**
   * The largest ratio of a source's current silence to its longest usual one; 0 when no source is
   * silent.
   *
   * @param source the only source to measure; empty: all
   */
  synchronized Measurement longest(String source) throws SQLException {
    Measurement longest = Measurement.NOTHING;
    for (String one : source.isEmpty() ? sources.get() : Set.of(source)) {
      Measurement measurement = of(one);
      if (measurement.value() > longest.value()) {
        longest = measurement;
      }
    }
    return longest;
  }

  private Measurement of(String source) throws SQLException {
    Instant now = clock.instant();
    Optional<Instant> last = times.last(source);
    if (last.isEmpty()) {
      return Measurement.NOTHING;
    }
    Duration silent = Duration.between(last.get(), now);
    if (silent.compareTo(STEP) <= 0) {
      return Measurement.NOTHING;
    }
    Usual known = usual.get(source);
    if (known == null || known.readAt().plus(FRESH).isBefore(now)) {
      known = new Usual(now, longestBefore(source, last.get()));
      usual.put(source, known);
    }
    return known
        .longest()
        .map(
            longest ->
                new Measurement(
                    (double) silent.toSeconds() / longest.toSeconds(),
                    "%s, silent for %s, in the week before for %s at most"
                        .formatted(source, text(silent), text(longest))))
        .orElse(Measurement.NOTHING);
  }

  /** Samples the week before the last event; the result is too long by one step at most. */
  private Optional<Duration> longestBefore(String source, Instant last) throws SQLException {
    List<Instant> seen = times.samples(source, last.minus(WEEK), last, STEP);
    if (seen.isEmpty() || Duration.between(seen.get(0), last).compareTo(MIN_HISTORY) < 0) {
      return Optional.empty();
    }
    Duration longest = STEP;
    for (int i = 1; i < seen.size(); i++) {
      Duration gap = Duration.between(seen.get(i - 1), seen.get(i));
      longest = gap.compareTo(longest) > 0 ? gap : longest;
    }
    Duration end = Duration.between(seen.get(seen.size() - 1), last);
    return Optional.of(end.compareTo(longest) > 0 ? end : longest);
  }

  private static String text(Duration time) {
    return time.toHours() >= 3 ? time.toHours() + " h" : time.toMinutes() + " min";
  }
}
