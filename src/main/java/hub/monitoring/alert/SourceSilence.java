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
 * How long sources are silent, compared with the longest that they were silent in the week before.
 * A source that is quiet at night and on Sundays was so last week, too. Thread-safe.
 */
public final class SourceSilence {
  private static final Duration WEEK = Duration.ofDays(7);

  /** A source that is younger has not shown yet what is usual. */
  private static final Duration YOUNGEST = Duration.ofDays(1);

  /** Shorter silences are nobody's business, and are not looked at. */
  private static final Duration STEP = Duration.ofMinutes(30);

  private static final Duration FRESH = Duration.ofHours(1);

  private record Usual(Instant readAt, Optional<Duration> longest) {}

  private final InboxTimes times;
  private final Supplier<Set<String>> sources;
  private final Clock clock;
  private final Map<String, Usual> usual = new HashMap<>();

  /**
   * @param sources those that somebody outside sends to
   */
  public SourceSilence(InboxTimes times, Supplier<Set<String>> sources, Clock clock) {
    this.times = times;
    this.sources = sources;
    this.clock = clock;
  }

  /**
   * Of the source that is silent for longest by its own measure: how many times as long as usual.
   *
   * @param source the only one to look at; empty: all
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

  /** Steps through the week before the last event; too long by a step at most. */
  private Optional<Duration> longestBefore(String source, Instant last) throws SQLException {
    List<Instant> seen = times.samples(source, last.minus(WEEK), last, STEP);
    if (seen.isEmpty() || Duration.between(seen.get(0), last).compareTo(YOUNGEST) < 0) {
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
