package hub.monitoring.stats;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import hub.monitoring.stats.MinuteStatsStore.CallFigure;
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

/** Puts the figures of all nodes together into series of points. Thread-safe. */
public final class Charts {
  private static final double SHARE = 0.95;

  /** A minute is written some seconds after its end. */
  private static final Duration WRITTEN_WITHIN = Duration.ofSeconds(10);

  /** What a chart shows. */
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

  /** A number for each step of a range. */
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

    void add(int point, String took) {
      if (millis[point] == null) {
        millis[point] = new LatencyHistogram();
      }
      millis[point].add(LatencyHistogram.of(took));
    }

    void writeCounts(ArrayNode points) {
      for (long count : counts) {
        points.add(count);
      }
    }

    /** Where nothing was measured, there is no time, not even 0. */
    void writeTimes(ArrayNode points) {
      for (LatencyHistogram one : millis) {
        if (one == null || one.count() == 0) {
          points.addNull();
        } else {
          points.add(one.quantile(SHARE));
        }
      }
    }
  }

  /** The range up to the last minute that is over, as JSON. */
  public ObjectNode of(Range range) throws SQLException {
    long step = range.step.toSeconds();
    long end = Math.floorDiv(clock.instant().minus(WRITTEN_WITHIN).getEpochSecond(), 60L) * 60;
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
    for (MinuteStats figure : store.figures(from, until)) {
      int point = point(range, from, figure.at());
      received.add(point, figure.inbox().received());
      done.add(point, figure.inbox().done());
      dead.add(point, figure.inbox().dead());
      failed.add(point, figure.inbox().failedAttempts());
      handling.add(point, figure.inbox().handleMillis());
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
    for (CallFigure figure : store.calls(from, until)) {
      int point = point(range, from, figure.at());
      Series made = calls.computeIfAbsent(figure.provider(), name -> new Series(range.points));
      made.add(point, figure.calls().calls());
      made.add(point, figure.calls().millis());
      errors
          .computeIfAbsent(figure.provider(), name -> new Series(range.points))
          .add(point, figure.calls().errors());
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
