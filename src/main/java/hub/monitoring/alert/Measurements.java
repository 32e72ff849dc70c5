package hub.monitoring.alert;

import hub.monitoring.stats.InboxCounts;
import hub.monitoring.stats.MinuteStatsStore;
import hub.monitoring.stats.MinuteStatsStore.CallFigure;
import hub.monitoring.stats.MinuteStatsStore.MinuteStats;
import hub.monitoring.stats.RecentInboxCounts;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Measures what alerts watch for, by what all nodes share, so that every node finds the same.
 * Thread-safe.
 */
public final class Measurements {
  /** Fewer say nothing about a share of them. */
  private static final int FEWEST_CALLS = 10;

  /** A node writes a minute some seconds after its end; the one before is there for sure. */
  private static final Duration BREAKERS_OF_THE_LAST = Duration.ofMinutes(3);

  private final RecentInboxCounts recentInboxCounts;
  private final MinuteStatsStore figures;
  private final SourceSilence sourceSilence;
  private final Clock clock;

  public Measurements(
      RecentInboxCounts recentInboxCounts,
      MinuteStatsStore figures,
      SourceSilence sourceSilence,
      Clock clock) {
    this.recentInboxCounts = recentInboxCounts;
    this.figures = figures;
    this.sourceSilence = sourceSilence;
    this.clock = clock;
  }

  /** Asks the store itself: what one node remembers another may know better. */
  Measurement of(AlertRule rule) throws SQLException {
    return switch (rule.condition()) {
      case BACKLOG_AGE -> backlogAge(recentInboxCounts.now(), rule.of());
      case DEAD_LETTERS -> deadLetters(recentInboxCounts.now(), rule.of());
      case BREAKER_OPEN -> openBreakers(rule.of());
      case CALL_ERROR_RATE -> errorRate(rule);
      case SIGNATURE_FAILURES -> signatureFailures(rule);
      case MISSING_EVENTS -> sourceSilence.longest(rule.of());
    };
  }

  private Measurement backlogAge(Map<String, InboxCounts> all, String source) {
    InboxCounts inboxCounts =
        source.isEmpty()
            ? all.values().stream().reduce(InboxCounts.NONE, InboxCounts::plus)
            : all.getOrDefault(source, InboxCounts.NONE);
    return new Measurement(
        inboxCounts.oldestWaitingSeconds(clock.instant()), "waiting: " + inboxCounts.backlog());
  }

  private static Measurement deadLetters(Map<String, InboxCounts> all, String source) {
    long dead = 0;
    List<String> sources = new ArrayList<>();
    for (Map.Entry<String, InboxCounts> one : all.entrySet()) {
      if (one.getValue().dead() > 0 && (source.isEmpty() || source.equals(one.getKey()))) {
        dead += one.getValue().dead();
        sources.add(one.getKey());
      }
    }
    return new Measurement(dead, String.join(", ", sources));
  }

  private Measurement openBreakers(String provider) throws SQLException {
    Instant now = clock.instant();
    // The last that each node said of each provider.
    Map<String, CallFigure> last = new HashMap<>();
    for (CallFigure figure : figures.calls(now.minus(BREAKERS_OF_THE_LAST), now)) {
      last.put(figure.node() + " " + figure.provider(), figure);
    }
    TreeSet<String> open = new TreeSet<>();
    for (CallFigure figure : last.values()) {
      if (figure.breaker() > 0 && (provider.isEmpty() || provider.equals(figure.provider()))) {
        open.add(figure.provider());
      }
    }
    return new Measurement(open.size(), String.join(", ", open));
  }

  private Measurement errorRate(AlertRule rule) throws SQLException {
    Instant now = clock.instant();
    Map<String, long[]> byProvider = new TreeMap<>();
    for (CallFigure figure : figures.calls(now.minus(rule.window()), now)) {
      if (rule.of().isEmpty() || rule.of().equals(figure.provider())) {
        long[] sums = byProvider.computeIfAbsent(figure.provider(), name -> new long[2]);
        sums[0] += figure.calls().calls();
        sums[1] += figure.calls().errors();
      }
    }
    Measurement worst = Measurement.NOTHING;
    for (Map.Entry<String, long[]> one : byProvider.entrySet()) {
      long calls = one.getValue()[0];
      double percent = calls < FEWEST_CALLS ? 0 : 100.0 * one.getValue()[1] / calls;
      if (percent > worst.value()) {
        worst = new Measurement(percent, one.getKey());
      }
    }
    return worst;
  }

  private Measurement signatureFailures(AlertRule rule) throws SQLException {
    Instant now = clock.instant();
    long refused =
        figures.figures(now.minus(rule.window()), now).stream()
            .mapToLong(MinuteStats::unproven)
            .sum();
    return new Measurement(refused, "in " + rule.window().toMinutes() + " minutes");
  }
}
