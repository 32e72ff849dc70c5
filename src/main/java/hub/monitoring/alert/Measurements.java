package hub.monitoring.alert;

import hub.catchup.CatchUpTable;
import hub.inbox.db.OrphanedDeliveries;
import hub.monitoring.stats.InboxCounts;
import hub.monitoring.stats.MinuteStatsStore;
import hub.monitoring.stats.MinuteStatsStore.CallMinuteStats;
import hub.monitoring.stats.MinuteStatsStore.MinuteStats;
import hub.monitoring.stats.RecentFetches;
import hub.monitoring.stats.RecentInboxCounts;
import hub.poll.FetchState;
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
import java.util.stream.Collectors;

/**
 * Takes the measurements of alerts from the database that all nodes share, so that every node gets
 * the same result. Thread-safe.
 */
public final class Measurements {
  /** With fewer calls an error rate means nothing. */
  private static final int MIN_CALLS = 10;

  /**
   * A node writes a minute some seconds after its end, so that the last complete one is in this
   * window.
   */
  private static final Duration BREAKER_WINDOW = Duration.ofMinutes(3);

  private final RecentInboxCounts recentInboxCounts;
  private final MinuteStatsStore minuteStats;
  private final OrphanedDeliveries orphanedDeliveries;
  private final SourceSilence sourceSilence;
  private final CatchUpTable catchUps;
  private final RecentFetches fetches;
  private final Clock clock;

  public Measurements(
      RecentInboxCounts recentInboxCounts,
      MinuteStatsStore minuteStats,
      OrphanedDeliveries orphanedDeliveries,
      SourceSilence sourceSilence,
      CatchUpTable catchUps,
      RecentFetches fetches,
      Clock clock) {
    this.recentInboxCounts = recentInboxCounts;
    this.minuteStats = minuteStats;
    this.orphanedDeliveries = orphanedDeliveries;
    this.sourceSilence = sourceSilence;
    this.catchUps = catchUps;
    this.fetches = fetches;
    this.clock = clock;
  }

  /** Reads the database, not the caches of this node, so that all nodes agree. */
  Measurement of(AlertRule rule) throws SQLException {
    return switch (rule.condition()) {
      case BACKLOG_AGE -> backlogAge(recentInboxCounts.now(), rule.target());
      case DEAD_LETTERS -> deadLetters(recentInboxCounts.now(), rule.target());
      case BREAKER_OPEN -> openBreakers(rule.target());
      case CALL_ERROR_RATE -> errorRate(rule);
      case SIGNATURE_FAILURES -> signatureFailures(rule);
      case ORPHANED_EVENTS -> orphaned(rule.target());
      case MISSING_EVENTS -> sourceSilence.longest(rule.target());
      case WEBHOOKS_MISSED -> webhooksMissed(rule);
      case POLL_FAILING -> pollFailing(rule.target());
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

  private Measurement orphaned(String route) throws SQLException {
    Map<String, Long> waiting = orphanedDeliveries.byRoute();
    waiting.keySet().removeIf(id -> !route.isEmpty() && !route.equals(id));
    return new Measurement(
        waiting.values().stream().mapToLong(Long::longValue).sum(),
        String.join(", ", waiting.keySet()));
  }

  private Measurement webhooksMissed(AlertRule rule) throws SQLException {
    Map<String, Long> missed = catchUps.appendedSince(clock.instant().minus(rule.window()));
    missed.keySet().removeIf(source -> !rule.target().isEmpty() && !rule.target().equals(source));
    return new Measurement(
        missed.values().stream().mapToLong(Long::longValue).sum(),
        missed.entrySet().stream()
            .map(one -> one.getKey() + ": " + one.getValue())
            .collect(Collectors.joining(", ")));
  }

  private Measurement pollFailing(String source) throws SQLException {
    Instant now = clock.instant();
    List<FetchState> failing =
        fetches.failingNow().stream()
            .filter(one -> source.isEmpty() || source.equals(one.source()))
            .toList();
    return failing.isEmpty()
        ? Measurement.NOTHING
        : new Measurement(
            failing.get(0).failingFor(now).toSeconds(),
            failing.stream()
                .map(one -> one.kind() + " " + one.source() + ": " + one.lastError().orElse("-"))
                .collect(Collectors.joining("; ")));
  }

  private Measurement openBreakers(String provider) throws SQLException {
    Instant now = clock.instant();
    // The latest state that each node wrote for each provider.
    Map<String, CallMinuteStats> last = new HashMap<>();
    for (CallMinuteStats stats : minuteStats.calls(now.minus(BREAKER_WINDOW), now)) {
      last.put(stats.node() + " " + stats.provider(), stats);
    }
    TreeSet<String> open = new TreeSet<>();
    for (CallMinuteStats stats : last.values()) {
      if (stats.breaker() > 0 && (provider.isEmpty() || provider.equals(stats.provider()))) {
        open.add(stats.provider());
      }
    }
    return new Measurement(open.size(), String.join(", ", open));
  }

  private Measurement errorRate(AlertRule rule) throws SQLException {
    Instant now = clock.instant();
    Map<String, long[]> byProvider = new TreeMap<>();
    for (CallMinuteStats stats : minuteStats.calls(now.minus(rule.window()), now)) {
      if (rule.target().isEmpty() || rule.target().equals(stats.provider())) {
        long[] sums = byProvider.computeIfAbsent(stats.provider(), name -> new long[2]);
        sums[0] += stats.calls().calls();
        sums[1] += stats.calls().errors();
      }
    }
    Measurement worst = Measurement.NOTHING;
    for (Map.Entry<String, long[]> one : byProvider.entrySet()) {
      long calls = one.getValue()[0];
      double percent = calls < MIN_CALLS ? 0 : 100.0 * one.getValue()[1] / calls;
      if (percent > worst.value()) {
        worst = new Measurement(percent, one.getKey());
      }
    }
    return worst;
  }

  private Measurement signatureFailures(AlertRule rule) throws SQLException {
    Instant now = clock.instant();
    long refused =
        minuteStats.minutes(now.minus(rule.window()), now).stream()
            .mapToLong(MinuteStats::signatureFailures)
            .sum();
    return new Measurement(refused, "in " + rule.window().toMinutes() + " minutes");
  }
}
