package hub.monitoring.stats;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import hub.monitoring.stats.MinuteStatsStore.CallMinuteStats;
import hub.monitoring.stats.MinuteStatsStore.MinuteStats;
import hub.util.Json;
import hub.util.LatencyHistogram;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/** Combines the minute statistics of all nodes into series of points. Thread-safe. */
public final class Charts {
  private static final double QUANTILE = 0.95;

  /** A node writes a minute at most this long after its end. */
  private static final Duration WRITE_DELAY = Duration.ofSeconds(10);

  /** The period that a chart shows, and its points. */
  public enum Range {
    HOUR(Duration.ofMinutes(1), 60),
    DAY(Duration.ofMinutes(10), 144);

    private final Duration step;
    private final int points;

    Range(Duration step, int points) {
      this.step = step;
      this.points = points;
    }
  }

  private final MinuteStatsStore store;
  private final Clock clock;

  public Charts(MinuteStatsStore store, Clock clock) {
    this.store = store;
    this.clock = clock;
  }

  /** One number for each point of a chart. */
  private static final class Series {
    private final long[] counts;
    private final LatencyHistogram[] millis;

    Series(int points) {
      counts = new long[points];
      millis = new LatencyHistogram[points];
    }

    void add(int point, long count) {
      counts[point] += count;
    }

    void add(int point, String histogram) {
      if (millis[point] == null) {
        millis[point] = new LatencyHistogram();
      }
      millis[point].add(LatencyHistogram.of(histogram));
    }

    void writeCounts(ArrayNode points) {
      for (long count : counts) {
        points.add(count);
      }
    }

    /** Null, not 0, for a point without measurements. */
    void writeTimes(ArrayNode points) {
      for (LatencyHistogram one : millis) {
        if (one == null || one.count() == 0) {
          points.addNull();
        } else {
          points.add(one.quantile(QUANTILE));
        }
      }
    }
  }

  /** The charts of the range, up to the last complete minute, as JSON. */
  public ObjectNode of(Range range) throws SQLException {
    long step = range.step.toSeconds();
    long end = Math.floorDiv(clock.instant().minus(WRITE_DELAY).getEpochSecond(), 60L) * 60;
    Instant until = Instant.ofEpochSecond(end);
    Instant from = until.minus(range.step.multipliedBy(range.points));
    ObjectNode answer = Json.object().put("from", Json.time(from)).put("stepSeconds", step);
    ArrayNode list = answer.putArray("series");
    addEvents(list, range, from, until);
    addCalls(list, range, from, until);
    return answer;
  }

  private void addEvents(ArrayNode list, Range range, Instant from, Instant until)
      throws SQLException {
    Series received = new Series(range.points);
    Series done = new Series(range.points);
    Series dead = new Series(range.points);
    Series failed = new Series(range.points);
    Series handling = new Series(range.points);
    for (MinuteStats stats : store.minutes(from, until)) {
      int point = point(range, from, stats.at());
      received.add(point, stats.inbox().received());
      done.add(point, stats.inbox().done());
      dead.add(point, stats.inbox().dead());
      failed.add(point, stats.inbox().failedAttempts());
      handling.add(point, stats.inbox().handleMillis());
    }
    add(list, "received", "", received::writeCounts);
    add(list, "done", "", done::writeCounts);
    add(list, "dead", "", dead::writeCounts);
    add(list, "failed-attempts", "", failed::writeCounts);
    add(list, "handle-p95-ms", "", handling::writeTimes);
  }

  private void addCalls(ArrayNode list, Range range, Instant from, Instant until)
      throws SQLException {
    Map<String, Series> calls = new TreeMap<>();
    Map<String, Series> errors = new TreeMap<>();
    for (CallMinuteStats stats : store.calls(from, until)) {
      int point = point(range, from, stats.at());
      Series made = calls.computeIfAbsent(stats.provider(), name -> new Series(range.points));
      made.add(point, stats.calls().calls());
      made.add(point, stats.calls().millis());
      errors
          .computeIfAbsent(stats.provider(), name -> new Series(range.points))
          .add(point, stats.calls().errors());
    }
    calls.forEach((provider, series) -> add(list, "calls", provider, series::writeCounts));
    errors.forEach((provider, series) -> add(list, "call-errors", provider, series::writeCounts));
    calls.forEach((provider, series) -> add(list, "call-p95-ms", provider, series::writeTimes));
  }

  private static int point(Range range, Instant from, Instant at) {
    return (int) (Duration.between(from, at).toSeconds() / range.step.toSeconds());
  }

  private static void add(
      ArrayNode list, String name, String provider, Consumer<ArrayNode> points) {
    ObjectNode series = list.addObject().put("name", name);
    if (!provider.isEmpty()) {
      series.put("provider", provider);
    }
    points.accept(series.putArray("points"));
  }
}
